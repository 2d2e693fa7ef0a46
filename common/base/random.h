/// Random streams that give the same numbers with every compiler and standard library.
/// A stream is named by what it is for: Rng(seed, "shuffle", epoch). Nothing is shared between streams, so
/// no draw depends on how many draws somebody else made before.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace glassbox {

/// splitmix64 (Steele, Lea, Flood 2014): 64 bits of state, passes BigCrush.
class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(seed) {}

  /// The stream for `purpose`, and for the `number`-th use of it (an epoch, say).
  Rng(uint64_t seed, std::string_view purpose, uint64_t number = 0);

  uint64_t next();               ///< 64 random bits
  double uniform();              ///< in [0, 1)
  double normal();               ///< mean 0, variance 1 (Box and Muller 1958)
  int64_t below(int64_t bound);  ///< in 0 .. bound-1, without bias; bound >= 1

  /// Fisher and Yates' shuffle.
  template <typename T>
  void shuffle(T* values, int64_t count) {
    for (int64_t i = count - 1; i > 0; --i) std::swap(values[i], values[below(i + 1)]);
  }
  template <typename T>
  void shuffle(std::vector<T>& values) {
    shuffle(values.data(), int64_t(values.size()));
  }

 private:
  uint64_t state_;
};

}  // namespace glassbox
