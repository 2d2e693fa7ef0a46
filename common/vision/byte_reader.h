/// Numbers out of the bytes of a file that may be cut, damaged or made to deceive: no place is out of bounds.
#pragma once

#include <cstdint>
#include <string_view>

namespace glassbox {

/// Bytes that may end anywhere: what lies behind the end is 0.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes, bool big_endian = false) : bytes_(bytes), big_(big_endian) {}

  uint64_t at(uint64_t place) const {
    return place < bytes_.size() ? static_cast<unsigned char>(bytes_[size_t(place)]) : 0;
  }
  /// `count` bytes as a number, in the byte order of these bytes.
  uint64_t number(uint64_t place, int count) const {
    uint64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | at(place + uint64_t(big_ ? i : count - 1 - i));
    return value;
  }
  bool has(uint64_t place, std::string_view text) const {
    return place <= bytes_.size() && bytes_.substr(size_t(place), text.size()) == text;
  }
  bool reaches(uint64_t end) const { return end <= bytes_.size(); }
  uint64_t size() const { return bytes_.size(); }
  /// Up to `count` bytes from `place`, as far as there are any.
  std::string_view part(uint64_t place, uint64_t count) const {
    return place < bytes_.size() ? bytes_.substr(size_t(place), size_t(count)) : std::string_view();
  }

 private:
  std::string_view bytes_;
  bool big_;
};

}  // namespace glassbox
