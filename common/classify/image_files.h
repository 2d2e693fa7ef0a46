/// Image files as samples: decoded, resized and cropped to one size.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "common/classify/image_listing.h"
#include "common/classify/labelled.h"

namespace glassbox {

/// One file as a sample: writes [channels, side, side] bytes to `to`; the shorter side is resized to `side`, the middle
/// cropped. Bytes and not a tensor, for several threads fill one tensor, and LibTorch's inference mode is not theirs.
/// Throws UserError (path, what is wrong).
void read_sample(const std::filesystem::path& file, int64_t channels, int64_t side, uint8_t* to);

/// Collects what is wrong with files, from several threads; names the first five on stderr and counts the rest.
class Complaints {
 public:
  void add(const std::filesystem::path& file, const std::string& problem);
  std::string about(const std::filesystem::path& file) const;  ///< empty if there is nothing
  /// "warning: data: 7 of 100 images ... are left out:" and the first five; nothing if there is nothing.
  void report(int64_t images) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::filesystem::path, std::string> problems_;
};

/// Images too many for memory: files are decoded when a batch asks for them, by all threads of the caller.
class ImageFileSamples : public Samples {
 public:
  /// Each becomes uint8 [channels, side, side]. All files are known to be readable and whole: one that cannot be read
  /// any more is a UserError when its turn comes. From now on, until set_threads() is called, OpenCV computes with one
  /// thread in the whole program: images of a batch are decoded side by side, and what several threads use may not be
  /// set back and forth.
  ImageFileSamples(std::vector<std::filesystem::path> files, int64_t channels, int64_t side);

  int64_t size() const override { return int64_t(files_.size()); }
  torch::Tensor raw(const torch::Tensor& indices) const override;  ///< uint8 [N, channels, side, side]

 private:
  std::vector<std::filesystem::path> files_;
  int64_t channels_, side_;
};

}  // namespace glassbox
