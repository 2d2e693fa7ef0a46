/// Images one after the other: from a video file or a camera, and to a video file.
#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <opencv2/videoio.hpp>
#include <string>

namespace glassbox {

/// "camera:0"
bool is_camera(const std::string& source);

/// True if the name ends like a video's (.mp4 .avi .webm .mov .mkv .mpg .mpeg .m4v), in any case.
bool has_video_name(const std::filesystem::path& path);

class VideoReader {
 public:
  /// A video file, or "camera:N". Throws UserError if it is missing, no video or one of images above 2^25
  /// pixels, or there is no such camera.
  explicit VideoReader(const std::string& source);

  /// The next image, 8 bits, blue, green, red. False at the end.
  bool read(cv::Mat& image);

  double images_per_second() const { return rate_; }

 private:
  cv::VideoCapture video_;
  cv::Mat first_;  // read when it was opened, to know that it can be
  double rate_ = 25;
};

class VideoWriter {
 public:
  /// A .webm file (VP8), which browsers play. The first image gives the size.
  VideoWriter(std::filesystem::path path, double images_per_second);

  /// Throws UserError if the file cannot be written.
  void write(const cv::Mat& image);

 private:
  std::filesystem::path path_;
  double rate_;
  cv::VideoWriter video_;
};

}  // namespace glassbox
