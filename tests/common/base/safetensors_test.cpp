/// The safetensors header: every rule of the format, and every way to break it.
#include "common/base/safetensors.h"

#include <stdexcept>

#include "tests/common/expect_error.h"

namespace glassbox {
namespace {

/// A file with the given header and `data_bytes` bytes of tensors.
std::string file_with(const std::string& json, size_t data_bytes = 0) {
  std::string file;
  for (int i = 0; i < 8; ++i) file += char(json.size() >> (8 * i) & 0xFF);
  return file + json + std::string(data_bytes, 'x');
}

/// One tensor "w" with the given fields.
std::string tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"("w":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

SafetensorsHeader parse(const std::string& json, size_t data_bytes = 0) {
  return parse_safetensors(file_with(json, data_bytes), "x.safetensors");
}

/// Two tensors and metadata, as our own writer makes them; 2 x 3 floats and a byte.
std::string small_file() {
  std::vector<TensorEntry> tensors = {{"w", "F32", {2, 3}}, {"b", "U8", {}}};
  return make_safetensors_header(tensors, {{"format", "pt"}}) + std::string(25, 'x');
}

TEST(Safetensors, RoundTrips) {
  const SafetensorsHeader header = parse_safetensors(small_file(), "x");
  ASSERT_EQ(header.tensors.size(), 2u);
  EXPECT_EQ(header.tensors[0].name, "w");
  EXPECT_EQ(header.tensors[0].dtype, "F32");
  EXPECT_EQ(header.tensors[0].shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(header.tensors[0].end, 24u);
  EXPECT_EQ(header.tensors[1].shape, std::vector<int64_t>{});
  EXPECT_EQ(header.tensors[1].begin, 24u);
  EXPECT_EQ(header.metadata.at("format"), "pt");
  EXPECT_EQ(header.data_start, small_file().size() - 25);
  EXPECT_EQ(header.data_start % 8, 0u);
}

TEST(Safetensors, ReadsWhatPythonWrites) {  // safetensors.numpy.save({"a": np.zeros(2, np.float16)}) of 0.4
  const auto header = parse(R"({"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}         )", 4);
  EXPECT_EQ(header.tensors.at(0).end, 4u);
  EXPECT_TRUE(parse("{}").tensors.empty());
}

TEST(Safetensors, SortsTensorsByPlaceAndAllowsEmptyOnes) {
  const auto header = parse(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},
                                "b":{"dtype":"F32","shape":[3,0],"data_offsets":[4,4]},
                                "c":{"dtype":"I32","shape":[],"data_offsets":[0,4]}})",
                            8);
  EXPECT_EQ(header.tensors.at(0).name, "c");
  EXPECT_EQ(header.tensors.at(1).name, "b");
  EXPECT_EQ(header.tensors.at(2).name, "a");
}

TEST(Safetensors, NoticesEveryTruncation) {
  const std::string whole = small_file();
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_ERROR_HAS(parse_safetensors(whole.substr(0, length), "x.safetensors"), "x.safetensors: ") << length;
  }
}

TEST(Safetensors, ComparesTheHeaderLengthWithTheFile) {
  EXPECT_ERROR_HAS(parse_safetensors("", "x"), "x: want 8 bytes with the header's length, got a file of 0");
  EXPECT_ERROR_HAS(parse_safetensors(file_with("{}").substr(0, 9), "x"), "x: want a header of 2 bytes, got only 1");
  const std::string too_long = std::string("\x01\xe1\xf5\x05\0\0\0\0", 8) + "{}";  // 100,000,001
  EXPECT_ERROR_HAS(parse_safetensors(too_long, "x"), "want a header of at most 8388608 bytes, got 100000001");
  EXPECT_ERROR_HAS(parse_safetensors(std::string(8, '\xff') + "{}", "x"), "got 18446744073709551615");
}

TEST(Safetensors, WantsAJsonObjectInUtf8) {
  for (const char* json : {"", "[]", " {}", "3", "null", "\"{}\""}) {
    EXPECT_ERROR_HAS(parse(json), "want a header that begins with {");
  }
  for (const char* json : {"{", "{}x", "{\"w\"}", "{} // no comments"})
    EXPECT_ERROR_HAS(parse(json), "x.safetensors: ");
  EXPECT_ERROR_HAS(parse("{\"w\xff\":{}}"), "ill-formed UTF-8");
  EXPECT_ERROR_HAS(parse(R"({"\ud800":{}})"), "x.safetensors: header, line 1");
}

TEST(Safetensors, SurvivesDeepNesting) {
  EXPECT_ERROR_HAS(parse("{\"w\":" + std::string(100'000, '[')), "want at most 64 levels of nesting");
}

TEST(Safetensors, RejectsDuplicateNames) {
  const std::string w = tensor("U8", "[0]", "[0,0]");
  EXPECT_ERROR_HAS(parse("{" + w + "," + w + "}"), "field w is given twice");
  EXPECT_ERROR_HAS(parse(R"({"__metadata__":{},"__metadata__":{}})"), "field __metadata__ is given twice");
  EXPECT_ERROR_HAS(parse(R"({"__metadata__":{"a":"1","a":"2"}})"), "field a is given twice");
  EXPECT_ERROR_HAS(parse(R"({"w":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}})"),
                   "dtype is given twice");
}

TEST(Safetensors, WantsMetadataToBeTexts) {
  EXPECT_ERROR_HAS(parse(R"({"__metadata__":3})"), "__metadata__: want an object of texts, got 3 (number)");
  EXPECT_ERROR_HAS(parse(R"({"__metadata__":{"a":1}})"), "__metadata__.a: want text, got 1 (number)");
}

TEST(Safetensors, WantsTheThreeFieldsOfAnEntry) {
  for (const char* json : {R"({"w":3})", R"({"w":{}})", R"({"w":{"dtype":"U8","shape":[0]}})",
                           R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"more":1}})"}) {
    EXPECT_ERROR_HAS(parse(json), "x.safetensors: w: want an object with dtype, shape and data_offsets");
  }
  EXPECT_ERROR_HAS(parse("{" + tensor("U8", "3", "[0,0]") + "}"), "want a list as shape, got 3 (number)");
  EXPECT_ERROR_HAS(parse("{" + tensor("U8", "[0]", "[0]") + "}"), "want two data_offsets, got [0] (list)");
  EXPECT_ERROR_HAS(parse("{" + tensor("U8", "[0]", "[0,0,0]") + "}"), "want two data_offsets");
}

TEST(Safetensors, NamesAnUnknownDtype) {
  EXPECT_ERROR_HAS(parse("{" + tensor("F8", "[1]", "[0,1]") + "}", 1), "x.safetensors: w: want a dtype out of F64",
                   "got \"F8\"");
}

TEST(Safetensors, WantsLengthToBeDtypeTimesShape) {
  EXPECT_ERROR_HAS(parse("{" + tensor("F32", "[2,3]", "[0,20]") + "}", 20),
                   "w: want 24 bytes for F32 [2,3], got data_offsets [0,20]");
  EXPECT_ERROR_HAS(parse("{" + tensor("F32", "[1]", "[4,0]") + "}", 4), "want 4 bytes");  // end before begin
  EXPECT_ERROR_HAS(parse("{" + tensor("F32", "[]", "[0,0]") + "}"), "want 4 bytes");      // a scalar is one element
}

TEST(Safetensors, RejectsNumbersThatAreNoCounts) {
  for (const char* bad : {"-1", "1.5", "1e3", "\"1\"", "null", "[1]", "9223372036854775808", "18446744073709551615",
                          "18446744073709551616", "-9223372036854775809", "1e300"}) {
    const std::string shape = as_text("[", bad, "]"), begin = as_text("[", bad, ",0]"), end = as_text("[0,", bad, "]");
    EXPECT_ERROR_HAS(parse("{" + tensor("U8", shape, "[0,0]") + "}"), "want a whole number from 0 to 2^63 - 1") << bad;
    EXPECT_ERROR_HAS(parse("{" + tensor("U8", "[0]", begin) + "}"), "want a whole number from 0 to 2^63 - 1") << bad;
    EXPECT_ERROR_HAS(parse("{" + tensor("U8", "[0]", end) + "}"), "want a whole number from 0 to 2^63 - 1") << bad;
  }
  EXPECT_ERROR_HAS(parse("{" + tensor("U8", "[1e400]", "[0,0]") + "}"), "number overflow");
}

TEST(Safetensors, RejectsShapesWhoseProductOverflows) {
  for (const char* shape : {"[4294967296,4294967296]", "[9223372036854775807,3]", "[4294967296,4294967296,0]"}) {
    EXPECT_ERROR_HAS(parse("{" + tensor("U8", shape, "[0,0]") + "}"), "want fewer than 2^64 bytes") << shape;
  }
  EXPECT_ERROR_HAS(parse("{" + tensor("F64", "[2305843009213693952]", "[0,0]") + "}"), "want fewer than 2^64 bytes");
  EXPECT_ERROR_HAS(parse("{" + tensor("U8", "[9223372036854775807]", "[0,9223372036854775807]") + "}"),
                   "want 9223372036854775807 bytes of tensors after the header, got 0");
}

TEST(Safetensors, RejectsHolesOverlapsAndLeftovers) {
  const std::string second = R"(,"v":{"dtype":"U8","shape":[4],"data_offsets":)";
  const std::string first = "{" + tensor("U8", "[4]", "[0,4]");
  EXPECT_NO_THROW(parse(first + second + "[4,8]}}", 8));
  EXPECT_ERROR_HAS(parse(first + second + "[5,9]}}", 9), "v: want its bytes to begin at 4, got 5", "leaves a hole");
  EXPECT_ERROR_HAS(parse(first + second + "[3,7]}}", 7), "v: want its bytes to begin at 4, got 3", "overlaps");
  EXPECT_ERROR_HAS(parse(first + second + "[0,4]}}", 4), "want its bytes to begin at 4, got 0", "overlaps");
  EXPECT_ERROR_HAS(parse("{" + tensor("U8", "[4]", "[1,5]") + "}", 5), "w: want its bytes to begin at 0, got 1");
  EXPECT_ERROR_HAS(parse(first + "}", 5), "want 4 bytes of tensors after the header, got 5", "belongs to no tensor");
  EXPECT_ERROR_HAS(parse(first + "}", 3), "want 4 bytes of tensors after the header, got 3", "is the file complete?");
}

TEST(MakeSafetensorsHeader, RejectsWhatCouldNotBeReadAgain) {
  std::vector<TensorEntry> twice = {{"w", "U8", {1}}, {"w", "U8", {1}}}, reserved = {{"__metadata__", "U8", {1}}};
  EXPECT_THROW(make_safetensors_header(twice, {}), std::logic_error);
  EXPECT_THROW(make_safetensors_header(reserved, {}), std::logic_error);
  std::vector<TensorEntry> unknown = {{"w", "F8", {1}}}, no_text = {{"w\xff", "U8", {1}}};
  EXPECT_ERROR_HAS(make_safetensors_header(unknown, {}), "w: want a dtype");
  EXPECT_ERROR_HAS(make_safetensors_header(no_text, {}), "want names and metadata in UTF-8");
}

TEST(DtypeBytes, KnowsTheTypesOfTheFormat) {
  EXPECT_EQ(dtype_bytes("F64", "x"), 8u);
  EXPECT_EQ(dtype_bytes("BF16", "x"), 2u);
  EXPECT_EQ(dtype_bytes("BOOL", "x"), 1u);
  EXPECT_ERROR_HAS(dtype_bytes("f32", "x"), "x: want a dtype");
}

}  // namespace
}  // namespace glassbox
