/// Which image files a folder with one subfolder a class holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/vision/find_images.h"

namespace glassbox {

/// One part of a data set: as many files as labels, by class and then by name.
struct ImageFiles {
  std::vector<std::filesystem::path> files;
  std::vector<int64_t> labels;
};

struct ImageListing {
  std::vector<std::string> classes;  ///< the names of the subfolders, sorted
  ImageFiles train, val, test;       ///< val and test may be empty: then they are cut from train
  PassedOver passed_over;            ///< files that are no images

  /// Something short that changes when a file is added, removed, renamed or of another length: 16 hex digits.
  std::string fingerprint() const;
};

/// `folder` holds one subfolder a class with image files in it, or train/ and perhaps val/ and test/, each with
/// subfolders for the classes of train/. What begins with a dot is passed over.
/// Throws UserError naming the place: no folder, no classes or one alone, a class whose name is no UTF-8, a class
/// without images, folders inside a class, a class of val/ or test/ that train/ does not have, links that lead round,
/// no permission.
ImageListing list_images_by_class(const std::filesystem::path& folder);

}  // namespace glassbox
