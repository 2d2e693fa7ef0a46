#include "common/vision/video.h"

#include <set>
#include <system_error>

#include "common/base/error.h"
#include "common/vision/find_images.h"
#include "common/vision/image.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

int camera_number(const std::string& source) {
  const std::string number = source.substr(7);
  const bool digits = !number.empty() && number.size() < 4 && number.find_first_not_of("0123456789") == number.npos;
  require(digits, "opening ", source, ": want camera:N with N from 0 to 999, got \"", number, "\"");
  return std::stoi(number);
}

/// Before an image is decoded: a few bytes of a header can ask for any amount of memory.
void require_moderate_size(const cv::VideoCapture& video, const std::string& source) {
  constexpr double kMostPixels = 1 << 25;  // 8K television has 33.2 million
  const double width = video.get(cv::CAP_PROP_FRAME_WIDTH), height = video.get(cv::CAP_PROP_FRAME_HEIGHT);
  require(width * height <= kMostPixels, "opening ", source, ": want images of at most 2^25 pixels (7680x4320), got ",
          width, "x", height, "; make it smaller with ffmpeg -i FILE -vf scale=1280:-2 a.mp4");
}

}  // namespace

bool is_camera(const std::string& source) { return source.rfind("camera:", 0) == 0; }

bool has_video_name(const fs::path& path) {
  static const std::set<std::string> endings = {".mp4", ".avi", ".webm", ".mov", ".mkv", ".mpg", ".mpeg", ".m4v"};
  return has_ending(path, endings);
}

VideoReader::VideoReader(const std::string& source) {
  const QuietDecoders quiet;
  try {
    if (is_camera(source)) {
      require(video_.open(camera_number(source)) && video_.read(first_), "opening ", source,
              ": no such camera, or another program has it; plug it in, or give a video file");
    } else {
      std::error_code error;
      require(fs::exists(source, error), "opening ", source, ": no such file");
      require(fs::is_regular_file(source, error), "opening ", source, ": want a video file, got ",
              fs::is_directory(source, error) ? "a folder" : "a pipe or a device");
      const bool opened = video_.open(source);
      if (opened) require_moderate_size(video_, source);
      require(opened && video_.read(first_), "opening ", source,
              ": want a video that OpenCV can decode, got a file without images; convert it with ffmpeg -i FILE a.mp4");
    }
  } catch (const cv::Exception& problem) {
    fail("opening ", source, ": ", problem.err);
  }
  const double rate = video_.get(cv::CAP_PROP_FPS);
  if (rate >= 1 && rate <= 1000) rate_ = rate;  // some cameras and files say 0
}

bool VideoReader::read(cv::Mat& image) {
  if (!first_.empty()) {
    image = first_;
    first_ = cv::Mat();
    return true;
  }
  const QuietDecoders quiet;
  try {
    return video_.read(image);
  } catch (const cv::Exception& problem) {
    fail("reading a video: ", problem.err);
  }
}

VideoWriter::VideoWriter(fs::path path, double images_per_second) : path_(std::move(path)), rate_(images_per_second) {}

void VideoWriter::write(const cv::Mat& image) {
  if (!video_.isOpened()) {
    const QuietDecoders quiet;
    const int vp8 = cv::VideoWriter::fourcc('V', 'P', '8', '0');
    require(video_.open(path_.string(), vp8, rate_, image.size()), "writing ", path_.string(),
            ": OpenCV cannot write WebM video there; is the folder writable and the disk not full?");
  }
  video_.write(image);
}

}  // namespace glassbox
