#include "common/classify/image_listing.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "common/base/checksum.h"
#include "common/base/error.h"
#include "common/base/strict_json.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

const char* const kLayout =
    "want one subfolder a class with its images in it, or train/, val/ and test/ with such subfolders";

/// Is it a folder? Follows links; a link that leads nowhere or round is an error.
bool is_folder(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const bool lost = status.type() == fs::file_type::not_found;  // then there is an error, too
  require(!error && !lost, "data.path: looking at ", path.string(), ": ",
          lost ? "a link that leads nowhere" : error.message(), "; mend it or delete it");
  return status.type() == fs::file_type::directory;
}

/// What is in a folder, sorted, without hidden files.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename().string().front() != '.') entries.push_back(at->path());
  }
  require(!error, "data.path: looking into ", folder.string(), ": ", error.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> folders;
  for (const fs::path& entry : entries_of(folder)) {
    if (is_folder(entry)) folders.push_back(entry);
  }
  return folders;
}

/// Names of classes go into JSON, which knows UTF-8 alone.
void require_utf8(const std::string& name, const fs::path& folder) {
  try {
    nlohmann::json(name).dump();
  } catch (const nlohmann::json::exception&) {
    fail("data.path: ", folder.string(), ": want class names in UTF-8, got other bytes in ", describe_name(name),
         "; rename the folder");
  }
}

std::vector<std::string> names_of_classes(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::path& each : folders_in(folder)) {
    names.push_back(each.filename().string());
    require_utf8(names.back(), folder);
  }
  require(names.size() >= 2, "data.path: ", folder.string(), ": ", kLayout, ", at least two classes, got ",
          names.empty() ? "no subfolder" : "\"" + names.front() + "\" alone");
  return names;
}

/// The images of one part; classes of `listing` that are not there have none.
ImageFiles list_part(const fs::path& folder, ImageListing& listing) {
  ImageFiles part;
  for (const fs::path& own : folders_in(folder)) {
    const auto name = std::find(listing.classes.begin(), listing.classes.end(), own.filename().string());
    require(name != listing.classes.end(), "data.path: ", own.string(),
            ": want a class that the training part has, got \"", own.filename().string(), "\"");
    const size_t before = part.files.size();
    for (const fs::path& file : entries_of(own)) {
      require(!is_folder(file), "data.path: ", own.string(), ": want image files in a class's folder, got the folder ",
              file.filename().string());
      std::error_code ignored_here;  // a pipe would be waited for without end
      require(!fs::is_other(file, ignored_here), "data.path: ", file.string(), ": want a file, got a pipe or a device");
      if (!is_image_file(file)) {
        listing.passed_over.add(file);
        continue;
      }
      part.files.push_back(file);
      part.labels.push_back(name - listing.classes.begin());
    }
    require(part.files.size() > before, "data.path: ", own.string(),
            ": want at least one image (.png, .jpg, ...), got none",
            listing.passed_over.empty() ? "" : "; passed over up to here: " + listing.passed_over.text());
  }
  return part;
}

}  // namespace

std::string ImageListing::fingerprint() const {
  std::string text;
  for (const ImageFiles* part : {&train, &val, &test}) {
    for (const fs::path& file : part->files) {
      std::error_code ignored_here;  // a file that cannot be looked at is complained about when it is read
      text += as_text(file.parent_path().filename().string(), '/', file.filename().string(), ' ',
                      fs::file_size(file, ignored_here), '\n');
    }
    text += '\n';
  }
  return to_hex(sha256(text).substr(0, 8));
}

ImageListing list_images_by_class(const fs::path& folder) {
  std::error_code error;
  require(fs::exists(folder, error), "data.path: ", folder.string(), ": no such folder",
          error ? ": " + error.message() : "");
  require(is_folder(folder), "data.path: ", folder.string(), ": want a folder, got a file");
  ImageListing listing;
  const fs::path train = folder / "train";
  const bool has_parts = fs::is_directory(train, error) && !folders_in(train).empty();
  listing.classes = names_of_classes(has_parts ? train : folder);
  if (!has_parts) {
    listing.train = list_part(folder, listing);
    return listing;
  }
  listing.train = list_part(train, listing);
  for (const fs::path& part : folders_in(folder)) {
    const std::string name = part.filename().string();
    if (name == "train") continue;
    require(name == "val" || name == "test", "data.path: ", folder.string(),
            ": beside train/ want val/ and test/ alone, got ", name, "/; rename it or move it away");
    (name == "val" ? listing.val : listing.test) = list_part(part, listing);
    const ImageFiles& listed = name == "val" ? listing.val : listing.test;
    require(!listed.files.empty(), "data.path: ", part.string(), ": want one subfolder a class, got none");
  }
  return listing;
}

}  // namespace glassbox
