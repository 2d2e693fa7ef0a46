/// The binary format of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): records of one or two label bytes, then 1024 red,
/// 1024 green and 1024 blue bytes, row by row; no header. No tensor library here, so that a fuzzer can try millions of
/// files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace glassbox {

/// What a file must hold. Nothing in the file itself says it, so that a cut file can only be told by its length.
struct CifarFormat {
  int64_t records;
  std::vector<int64_t> classes;  ///< of each label byte: {10}, or {20, 100} (coarse, fine); the last is the label
};

struct CifarRecords {
  std::vector<uint8_t> pixels;  ///< [N, 3, 32, 32]
  std::vector<int64_t> labels;  ///< [N]
};

/// Appends the records of a whole file to `all`. `source` names the file in messages. Throws UserError unless the file
/// has exactly the length of its format and each label is in range.
void append_cifar(std::string_view file, const CifarFormat& format, const std::string& source, CifarRecords& all);

}  // namespace glassbox
