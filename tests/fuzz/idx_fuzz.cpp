/// Any bytes as an idx file: in memory, on disk, and packed with gzip.
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <optional>
#include <string>

#include "common/base/error.h"
#include "common/data/idx.h"
#include "tests/fuzz/expect.h"

namespace glassbox {
namespace {

std::string gzip(std::string_view plain) {
  z_stream stream = {};
  expect(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 1, Z_DEFAULT_STRATEGY) == Z_OK, "zlib starts");
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = uInt(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = uInt(packed.size());
  expect(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib finishes");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// read_idx of a file that lies in memory.
IdxData read_as_file(std::string_view bytes) {
  static const int file = ::memfd_create("idx_fuzz", 0);
  const bool written =
      ::ftruncate(file, 0) == 0 && ::pwrite(file, bytes.data(), bytes.size(), 0) == ssize_t(bytes.size());
  expect(written, "the file can be written");
  return read_idx("/proc/self/fd/" + std::to_string(file));
}

template <typename Read>
std::optional<IdxData> attempt(const Read& read) {
  try {
    return read();
  } catch (const UserError&) {
    return std::nullopt;
  }
}

bool same(const std::optional<IdxData>& a, const std::optional<IdxData>& b) {
  return a.has_value() == b.has_value() && (!a || (a->shape == b->shape && a->bytes == b->bytes));
}

void try_idx(std::string_view bytes) {
  const auto from_memory = attempt([&] { return parse_idx(bytes, "x"); });
  const auto from_file = attempt([&] { return read_as_file(bytes); });
  const auto from_gzip = attempt([&] { return read_as_file(gzip(bytes)); });
  expect(same(from_memory, from_gzip), "gzip changes nothing");
  const bool is_gzip = bytes.substr(0, 2) == "\x1f\x8b";
  expect(is_gzip || same(from_memory, from_file), "memory and disk are read alike");
  if (from_memory) {
    int64_t product = 1;
    for (int64_t side : from_memory->shape) product *= side;
    expect(product == int64_t(from_memory->bytes.size()), "as many bytes as the shape says");
  }
}

}  // namespace
}  // namespace glassbox

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  glassbox::try_idx({reinterpret_cast<const char*>(data), size});
  return 0;
}
