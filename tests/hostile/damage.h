/// What a hand-in may hold to hurt its reader, by family: run folders, JSON, checkpoints, configs, tables, names. Each
/// is a name and what it does to a folder; whoever opens hand-ins tries them all.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/base/atomic_file.h"
#include "common/base/safetensors.h"

namespace glassbox::hostile {
namespace fs = std::filesystem;

using Words = std::vector<std::string>;

/// One attack: `spoil` changes a sound run in `run`. `canary` is a folder outside that must stay as it is.
struct Damage {
  std::string name;
  std::function<void(const fs::path& run, const fs::path& canary)> spoil;
};

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("replaced: no " + from + " in " + text.substr(0, 200));
  return text.replace(at, from.size(), to);
}

inline void change(const fs::path& file, const std::string& from, const std::string& to) {
  write_file(file, replaced(read_file(file), from, to));
}

/// Bytes as they are, whatever is there already.
inline void put(const fs::path& file, const std::string& bytes) {
  fs::remove_all(file);
  write_file(file, bytes);
}

/// Each part of a run as a link, a dangling link, a hard link, a pipe, a folder, a device, and empty.
inline std::vector<Damage> run_folder_kinds() {
  std::vector<Damage> all;
  for (const std::string part : {"config.json", "summary.json", "environment.json", "metrics.jsonl", "inside.jsonl",
                                 "log.txt", ".lock", "checkpoints/best.safetensors", "checkpoints/last.safetensors",
                                 "checkpoints/state.safetensors", "report.html", "explain.html"}) {
    const auto add = [&](const std::string& kind, const std::function<void(const fs::path&, const fs::path&)>& make) {
      all.push_back({part + " is " + kind, [=](const fs::path& run, const fs::path& canary) {
                       fs::remove_all(run / part);
                       make(run / part, canary);
                     }});
    };
    add("a link", [](const fs::path& at, const fs::path& canary) { fs::create_symlink(canary / "victim", at); });
    add("a dangling link", [](const fs::path& at, const fs::path& canary) { fs::create_symlink(canary / "new", at); });
    add("a link to a device", [](const fs::path& at, const fs::path&) { fs::create_symlink("/dev/zero", at); });
    add("a hard link", [](const fs::path& at, const fs::path& canary) { fs::create_hard_link(canary / "victim", at); });
    add("a pipe", [](const fs::path& at, const fs::path&) { ::mkfifo(at.c_str(), 0600); });
    add("a folder", [](const fs::path& at, const fs::path&) { fs::create_directory(at); });
    add("empty", [](const fs::path& at, const fs::path&) { write_file(at, ""); });
  }
  for (const std::string folder : {"checkpoints", "plots"}) {
    all.push_back({folder + " is a link", [=](const fs::path& run, const fs::path& canary) {
                     fs::remove_all(run / folder);
                     fs::create_symlink(canary, run / folder);
                   }});
    all.push_back({folder + " is a dangling link", [=](const fs::path& run, const fs::path& canary) {
                     fs::remove_all(run / folder);
                     fs::create_symlink(canary / "made", run / folder);
                   }});
    all.push_back({folder + " is a pipe", [=](const fs::path& run, const fs::path&) {
                     fs::remove_all(run / folder);
                     ::mkfifo((run / folder).c_str(), 0600);
                   }});
  }
  return all;
}

/// Texts that are no sound JSON record, whatever the record.
inline std::vector<std::pair<std::string, std::string>> json_texts() {
  return {{"300,000 brackets", std::string(300'000, '[')},
          {"300,000 nested objects",
           [] {
             std::string text;
             for (int i = 0; i < 300'000; ++i) text += "{\"a\":";
             return text;
           }()},
          {"20 MB of blanks", std::string(20 << 20, ' ')},
          {"a list", "[]\n"},
          {"a number beyond a double", "{\"epoch\": 1e999}\n"},
          {"two fields of one name", "{\"epoch\": 1, \"epoch\": 2}\n"},
          {"bytes that are no UTF-8", "{\"epoch\": \"\xff\xfe\"}\n"},
          {"a NUL", std::string("{\"epoch\": \"a\0b\"}\n", 18)},
          {"half a surrogate", "{\"epoch\": \"\\ud800\"}\n"},
          {"cut short", "{\"epoch\": 1, \"val_\n"},
          {"escape sequences", "{\"epoch\": \"\\u001b[2J\\u001b]0;x\\u0007\"}\n"},
          {"null", "null\n"}};
}

/// Those texts in place of each record of a run.
inline std::vector<Damage> spoilt_json() {
  std::vector<Damage> all;
  for (const std::string file : {"config.json", "summary.json", "environment.json", "metrics.jsonl", "inside.jsonl"}) {
    for (const auto& [name, text] : json_texts()) {
      all.push_back({file + " holds " + name,
                     [file = file, text = text](const fs::path& run, const fs::path&) { put(run / file, text); }});
    }
  }
  return all;
}

/// Rewrites the metadata of a checkpoint and leaves its tensors.
inline void change_metadata(const fs::path& file, const std::string& key,
                            const std::function<std::string(const std::string&)>& edit) {
  const std::string bytes = read_file(file);
  SafetensorsHeader header = parse_safetensors(bytes, file.string());
  header.metadata[key] = edit(header.metadata[key]);
  const std::string tensors = bytes.substr(header.data_start);
  put(file, make_safetensors_header(header.tensors, header.metadata) + tensors);
}

/// Records that are sound JSON and lie.
inline std::vector<Damage> lying_records() {
  std::vector<Damage> all;
  const auto edit = [&](const std::string& file, const std::string& from, const std::string& to) {
    all.push_back({file + ": " + from + " becomes " + to.substr(0, 60),
                   [=](const fs::path& run, const fs::path&) { change(run / file, from, to); }});
  };
  edit("summary.json", "\"verb\": \"train\"", "\"verb\": 1");
  edit("summary.json", "\"app\": \"mlp\"", "\"app\": []");
  edit("summary.json", "\"app\": \"mlp\"", "\"app\": \"\\u001b[31mcnn\\nerror: fake\"");
  edit("summary.json", "\"status\": \"finished\"", "\"status\": {\"a\": 1}");
  edit("summary.json", "\"name\": \"moons\"", "\"name\": null");
  edit("environment.json", "\"threads\": 1", "\"threads\": 1e300");
  edit("environment.json", "\"threads\": 1", "\"threads\": -9223372036854775808");
  edit("environment.json", "\"threads\": 1", "\"threads\": \"\\u001b[2J\"");
  edit("environment.json", "\"data\": {", "\"data\": [], \"other\": {");
  edit("environment.json", "\"sha256\": {", "\"sha256\": {\"x\\u001b[1m\\n\": 1, ");
  edit("metrics.jsonl", "\"epoch\":1", "\"epoch\":-9223372036854775808");
  edit("metrics.jsonl", "\"epoch\":1", "\"epoch\":18446744073709551615");
  edit("metrics.jsonl", "\"epoch\":1", "\"epoch\":\"one\"");
  edit("metrics.jsonl", "\"val_loss\"", "\"val_lost\"");
  edit("metrics.jsonl", "\"train_loss\":", "\"train_loss\":\"high\",\"x\":");
  edit("metrics.jsonl", "\"train_loss\":", "\"train_loss\":1.7e308,\"x\":");
  edit("inside.jsonl", "{\"step\":0", "{\"step\":9007199254740992");
  edit("inside.jsonl", "{\"step\":0", "{\"step\":-1");
  edit("inside.jsonl", "{\"step\":0", "{\"step\":99999999999999999999");
  edit("inside.jsonl", "\"layers\":[{", "\"layers\":[],\"was\":[{");
  edit("inside.jsonl", "\"counts\":[", "\"counts\":[1,2,");
  edit("inside.jsonl", "\"counts\":[", "\"counts\":[-5,");
  edit("inside.jsonl", "\"low\":", "\"low\":-1.7e308,\"l\":");
  edit("inside.jsonl", "\"weight_size\":", "\"weight_size\":1.7e308,\"w\":");
  edit("inside.jsonl", "\"epoch\":", "\"epoch\":1e308,\"e\":");
  edit("inside.jsonl", "\"state\":[", "\"state\":[1,");
  edit("inside.jsonl", "\"state\":[", "\"state\":[],\"s\":[");
  for (const auto& [field, value] :
       std::vector<std::pair<std::string, std::string>>{{"epoch", "-9223372036854775808"},
                                                        {"epoch", "9223372036854775807"},
                                                        {"epoch", "0"},
                                                        {"epoch", "1e300"},
                                                        {"epoch", "\"3\""},
                                                        {"batch", "-1"},
                                                        {"batch", "9223372036854775807"},
                                                        {"batch", "5000"},
                                                        {"step", "-5"},
                                                        {"step", "9223372036854775807"},
                                                        {"learning_rate", "-1"},
                                                        {"learning_rate", "null"},
                                                        {"loss_sums", "[[1, 2]]"},
                                                        {"loss_sums", "{}"},
                                                        {"samples", "-1"},
                                                        {"best", "null"},
                                                        {"best_epoch", "99"},
                                                        {"plateau_factor", "-1"},
                                                        {"plateau_epochs", "-7"},
                                                        {"stopped_early", "2"},
                                                        {"train_seconds", "-1"},
                                                        {"trained_samples", "-9223372036854775808"},
                                                        {"part_seconds", "[1]"},
                                                        {"part_seconds", "[1,2,3,4,5]"}}) {
    all.push_back({"saved progress: " + field + " becomes " + value,
                   [field = field, value = value](const fs::path& run, const fs::path&) {
                     change_metadata(run / "checkpoints/state.safetensors", "progress", [&](const std::string& text) {
                       return replaced(text,
                                       "\"" + field + "\":", "\"" + field + "\":" + value + ",\"was_" + field + "\":");
                     });
                   }});
  }
  return all;
}

/// Files that say they are checkpoints.
inline std::vector<Damage> lying_checkpoints() {
  std::vector<Damage> all;
  const auto with_header = [](uint64_t length, const std::string& text) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += char(length >> (8 * i) & 0xFF);
    return bytes + text;
  };
  const auto file = [&](const std::string& name, const std::string& bytes) {
    all.push_back({"best.safetensors: " + name,
                   [=](const fs::path& run, const fs::path&) { put(run / "checkpoints/best.safetensors", bytes); }});
  };
  const auto json = [&](const std::string& name, const std::string& text) {
    file(name, with_header(text.size(), text));
  };
  file("seven bytes", "1234567");
  file("a header of 2^64 - 1 bytes", with_header(~uint64_t{0}, "{}"));
  file("a header longer than the file", with_header(5000, "{}"));
  json("brackets without end", std::string(300'000, '['));
  json("nothing", "");
  json("no object", "[]");
  json("a shape of 2^63", R"({"w":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,0]}})");
  json("a shape that overflows", R"({"w":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}})");
  json("a negative side", R"({"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})");
  json("offsets backwards", R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})");
  json("offsets beyond the file", R"({"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})");
  json("an unknown type", R"({"w":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})");
  json(
      "two tensors of one name",
      R"({"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})");
  json("a name with escapes", R"({"w\u001b[2J\nerror: fake":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})");
  json("metadata that is no text", R"({"__metadata__":{"app":7}})");
  json("metadata with escapes", R"({"__metadata__":{"app":"\u001b[31m\nerror: fake","config":"{}","data":"{}"}})");
  json(
      "a shape of a million ones", "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + [] {
        std::string ones = "1";
        for (int i = 1; i < 1'000'000; ++i) ones += ",1";
        return ones;
      }() + "],\"data_offsets\":[0,4]}}");
  json(
      "a hundred thousand tensors", "{" + [] {
        std::string text;
        for (int i = 0; i < 100'000; ++i) {
          text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
        }
        return text;
      }() + "}");
  all.push_back({"best.safetensors: sparse, 2^32 floats", [=](const fs::path& run, const fs::path&) {
                   const fs::path at = run / "checkpoints/best.safetensors";
                   const std::string bytes = read_file(at);
                   SafetensorsHeader header = parse_safetensors(bytes, at.string());
                   for (TensorEntry& tensor : header.tensors) tensor.shape = {0};
                   header.tensors.back().shape = {int64_t{1} << 32};
                   put(at, make_safetensors_header(header.tensors, header.metadata));
                   fs::resize_file(at, fs::file_size(at) + (uint64_t{4} << 32));
                 }});
  const auto metadata = [&](const std::string& key, const std::string& from, const std::string& to) {
    all.push_back({"best.safetensors: " + key + ": " + from + " becomes " + to.substr(0, 60),
                   [=](const fs::path& run, const fs::path&) {
                     change_metadata(run / "checkpoints/best.safetensors", key,
                                     [&](const std::string& text) { return replaced(text, from, to); });
                   }});
  };
  metadata("config", "\"hidden\": [\n", "\"hidden\": [\n65536,65536,65536,65536,65536,65536,65536,65536,65536,");
  metadata("config", "\"name\": \"moons\"", "\"name\": \"a\\u001b[2J\\nb\"");
  metadata("config", "\"epochs\":", "\"epochs\": 1e99, \"was\":");
  metadata("data", "\"sample_shape\":[2]", "\"sample_shape\":[1048576]");
  metadata("data", "\"sample_shape\":[2]", "\"sample_shape\":[-2]");
  metadata("data", "\"sample_shape\":[2]", "\"sample_shape\":[1,28,28]");
  metadata("data", "\"classes\":[", "\"classes\":[\"\\u001b[31m\\nerror: fake\",");
  metadata("data", "\"classes\":[", "\"classes\":[],\"was\":[");
  metadata("data", "\"mean\":[", "\"mean\":[1e308,");
  metadata("data", "\"std\":[", "\"std\":[0,");
  metadata("app", "mlp", "cnn");
  return all;
}

/// --set of an experiment that asks for more than there is.
inline std::vector<Words> config_bombs() {
  const auto many = [](const std::string& one, int count) {
    std::string list = one;
    for (int i = 1; i < count; ++i) list += "," + one;
    return "[" + list + "]";
  };
  return {{"model.hidden=[65536,65536]"},
          {"model.hidden=" + many("65536", 9)},
          {"model.hidden=" + many("65536", 900)},
          {"model.hidden=" + many("1", 100'000)},
          {"model.hidden=[]"},
          {"model.hidden=[1e18]"},
          {"model.hidden=[-1]"},
          {"data.batch_size=9007199254740991"},
          {"data.batch_size=1e300"},
          {"data.samples=9007199254740991"},
          {"data.workers=1000000"},
          {"train.epochs=9223372036854775807"},
          {"train.epochs=-9223372036854775808"},
          {"train.accumulate=1e18"},
          {"looks=1e15"},
          {"seed=1e400"},
          {"seed=-1"},
          {"name=a\nb"},
          {"name=\"\\u0000\""},
          {"name=\x1b[31m"},
          {"name=../../x"},
          {"optimizer.learning_rate=1e308"},
          {"model.dropout=0.9999999999999999999"},
          {"data.val_share=1e-320"},
          {"model.activation=" + std::string(100'000, 'x')}};
}

/// A gzip stream of `megabytes` of `piece`.
inline void write_gzip(const fs::path& file, const std::string& piece, int megabytes) {
  gzFile out = gzopen(file.c_str(), "wb9");
  std::string block;
  while (block.size() < size_t{1} << 20) block += piece;
  for (int i = 0; i < megabytes; ++i) gzwrite(out, block.data(), unsigned(block.size()));
  gzclose(out);
}

/// Tables: the name of the file, and what makes it.
inline std::vector<std::pair<std::string, std::function<void(const fs::path&)>>> table_bombs() {
  const auto text = [](const std::string& bytes) { return [bytes](const fs::path& at) { put(at, bytes); }; };
  const auto rows = [](const std::string& header, const std::string& a, const std::string& b) {
    std::string all = header;
    for (int i = 0; i < 40; ++i) all += i % 2 == 0 ? a : b;
    return all;
  };
  return {{"commas.csv", text(std::string(50 << 20, ','))},
          {"lines.csv", text(std::string(50 << 20, '\n'))},
          {"quote.csv", text("a,b\n\"" + std::string(20 << 20, 'x'))},
          {"nul.csv", text(std::string("a,b\n1,\0x\n", 9))},
          {"bomb.csv.gz", [](const fs::path& at) { write_gzip(at, "1,2,a\n", 1500); }},
          {"cut.csv.gz",
           [](const fs::path& at) {
             write_gzip(at, "1,2,a\n", 1);
             fs::resize_file(at, fs::file_size(at) / 2);
           }},
          {"largest.csv", text(rows("x,y\n", "3e38,a\n", "-3e38,b\n"))},
          {"larger.csv", text(rows("x,y\n", "1e300,a\n", "-1e300,b\n"))},
          {"class.csv", text(rows("x,y\n", "1,A\n", "2,B\x1b[2J\n"))},
          {"lines_in_class.csv", text(rows("x,y\n", "1,A\n", "2,\"B  99 %\nerror: fake\"\n"))},
          {"column.csv", text(rows("\x1b[31mx,y\n", "1,A\n", "2,B\n"))},
          {"override.csv", text(rows("x,y\n", "1,A\n", "2,\u202Egnp.exe\n"))},
          {"cell.csv", text(rows("x,y\n", "1,A\n", "\x1b]0;owned\x07,B\n"))},
          {"latin1.csv", text(rows("x,y\n", "1,A\n", "2,\xe9\n"))},
          {"pipe.csv",
           [](const fs::path& at) {
             fs::remove(at);
             ::mkfifo(at.c_str(), 0600);
           }},
          {"device.csv",
           [](const fs::path& at) {
             fs::remove(at);
             fs::create_symlink("/dev/zero", at);
           }},
          {"folder.csv", [](const fs::path& at) {
             fs::remove(at);
             fs::create_directory(at);
           }}};
}

}  // namespace glassbox::hostile
