/// Images one after the other from whatever a user names: a file, a folder, a video, a camera. One way to walk them
/// all.
#pragma once

#include <torch/types.h>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/stop.h"
#include "common/vision/find_images.h"
#include "common/vision/video.h"

namespace glassbox {

struct Image {
  std::string name;      ///< the file; "a.mp4#17" for a frame
  int64_t index = 0;     ///< in its source, from 0
  torch::Tensor pixels;  ///< uint8 [channels, H, W]
  cv::Mat original;      ///< whole and in colour (8 bits, blue, green, red), if that was asked for
};

struct ImageOptions {
  int64_t channels = 3;      ///< 1 grey; 3 red, green, blue
  int64_t shorter_side = 0;  ///< > 0: large JPEGs may come smaller, see read_image()
  bool originals = false;    ///< fill Image::original, to draw on
  int64_t most_frames = 0;   ///< of a video or camera; 0 = all
};

/// Of a folder, images that cannot be read are left out and reported; of a single file that is an error. After a stop
/// signal a folder, video or camera has ended (see was_stopped()); a source of one of these holds a StopGuard.
class PictureSource {
 public:
  /// Is told of each image that is left out: its name, why, and whether that is news: false for frames of a video that
  /// follow one another.
  using OnSkip = std::function<void(const std::string& name, const std::string& why, bool news)>;

  /// `input`: a file, a folder (the images in it, sorted by name), a video or GIF, or "camera:N". Throws UserError for
  /// what is missing, a folder without images, a video that cannot be opened.
  PictureSource(std::string input, ImageOptions options, OnSkip on_skip);

  /// The next images, at most `count` >= 1; of a camera one, since what it sees now is wanted now. Empty at the end.
  /// Throws UserError for a single file that cannot be read, and at the end of a folder of which nothing was of use.
  std::vector<Image> next(size_t count);

  /// Leaves out an image that next() gave: the caller found no use for it. Throws `problem` for a single file.
  void skip(const Image& image, const UserError& problem);

  bool moves() const { return video_.has_value(); }  ///< a video or a camera
  bool is_live() const { return is_camera(input_); }
  double frames_per_second() const { return video_ ? video_->images_per_second() : 0; }
  int64_t count() const { return count_; }                        ///< images that next() gave
  bool was_stopped() const { return stopped_; }                   ///< before its end, by a signal
  const PassedOver& passed_over() const { return passed_over_; }  ///< of a folder: what is no image

 private:
  std::optional<Image> read_next_file();
  std::optional<Image> read_next_frame();
  void leave_out(const std::string& name, int64_t index, const UserError& problem);

  std::string input_;
  ImageOptions options_;
  OnSkip on_skip_;
  std::optional<StopGuard> asks_for_stop_;
  std::optional<VideoReader> video_;
  bool is_folder_ = false, stopped_ = false;
  std::vector<std::filesystem::path> files_;
  PassedOver passed_over_;
  size_t next_file_ = 0, skipped_ = 0;
  int64_t count_ = 0, last_skipped_ = -2;
  std::string first_problem_;
};

/// True for what PictureSource reads as a video: a camera, a name that ends like a video's, a GIF.
bool is_video(const std::string& input);

}  // namespace glassbox
