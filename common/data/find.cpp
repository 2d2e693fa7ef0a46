#include "common/data/find.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "common/base/error.h"
#include "common/data/files.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

/// The names under which `file` is found, without .gz.
std::vector<std::string> usual_names(const std::string& file) {
  std::vector<std::string> names = {file};
  const size_t idx = file.find("-idx");
  if (idx != std::string::npos) names.push_back(std::string(file).replace(idx, 1, "."));  // as newer archives have it
  return names;
}

/// The folders, inside one for data, in which a data set is found.
std::vector<fs::path> usual_folders(const std::string& name) {
  std::string dashed = name;
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  std::vector<fs::path> folders = {name};
  if (dashed != name) folders.push_back(dashed);
  if (name != "mnist" && name != "fashion_mnist") return folders;
  const fs::path own = name, torchvision = name == "mnist" ? "MNIST" : "FashionMNIST";
  for (const fs::path& more : {torchvision / "raw", torchvision, own / torchvision / "raw", own / "raw"}) {
    folders.push_back(more);
  }
  return folders;
}

/// A file, plain or packed; a folder of that name, as some archives unpack to, is none.
fs::path plain_or_packed(const fs::path& path) {
  for (const fs::path& file : {path, fs::path(path.string() + ".gz")}) {
    if (is_there(file) && !fs::is_directory(file)) return file;
  }
  return {};
}

template <typename List>
std::string joined(const List& parts, const std::string& between, const std::string& ending = "") {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : between) + fs::path(part).string() + ending;
  return text;
}

/// The first of the `own` folders, inside one of `folders`, that has one of `files`: that file.
fs::path find_one_of(const std::string& name, const std::vector<fs::path>& own, const std::vector<std::string>& files,
                     const std::vector<fs::path>& folders) {
  std::vector<fs::path> looked;
  for (const fs::path& folder : folders) {
    for (const fs::path& each : own) {
      for (const std::string& file : files) {
        const fs::path found = plain_or_packed(folder / each / file);
        if (!found.empty()) return found;
      }
    }
    looked.push_back(folder / name);
  }
  fail("data set ", name, ": not found in ", joined(looked, ", "), "; tried the folders ", joined(own, ", "),
       " there, and in them ", joined(files, ", ", "[.gz]"), "; fetch it with: scripts/data.sh ", name);
}

}  // namespace

fs::path find_file(const std::string& name, const std::string& file, const std::vector<fs::path>& folders) {
  return find_one_of(name, usual_folders(name), usual_names(file), folders);
}

fs::path find_in(const fs::path& folder, const std::string& file) {
  const std::vector<std::string> names = usual_names(file);
  for (const std::string& name : names) {
    const fs::path found = plain_or_packed(folder / name);
    if (!found.empty()) return found;
  }
  fail("reading ", (folder / file).string(), "[.gz]: no such file",
       names.size() > 1 ? ", nor " + names[1] + "[.gz]" : "", "; fetch it with scripts/data.sh");
}

fs::path find_cifar(const std::string& name, const std::vector<fs::path>& folders) {
  const bool ten = name == "cifar10";
  const fs::path unpacked = ten ? "cifar-10-batches-bin" : "cifar-100-binary", dashed = ten ? "cifar-10" : "cifar-100";
  return find_one_of(name, {unpacked, name, name / unpacked, dashed, dashed / unpacked},
                     {ten ? "data_batch_1.bin" : "train.bin"}, folders)
      .parent_path();
}

std::vector<fs::path> data_folders(const fs::path& given) {
  if (!given.empty()) return {given};
  std::vector<fs::path> folders;
  if (const char* listed = std::getenv("GLASSBOX_DATA")) {
    std::istringstream parts(listed);
    for (std::string part; std::getline(parts, part, ':');) {
      if (!part.empty()) folders.emplace_back(part);
    }
  }
  folders.emplace_back("data");
  // build/bin/mlp finds the data folder of its own checkout from wherever it is started.
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!ignored) folders.push_back(program.parent_path().parent_path().parent_path() / "data");
  return folders;
}

}  // namespace glassbox
