#include "common/base/random.h"

#include <cmath>
#include <stdexcept>

namespace glassbox {
namespace {

constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio

/// The output function of splitmix64: every input bit reaches every output bit.
uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// FNV-1a (Fowler, Noll, Vo), 64 bits.
uint64_t hash(std::string_view text) {
  uint64_t h = 0xcbf29ce484222325;
  for (char c : text) h = (h ^ uint64_t(static_cast<unsigned char>(c))) * 0x100000001b3;
  return h;
}

}  // namespace

// Seed, purpose and number pass through mix() one after the other: neighbouring seeds or epochs give unrelated streams.
Rng::Rng(uint64_t seed, std::string_view purpose, uint64_t number)
    : state_(mix(mix(mix(seed + kGolden) ^ hash(purpose)) + kGolden * (number + 1))) {}

uint64_t Rng::next() { return mix(state_ += kGolden); }

double Rng::uniform() {
  return double(next() >> 11) * 0x1p-53;  // a double holds 53 bits
}

double Rng::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));  // 1 - u lies in (0, 1]: never log(0)
  return radius * std::cos(2 * 3.14159265358979323846 * uniform());
}

int64_t Rng::below(int64_t bound) {
  if (bound < 1) throw std::logic_error("Rng::below: want a bound >= 1");
  const uint64_t n = uint64_t(bound);
  // 2^64 is no multiple of n: the first 2^64 mod n numbers would make small results likelier, so they are drawn again.
  const uint64_t surplus = (0 - n) % n;
  uint64_t draw = next();
  while (draw < surplus) draw = next();
  return int64_t(draw % n);
}

}  // namespace glassbox
