/// Checkpoints that are damaged or belong to another model: exit 2, one clear message, nothing written.
#include <cstring>

#include "tests/e2e/desk.h"

namespace glassbox::e2e {
namespace {

const char* const kBest = "run/checkpoints/best.safetensors";
const char* const kState = "run/checkpoints/state.safetensors";

/// A safetensors file as its two parts, to be taken apart and put together wrongly.
struct Parts {
  Json header;
  std::string bytes;

  static Parts of(const std::string& file) {
    uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof length);
    return {Json::parse(file.substr(8, length)), file.substr(8 + length)};
  }
  std::string file() const { return file_with(header.dump()); }
  std::string file_with(const std::string& text) const {
    const uint64_t length = text.size();
    return std::string(reinterpret_cast<const char*>(&length), sizeof length) + text + bytes;
  }
};

class CheckpointErrors : public Desk {
 protected:
  CheckpointErrors() {
    bring_trained("moons");
    good_ = read(kBest);
  }

  void expect_best_refused(const std::string& file, const Words& texts) const {
    write(kBest, file);
    expect_refused({"eval", "--run", "run"}, texts + Words{kBest});
  }

  /// The same for the good file with a changed header.
  template <typename Change>
  void expect_header_refused(const Change& change, const Words& texts) const {
    Parts parts = Parts::of(good_);
    change(parts.header);
    expect_best_refused(parts.file(), texts);
  }

  std::string good_;
};

TEST_F(CheckpointErrors, CutShort) {
  uint64_t header = 0;
  std::memcpy(&header, good_.data(), sizeof header);
  const size_t data = 8 + size_t(header), size = good_.size();
  for (const size_t at : {size_t{0}, size_t{1}, size_t{7}, size_t{8}, size_t{9}, data / 2, data - 1, data, data + 1,
                          (data + size) / 2, size - 4, size - 1}) {
    expect_best_refused(good_.substr(0, at), {"want "});
  }
  expect_best_refused(good_ + "x", {"what follows belongs to no tensor"});
}

TEST_F(CheckpointErrors, OffsetsThatLie) {
  const auto offsets = [](Json begin, Json end) {
    return [=](Json& header) {
      header["layers.1.bias"]["data_offsets"] = {begin, end};
    };  // the second of two classes, 8 bytes
  };
  const auto place = Parts::of(good_).header["layers.1.bias"]["data_offsets"];
  const uint64_t begin = place[0], end = place[1];
  expect_header_refused(offsets(begin - 4, end - 4), {"\"layers.1.bias\": want its bytes to begin at", "overlaps"});
  expect_header_refused(offsets(begin + 4, end + 4), {"\"layers.1.bias\": want its bytes to begin at", "hole"});
  expect_header_refused(offsets(-8, 0), {"\"layers.1.bias\": want a whole number from 0 to 2^63 - 1, got -8"});
  expect_header_refused(offsets(18446744073709551608ull, 0),
                        {"\"layers.1.bias\": want a whole number from 0 to 2^63 - 1"});
  expect_header_refused(offsets(9223372036854775800ull, 9223372036854775807ull), {"\"layers.1.bias\": want 8 bytes"});
  expect_header_refused(offsets(end, begin), {"\"layers.1.bias\": want 8 bytes"});
  expect_header_refused(offsets("0", 8), {"\"layers.1.bias\": want a whole number", "(string)"});
}

TEST_F(CheckpointErrors, HeadersThatLie) {
  expect_header_refused(
      [](Json& h) {
        h["layers.1.bias"]["shape"] = {4294967296, 4294967296};
      },
      {"\"layers.1.bias\": want fewer than 2^64"});
  expect_header_refused([](Json& h) { h["layers.1.bias"]["shape"] = {3}; }, {"\"layers.1.bias\": want 12 bytes"});
  expect_header_refused([](Json& h) { h["layers.1.bias"]["shape"] = {-2}; },
                        {"\"layers.1.bias\": want a whole number"});
  expect_header_refused([](Json& h) { h["layers.1.bias"]["dtype"] = "F33"; },
                        {"\"layers.1.bias\": want a dtype out of"});
  expect_header_refused([](Json& h) { h["layers.1.bias"].erase("dtype"); },
                        {"\"layers.1.bias\": want an object with dtype"});
  const Parts parts = Parts::of(good_);
  const std::string text = parts.header.dump();
  expect_best_refused(parts.file_with(text.substr(0, text.size() - 1) + ",\"layers.1.bias\":{}}"), {"given twice"});
  expect_best_refused(parts.file_with("{" + text), {"header, line 1, column "});
  expect_best_refused(parts.file_with(std::string(100000, '[')), {"want a header that begins with {"});
  expect_best_refused(parts.file_with("{\"a\":" + std::string(100000, '[')), {"levels of nesting"});
  expect_best_refused(std::string(7, '\xff') + "\x7f{}", {"want a header of at most 8388608 bytes"});
  expect_best_refused("PK\x03\x04 a PyTorch file", {"is it a safetensors file?"});
}

TEST_F(CheckpointErrors, TensorsOfAnotherModel) {
  expect_header_refused(
      [](Json& h) {
        h["layers.0.weight"]["shape"] = {2, 16};
      },
      {"does not fit the model", "\n  layers.0.weight: want shape [16, 2], got [2, 16]"});
  expect_header_refused(
      [](Json& h) {
        h["layers.0.wait"] = h["layers.0.weight"];
        h.erase("layers.0.weight");
        h["layers.1.bias"]["shape"] = {2, 1};
      },
      {"\n  layers.0.weight: missing", "\n  layers.1.bias: want shape [2], got [2, 1]",
       "\n  layers.0.wait: unknown to the model"});
}

TEST_F(CheckpointErrors, WeightsThatAreNoNumbers) {
  for (const char* number : {"\x00\x00\xc0\x7f", "\x00\x00\x80\xff"}) {  // NaN and -infinity, little-endian
    Parts parts = Parts::of(good_);
    parts.bytes.replace(8, 4, std::string(number, 4));
    expect_best_refused(parts.file(), {"want finite numbers, got NaN or infinity"});
  }
}

TEST_F(CheckpointErrors, WhatTheCheckpointSaysOfItself) {
  const auto about = [](const char* key, const Json& value) {
    return [=](Json& header) { header["__metadata__"][key] = value.is_string() ? value : Json(value.dump()); };
  };
  expect_header_refused([](Json& h) { h.erase("__metadata__"); }, {"want \"app\" in its metadata, found none"});
  expect_header_refused(about("config", "{\"data\""), {"line 1, column "});
  expect_header_refused(about("config", R"({"data": {"name": "moons"}, "model": {"hidden": [0]}})"),
                        {"model.hidden[0]: want "});

  const Json data = Json::parse(Parts::of(good_).header["__metadata__"]["data"].get<std::string>());
  const auto described = [&](const char* key, const Json& value) {
    Json changed = data;
    changed[key] = value;
    return about("data", changed);
  };
  const auto expect_description_refused = [&](const char* key, const Json& value) {
    Parts parts = Parts::of(good_);
    described(key, value)(parts.header);
    write(kBest, parts.file());
    expect_refused({"eval", "--run", "run"}, {"checkpoint"});
  };
  expect_description_refused("classes", Json::array());
  expect_description_refused("classes", "two");
  expect_description_refused("sample_shape", {3});  // the file's tensors are for two numbers a sample
  expect_description_refused("sample_shape", {-2});
  expect_description_refused("sample_shape", {4294967296, 4294967296});
  expect_description_refused("mean", {0.0});
  expect_description_refused("std", {0.0, 1.0});
  expect_description_refused("pixel_max", 255);
  expect_description_refused("columns", {"x", "x"});
  expect_description_refused("ink_box", 5);
}

TEST_F(CheckpointErrors, NoCheckpointAtAll) {
  fs::remove(here_ / kBest);
  expect_refused({"eval", "--run", "run"}, {"run: no checkpoints/best.safetensors", "mlp train --resume run"});
  write("run/config.json", "{\"data\"");
  expect_refused({"describe", "--run", "run"}, {"run/config.json, line 1, column "});
}

/// --resume notes in the summary that the run failed; weights, metrics and the damaged state stay as they are.
TEST_F(CheckpointErrors, AStateThatIsDamagedIsNotGoneOnFrom) {
  const std::string good = read(kState);
  Parts nan = Parts::of(good), shape = Parts::of(good), progress = Parts::of(good);
  nan.bytes.replace(8, 4, std::string("\x00\x00\xc0\x7f", 4));
  shape.header["model.layers.0.weight"]["shape"] = {2, 16};
  progress.header["__metadata__"]["progress"] = "{\"epoch\": 1}";
  const std::pair<std::string, std::string> bad[] = {{good.substr(0, good.size() / 2), "is the file complete?"},
                                                     {nan.file(), "want finite numbers"},
                                                     {shape.file(), "model.layers.0.weight: want shape [16, 2]"},
                                                     {progress.file(), "saved progress"}};
  for (const auto& [file, text] : bad) {
    write(kState, file);
    const auto before = snapshot(here_.path());
    expect_message(mlp({"train", "--resume", "run", "--quiet", "--threads", "1"}), {kState, text});
    const std::set<std::string> may_change = {"run/environment.json", "run/log.txt", "run/summary.json"};
    for (const std::string& name : changed_names(before, snapshot(here_.path())))
      EXPECT_TRUE(may_change.count(name)) << name;
  }
}

}  // namespace
}  // namespace glassbox::e2e
