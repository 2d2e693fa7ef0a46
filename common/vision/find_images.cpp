#include "common/vision/find_images.h"

#include <algorithm>
#include <cctype>
#include <system_error>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/vision/image_header.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

std::string lower_ending(const fs::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return ending;
}

bool begins_as_image(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;  // a pipe would be waited for without end
  const ImageHeader header = parse_image_header(first_bytes(path, 512));
  return header.format == "PNM" ? header.has_size() : !header.format.empty();  // a text may begin with "P1 "
}

}  // namespace

bool has_ending(const fs::path& path, const std::set<std::string>& endings) {
  return endings.count(lower_ending(path)) > 0;
}

bool is_image_file(const fs::path& path) {
  static const std::set<std::string> endings = {".png", ".jpg", ".jpeg", ".jpe",  ".jfif", ".gif",
                                                ".bmp", ".dib", ".tif",  ".tiff", ".webp", ".pbm",
                                                ".pgm", ".ppm", ".pnm",  ".jp2",  ".j2k"};
  return has_ending(path, endings) || begins_as_image(path);
}

void PassedOver::add(const fs::path& path) {
  std::error_code ignored;
  const std::string ending = lower_ending(path);
  ++count_[fs::is_directory(path, ignored) ? "/" : ending];
}

std::string PassedOver::text() const {
  std::vector<std::pair<std::string, int64_t>> kinds(count_.begin(), count_.end());
  std::stable_sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  constexpr size_t kNamed = 5;
  std::string text;
  int64_t others = 0;
  for (size_t i = 0; i < kinds.size(); ++i) {
    const auto& [ending, count] = kinds[i];
    if (i >= kNamed) {
      others += count;
    } else {
      const std::string plural = count == 1 ? "" : "s";
      const std::string kind = ending.empty() ? "without ending" : ending == "/" ? "subfolder" + plural : ending;
      text += as_text(i == 0 ? "" : ", ", count, " ", kind);
    }
  }
  return others == 0 ? text : as_text(text, ", ", others, " others");
}

std::vector<fs::path> images_in_folder(const fs::path& folder, PassedOver& others) {
  std::vector<fs::path> images;
  bool has_folders = false;
  std::error_code error, ignored;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const fs::path& path = at->path();
    if (path.filename().string().front() == '.') continue;
    const bool is_folder = fs::is_directory(path, ignored);
    has_folders = has_folders || is_folder;
    if (!is_folder && is_image_file(path)) {
      images.push_back(path);
    } else {
      others.add(path);
    }
  }
  require(!error, "looking for images: ", folder.string(), ": ", error.message());
  require(!images.empty(), "looking for images: ", folder.string(), ": want at least one image in this folder, got ",
          others.empty() ? "none" : others.text(),
          has_folders ? "; what is in its subfolders is not looked for, name them" : "");
  std::sort(images.begin(), images.end());
  return images;
}

std::vector<fs::path> list_images(const std::vector<std::string>& inputs) {
  std::vector<fs::path> files;
  for (const fs::path input : inputs) {
    std::error_code error;
    const bool there = fs::exists(input, error);
    require(!error, "looking for images: ", input.string(), ": ", error.message());
    require(there, "looking for images: ", input.string(), ": no such file or folder");
    PassedOver others;
    const std::vector<fs::path> own =
        fs::is_directory(input, error) ? images_in_folder(input, others) : std::vector<fs::path>{input};
    files.insert(files.end(), own.begin(), own.end());
  }
  return files;
}

}  // namespace glassbox
