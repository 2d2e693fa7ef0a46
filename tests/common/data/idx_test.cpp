/// The idx reader: every way in which a file of MNIST can be damaged is noticed.
#include "common/data/idx.h"

#include <zlib.h>

#include <stdexcept>

#include "common/base/atomic_file.h"
#include "tests/common/expect_error.h"
#include "tests/common/temp_folder.h"

namespace glassbox {
namespace {

using Bytes = std::vector<uint8_t>;

/// Magic and sizes, as LeCun describes them.
std::string idx_header(const std::vector<uint32_t>& sizes) {
  std::string bytes = {0, 0, 8, char(sizes.size())};
  for (uint32_t size : sizes) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += char(size >> shift & 0xFF);
  }
  return bytes;
}

/// Two images of 2 x 3 pixels with the values 1 to 12.
std::string two_images() { return idx_header({2, 2, 3}) + "\1\2\3\4\5\6\7\x8\x9\xa\xb\xc"; }

std::string gzip(const std::string& plain) {
  z_stream stream = {};
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = uInt(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = uInt(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

class IdxFile : public testing::Test {
 protected:
  IdxData read(const std::string& bytes) {
    write_file(temp_ / "x.idx", bytes);
    return read_idx(temp_ / "x.idx");
  }
  TempFolder temp_;
};

TEST(Idx, ReadsImagesAndLabels) {
  const IdxData images = parse_idx(two_images(), "x");
  EXPECT_EQ(images.shape, (std::vector<int64_t>{2, 2, 3}));
  EXPECT_EQ(images.bytes, (Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  const IdxData labels = parse_idx(idx_header({3}) + "\7\x8\x9", "x");
  EXPECT_EQ(labels.shape, std::vector<int64_t>{3});
  EXPECT_EQ(labels.bytes, (Bytes{7, 8, 9}));
}

TEST(Idx, NoticesEveryTruncation) {
  const std::string whole = two_images();
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_ERROR_HAS(parse_idx(whole.substr(0, length), "x.idx"), "x.idx: want ") << length;
  }
}

TEST(Idx, SaysHowManyBytesItWantsAndHowManyThereAre) {
  EXPECT_EQ(error_of([] { parse_idx(two_images().substr(0, 20), "x.idx"); }),
            "x.idx: want 12 bytes after the header, got at most 4; is the file complete?");
}

TEST(Idx, NoticesBytesThatNoHeaderPromised) {
  EXPECT_ERROR_HAS(parse_idx(two_images() + "x", "x.idx"), "x.idx: want 12 bytes after the header, got more");
}

TEST(Idx, NamesAWrongMagic) {
  EXPECT_ERROR_HAS(parse_idx("PK\3\4....", "x.idx"), "x.idx: want an idx file of bytes", "got 50 4b 03 04");
  EXPECT_ERROR_HAS(parse_idx(std::string("\0\0\x0d\1\0\0\0\1....", 12), "x.idx"), "got 00 00 0d 01");  // floats
  EXPECT_ERROR_HAS(parse_idx(idx_header({}), "x.idx"), "01 to 04 (dimensions), got 00 00 08 00");
  EXPECT_ERROR_HAS(parse_idx(idx_header({1, 1, 1, 1, 1}) + "x", "x.idx"), "got 00 00 08 05");
  EXPECT_ERROR_HAS(parse_idx("", "x.idx"), "got nothing");
}

TEST(Idx, RejectsAbsurdSizesBeforeItAllocatesThem) {
  EXPECT_ERROR_HAS(parse_idx(idx_header({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}), "x"), "at most 2^31 bytes");
  EXPECT_ERROR_HAS(parse_idx(idx_header({0x80000001}), "x"), "at most 2^31 bytes");
  EXPECT_ERROR_HAS(parse_idx(idx_header({0x80000000}) + "x", "x"), "want 2147483648 bytes after the header");
  EXPECT_ERROR_HAS(parse_idx(idx_header({2, 0, 3}), "x"), "want sizes >= 1, got 0 as size 2 of 3");
}

TEST_F(IdxFile, ReadsPlainAndGzip) {
  EXPECT_EQ(read(two_images()).bytes, parse_idx(two_images(), "x").bytes);
  EXPECT_EQ(read(gzip(two_images())).bytes, parse_idx(two_images(), "x").bytes);
  EXPECT_EQ(read(gzip(two_images())).shape, (std::vector<int64_t>{2, 2, 3}));
}

TEST_F(IdxFile, ReadsMoreThanOneStepOfGzip) {
  std::string bytes = idx_header({9, 1000, 1000});
  for (uint32_t i = 0; i < 9'000'000; ++i) bytes += char(i * i >> 3);
  const IdxData data = read(gzip(bytes));
  EXPECT_TRUE(std::equal(data.bytes.begin(), data.bytes.end(), bytes.begin() + 16, bytes.end(),
                         [](uint8_t a, char b) { return a == uint8_t(b); }));
}

TEST_F(IdxFile, NoticesEveryTruncationOfAPlainFile) {
  const std::string whole = two_images();
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_ERROR_HAS(read(whole.substr(0, length)), "x.idx: want ") << length;
  }
}

TEST_F(IdxFile, NoticesEveryTruncationOfAGzipFile) {
  const std::string whole = gzip(two_images());
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_ERROR_HAS(read(whole.substr(0, length)), "x.idx: want ") << length;
  }
}

TEST_F(IdxFile, NoticesEveryFlippedByteOfTheGzipDataAndChecksum) {
  const std::string whole = gzip(two_images());
  for (size_t i = 10; i < whole.size(); ++i) {  // the first 10 bytes hold time and system, which nobody checks
    std::string damaged = whole;
    damaged[i] = char(damaged[i] ^ 0x55);
    EXPECT_ERROR_HAS(read(damaged), "x.idx: want ") << i;
  }
}

TEST_F(IdxFile, NoticesWhatFollowsTheGzipStream) {
  EXPECT_ERROR_HAS(read(gzip(two_images()) + "x"), "want the end of the file after the gzip stream, got more bytes");
  EXPECT_ERROR_HAS(read(gzip(two_images()) + gzip(two_images())), "want the end of the file after the gzip stream");
}

TEST_F(IdxFile, NoticesMissingAndAdditionalBytesInsideGzip) {
  EXPECT_ERROR_HAS(read(gzip(two_images().substr(0, 20))), "want 12 bytes after the header, got 4");
  EXPECT_ERROR_HAS(read(gzip(two_images() + "x")), "want 12 bytes after the header, got more");
}

TEST_F(IdxFile, AGzipFileCannotPromiseMoreThanItCouldHold) {
  EXPECT_ERROR_HAS(read(gzip(idx_header({0x80000000}) + "x")), "want 2147483648 bytes after the header, got at most");
}

TEST_F(IdxFile, NamesAMissingFileAndAFolder) {
  EXPECT_ERROR_HAS(read_idx(temp_ / "none"), "none: cannot read: No such file");
  EXPECT_ERROR_HAS(read_idx(temp_.path()), "want a file, got a folder");
}

}  // namespace
}  // namespace glassbox
