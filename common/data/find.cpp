#include "common/data/find.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "common/base/error.h"
#include "common/data/files.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

/// The first of `files` (paths inside a data folder) that is in one of `folders`.
fs::path find_one_of(const std::string& name, const std::vector<fs::path>& files,
                     const std::vector<fs::path>& folders) {
  std::string looked;
  for (const fs::path& folder : folders) {
    for (const fs::path& file : files) {
      if (is_there(folder / file)) return folder / file;
    }
    looked += (looked.empty() ? "" : ", ") + (folder / name).string();
  }
  fail("data set ", name, ": not found in ", looked, "; fetch it with: scripts/data.sh ", name);
}

}  // namespace

fs::path find_file(const std::string& name, const std::string& file, const std::vector<fs::path>& folders) {
  std::string dashed = name;
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  std::vector<fs::path> files;
  for (const fs::path own : {name, dashed}) {
    for (const char* ending : {"", ".gz"}) files.push_back(own / (file + ending));
  }
  return find_one_of(name, files, folders);
}

fs::path find_cifar(const std::string& name, const std::vector<fs::path>& folders) {
  const bool ten = name == "cifar10";
  const fs::path unpacked = ten ? "cifar-10-batches-bin" : "cifar-100-binary";
  const fs::path dashed = ten ? "cifar-10" : "cifar-100", file = ten ? "data_batch_1.bin" : "train.bin";
  std::vector<fs::path> files = {unpacked / file};
  for (const fs::path& own : {fs::path(name), dashed}) {
    files.push_back(own / file);
    files.push_back(own / unpacked / file);
  }
  return find_one_of(name, files, folders).parent_path();
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
