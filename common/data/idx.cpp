#include "common/data/idx.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include "common/base/error.h"
#include "common/base/posix.h"

namespace glassbox {
namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 31;
constexpr size_t kStep = size_t{4} << 20;

/// Bytes one after the other, from memory, a file or a gzip stream.
class Input {
 public:
  virtual ~Input() = default;
  /// Fills `to`; fewer than `count` bytes only at the end.
  virtual size_t read(uint8_t* to, size_t count) = 0;
  /// At most this many bytes will come. A header that promises more is wrong, whatever follows.
  virtual uint64_t at_most() const = 0;
};

class MemoryInput : public Input {
 public:
  explicit MemoryInput(std::string_view bytes) : bytes_(bytes), size_(bytes.size()) {}
  uint64_t at_most() const override { return size_; }
  size_t read(uint8_t* to, size_t count) override {
    count = std::min(count, bytes_.size());
    if (count > 0) std::memcpy(to, bytes_.data(), count);
    bytes_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view bytes_;
  uint64_t size_;
};

class FileInput : public Input {
 public:
  FileInput(Descriptor& file, uint64_t size) : file_(file), size_(size) {}
  uint64_t at_most() const override { return size_; }
  size_t read(uint8_t* to, size_t count) override { return file_.read(to, count); }

 private:
  Descriptor& file_;
  uint64_t size_;
};

class GzipInput : public Input {
 public:
  GzipInput(Descriptor& file, uint64_t size, std::string source)
      : file_(file), size_(size), source_(std::move(source)), packed_(size_t{1} << 16) {
    constexpr int kGzip = 16;  // added to the window size: want the gzip format with its checksum
    if (inflateInit2(&stream_, MAX_WBITS + kGzip) != Z_OK) throw std::bad_alloc();
  }
  ~GzipInput() override { inflateEnd(&stream_); }
  GzipInput(const GzipInput&) = delete;
  GzipInput& operator=(const GzipInput&) = delete;

  uint64_t at_most() const override {
    constexpr uint64_t kBestRatio = 1032;  // of deflate: 258 bytes for 2 bits
    return size_ * kBestRatio;
  }

  size_t read(uint8_t* to, size_t count) override {
    stream_.next_out = to;
    stream_.avail_out = uInt(count);
    while (stream_.avail_out > 0 && !ended_) step();
    return count - stream_.avail_out;
  }

 private:
  void step() {
    if (stream_.avail_in == 0) {
      stream_.next_in = packed_.data();
      stream_.avail_in = uInt(file_.read(packed_.data(), packed_.size()));
      require(stream_.avail_in > 0, source_, ": want a complete gzip file, got one that is cut short",
              "; fetch or copy it again");
    }
    const int result = inflate(&stream_, Z_NO_FLUSH);
    ended_ = result == Z_STREAM_END;
    require(ended_ || result == Z_OK, source_, ": want an intact gzip file, got a damaged one (",
            stream_.msg == nullptr ? "no reason given" : stream_.msg, "); fetch or copy it again");
    if (ended_) check_nothing_follows();
  }

  void check_nothing_follows() {
    const bool more = stream_.avail_in > 0 || file_.read(packed_.data(), 1) > 0;
    require(!more, source_, ": want the end of the file after the gzip stream, got more bytes; fetch or copy it again");
  }

  Descriptor& file_;
  uint64_t size_;
  std::string source_;
  std::vector<uint8_t> packed_;
  z_stream stream_ = {};
  bool ended_ = false;
};

std::string hex(const uint8_t* bytes, size_t count) {
  std::string text;
  char digits[4];
  for (size_t i = 0; i < count; ++i) {
    std::snprintf(digits, sizeof digits, i == 0 ? "%02x" : " %02x", bytes[i]);
    text += digits;
  }
  return count == 0 ? "nothing" : text;
}

/// The number of dimensions, from the first 4 bytes.
size_t read_magic(Input& input, const std::string& source) {
  uint8_t magic[4];
  const size_t got = input.read(magic, sizeof magic);
  const bool good = got == 4 && magic[0] == 0 && magic[1] == 0 && magic[2] == 8 && magic[3] >= 1 && magic[3] <= 4;
  require(good, source, ": want an idx file of bytes, which begins with 00 00 08 and 01 to 04 (dimensions), got ",
          hex(magic, got));
  return magic[3];
}

std::vector<int64_t> read_shape(Input& input, size_t dimensions, const std::string& source) {
  uint8_t raw[16];
  const size_t got = input.read(raw, 4 * dimensions);
  require(got == 4 * dimensions, source, ": want ", dimensions, " sizes of 4 bytes in the header, got ", got,
          " bytes; is the file complete?");
  std::vector<int64_t> shape;
  uint64_t total = 1;
  for (size_t i = 0; i < dimensions; ++i) {
    const uint8_t* b = raw + 4 * i;
    const uint64_t side = uint64_t{b[0]} << 24 | uint64_t{b[1]} << 16 | uint64_t{b[2]} << 8 | b[3];
    require(side > 0, source, ": want sizes >= 1, got 0 as size ", i + 1, " of ", dimensions);
    total *= side;  // at most 2^31 before and 2^32 now: no overflow
    require(total <= kMostBytes, source, ": want at most 2^31 bytes of data, got sizes that promise more");
    shape.push_back(int64_t(side));
  }
  return shape;
}

IdxData read_all(Input& input, const std::string& source) {
  IdxData data;
  data.shape = read_shape(input, read_magic(input, source), source);
  uint64_t total = 1;
  for (int64_t side : data.shape) total *= uint64_t(side);
  const uint64_t header = 4 + 4 * data.shape.size();
  require(header + total <= input.at_most(), source, ": want ", total, " bytes after the header, got at most ",
          input.at_most() - std::min(header, input.at_most()), "; is the file complete?");

  // Reserving costs address space only. Memory is touched step by step, as far as the bytes really come.
  data.bytes.reserve(size_t(total));
  for (size_t got = 0; got < total;) {
    const size_t step = std::min(kStep, size_t(total) - got);
    data.bytes.resize(got + step);
    const size_t more = input.read(data.bytes.data() + got, step);
    got += more;
    require(more == step, source, ": want ", total, " bytes after the header, got ", got, "; is the file complete?");
  }
  uint8_t extra = 0;
  require(input.read(&extra, 1) == 0, source, ": want ", total, " bytes after the header, got more");
  return data;
}

}  // namespace

IdxData parse_idx(std::string_view file, const std::string& source) {
  MemoryInput input(file);
  return read_all(input, source);
}

IdxData read_idx(const std::filesystem::path& path) {
  Descriptor file = open_to_read(path);
  const uint64_t size = file_size(file, path);
  uint8_t start[2] = {};
  const bool gzip = ::pread(file.get(), start, 2, 0) == 2 && start[0] == 0x1f && start[1] == 0x8b;
  if (gzip) {
    GzipInput input(file, size, path.string());
    return read_all(input, path.string());
  }
  FileInput input(file, size);
  return read_all(input, path.string());
}

}  // namespace glassbox
