/// Which files are images, told by what they hold; and what is passed over, by ending, so that it can be said.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace glassbox {

/// True if the name ends like one of `endings` (".png", ... in lower case), in any case.
bool has_ending(const std::filesystem::path& path, const std::set<std::string>& endings);

/// True for a file that begins as an image does, whatever its name, and for one whose name ends like an image's: if
/// that is none, its reader says so. A GIF counts, to be refused with a reason.
bool is_image_file(const std::filesystem::path& path);

/// Files that nobody looks at, for they are no images.
class PassedOver {
 public:
  void add(const std::filesystem::path& path);
  bool empty() const { return count_.empty(); }
  /// "12 .heic, 3 .txt, 1 without ending, 2 subfolders": the most frequent first, at most five kinds and then "7
  /// others".
  std::string text() const;

 private:
  std::map<std::string, int64_t> count_;
};

/// The images in a folder, sorted by name; hidden files are neither images nor counted. Throws UserError naming the
/// folder if it cannot be read or holds no image.
std::vector<std::filesystem::path> images_in_folder(const std::filesystem::path& folder, PassedOver& others);

/// Files as they are; folders stand for the images in them. Throws UserError for what is missing, too.
std::vector<std::filesystem::path> list_images(const std::vector<std::string>& inputs);

}  // namespace glassbox
