/// The idx format of MNIST (LeCun 1998): big-endian magic 0x000008DD (unsigned bytes, D dimensions), D sizes of 4
/// bytes, the bytes. No tensor library here, so that a fuzzer can try millions of files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace glassbox {

struct IdxData {
  std::vector<int64_t> shape;  ///< {N} labels, {N, H, W} images
  std::vector<uint8_t> bytes;  ///< their product in number
};

/// Checks magic, dimensions (1 to 4, none zero, no overflow, at most 2^31 bytes) and that exactly the promised bytes
/// follow. `source` names the file in messages. Throws UserError.
IdxData parse_idx(std::string_view file, const std::string& source);

/// The same for a file on disk, plain or gzip, told apart by the first two bytes. A truncated or damaged gzip stream is
/// an error. Memory: the array once, no second copy.
IdxData read_idx(const std::filesystem::path& path);

}  // namespace glassbox
