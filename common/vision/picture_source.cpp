#include "common/vision/picture_source.h"

#include <system_error>

#include "common/base/atomic_file.h"
#include "common/vision/image.h"

namespace glassbox {
namespace fs = std::filesystem;

bool is_video(const std::string& input) {
  if (is_camera(input) || has_video_name(input)) return true;
  std::error_code ignored;
  if (!fs::is_regular_file(input, ignored)) return false;
  return first_bytes(input, 4) == "GIF8";
}

PictureSource::PictureSource(std::string input, ImageOptions options, OnSkip on_skip)
    : input_(std::move(input)), options_(options), on_skip_(std::move(on_skip)) {
  if (is_video(input_)) {
    asks_for_stop_.emplace();
    video_.emplace(input_);
    return;
  }
  std::error_code ignored;
  is_folder_ = fs::is_directory(input_, ignored);
  if (is_folder_) asks_for_stop_.emplace();  // a single file may be a pipe, of which the wait must end at once
  files_ = is_folder_ ? images_in_folder(input_, passed_over_) : list_images({input_});
}

std::vector<Image> PictureSource::next(size_t count) {
  std::vector<Image> images;
  const size_t most = is_live() ? 1 : count;
  while (images.size() < most) {
    const bool ends =
        moves() ? options_.most_frames > 0 && count_ == options_.most_frames : next_file_ == files_.size();
    stopped_ = !ends && asks_for_stop_ && stop_requested();
    if (ends || stopped_) break;
    std::optional<Image> image = moves() ? read_next_frame() : read_next_file();
    if (moves() && !image) break;
    if (!image) continue;
    images.push_back(std::move(*image));
    ++count_;
  }
  const bool useless = images.empty() && !stopped_ && is_folder_ && skipped_ == files_.size();
  require(!useless, "looking at ", input_, ": want at least one image that can be read, got none of ", skipped_,
          "; the first: ", first_problem_);
  return images;
}

std::optional<Image> PictureSource::read_next_file() {
  const auto index = int64_t(next_file_);
  const fs::path& file = files_[next_file_++];
  const std::string source = "reading " + file.string();
  try {
    std::error_code error;  // a link that leads nowhere is no error
    require(fs::exists(file, error) || error, source, ": no such file");
    const std::string bytes = is_folder_ ? read_file(file, kMostImageBytes) : read_file_or_pipe(file, kMostImageBytes);
    const QuietDecoders quiet;
    Image image{file.string(), index, decode_image(bytes, source, options_.channels, options_.shorter_side), {}};
    if (options_.originals) image.original = to_mat(decode_image(bytes, source, 3));
    return image;
  } catch (const UserError& problem) {
    leave_out(file.string(), index, problem);
    return std::nullopt;
  }
}

std::optional<Image> PictureSource::read_next_frame() {
  cv::Mat frame;
  if (!video_->read(frame)) return std::nullopt;
  Image image{as_text(input_, "#", count_), count_, from_mat(frame, options_.channels), {}};
  if (options_.originals) image.original = frame.clone();  // the next frame is read into the same memory
  return image;
}

void PictureSource::skip(const Image& image, const UserError& problem) { leave_out(image.name, image.index, problem); }

void PictureSource::leave_out(const std::string& name, int64_t index, const UserError& problem) {
  if (!is_folder_ && !moves()) throw UserError(problem.what());
  if (skipped_++ == 0) first_problem_ = problem.what();
  on_skip_(name, problem.what(), /*news=*/!moves() || index != last_skipped_ + 1);
  last_skipped_ = index;
}

}  // namespace glassbox
