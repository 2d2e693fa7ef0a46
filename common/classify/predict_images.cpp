#include "common/classify/predict_images.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <set>
#include <utility>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/shown.h"
#include "common/base/stop.h"
#include "common/classify/answers.h"
#include "common/classify/evaluate.h"
#include "common/classify/image_input.h"
#include "common/report/format.h"
#include "common/vision/caption.h"
#include "common/vision/picture_source.h"
#include "common/vision/png.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

/// What is written to --output has the names of the inputs: nobody could tell them apart in one folder.
void require_other_folder(const fs::path& output, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    if (is_camera(input)) continue;
    std::error_code ignored;
    const fs::path folder = fs::is_directory(input, ignored) ? fs::path(input) : fs::absolute(input).parent_path();
    require(!fs::equivalent(folder, output, ignored), "predict --output: ", output.string(),
            ": want another folder than that of ", input, ", whose files have the same names");
  }
}

/// The folder of --output, with copies of the images on which the answers are written. Without a name it takes nothing.
class CaptionedCopies {
 public:
  CaptionedCopies(fs::path folder, const std::vector<std::string>& inputs) : folder_(std::move(folder)) {
    if (!wanted()) return;
    require_other_folder(folder_, inputs);
    std::error_code error;
    fs::create_directories(folder_, error);
    require(fs::is_directory(folder_), "predict --output: ", folder_.string(), ": want a folder",
            error ? ", " + error.message() : std::string());
  }

  bool wanted() const { return !folder_.empty(); }

  /// A video of its own for the frames that follow.
  void begin_video(const std::string& input, double frames_per_second) {
    if (wanted()) video_.emplace(file_for(is_camera(input) ? "camera" : input, ".webm"), frames_per_second);
  }
  void end_video() { video_.reset(); }

  /// `label` is the caption, if it can be drawn; else `ascii`, which is said once.
  void add(const Image& image, const std::string& label, const std::string& ascii) {
    if (!wanted()) return;
    if (!is_ascii(label) && !std::exchange(said_numbers_, true))
      std::cerr << "note: the images show the numbers of the classes, their names are not ASCII\n";
    const cv::Mat shown = with_caption(image.original, is_ascii(label) ? label : ascii);
    if (video_) {
      video_->write(shown);
    } else {
      write_file(file_for(image.name, ".png"), encode_png(shown));
    }
  }

 private:
  /// A name that nothing has yet, of this call or an earlier one.
  fs::path file_for(const fs::path& input, const std::string& ending) {
    const std::string stem = input.stem().string();
    fs::path path = folder_ / (stem + ending);
    std::error_code ignored;
    for (int64_t i = 2; !names_.insert(path).second || fs::exists(path, ignored); ++i)
      path = folder_ / as_text(stem, "-", i, ending);
    return path;
  }

  fs::path folder_;
  std::optional<VideoWriter> video_;
  bool said_numbers_ = false;
  std::set<fs::path> names_;
};

/// Images and the answers to them; none where there was nothing to be seen.
struct Seen {
  std::vector<Image> images;
  std::vector<std::optional<Answer>> answers;
};

class ImagePredictor {
 public:
  ImagePredictor(Session& session, const DatasetInfo& info,
                 const std::function<torch::Tensor(const torch::Tensor&)>& logits_of)
      : session_(session),
        info_(info),
        logits_of_(logits_of),
        answers_(session, info.classes),
        copies_(session.options().text("output"), session.options().inputs) {}

  /// True if a signal ended it before its end.
  bool look_at(const std::string& input, int64_t most_frames) {
    const ImageOptions options = {info_.channels(), needed_side(info_), copies_.wanted(), most_frames};
    PictureSource source(input, options, [&](const std::string& name, const std::string& why, bool news) {
      answers_.skip(name, why, news);
    });
    if (!source.passed_over().empty())
      std::cerr << printable_message(
                       as_text("note: ", input, ": passed over, no images: ", source.passed_over().text()))
                << "\n";
    if (source.moves()) copies_.begin_video(input, source.frames_per_second());
    stretch_.reset();
    const auto batch_size = size_t(scoring_batch(info_, copies_.wanted() ? 8 : 64));  // copies are large
    for (Seen seen = look(source, batch_size); !seen.images.empty(); seen = look(source, batch_size)) {
      for (size_t i = 0; i < seen.images.size(); ++i) tell(source, input, seen.images[i], seen.answers[i]);
    }
    if (source.moves())
      answers_.say(as_text(input, "  ", format_count(source.count()), source.count() == 1 ? " image" : " images"));
    copies_.end_video();
    return source.was_stopped();
  }

  void finish() { answers_.finish(session_); }

 private:
  Seen look(PictureSource& source, size_t batch_size) {
    Seen seen{source.next(batch_size), {}};
    std::vector<torch::Tensor> prepared;
    std::vector<size_t> indices;
    for (size_t i = 0; i < seen.images.size(); ++i) {
      try {
        prepared.push_back(prepare_image(seen.images[i].pixels, info_, seen.images[i].name));
        indices.push_back(i);
      } catch (const UserError& problem) {
        source.skip(seen.images[i], problem);
      }
    }
    seen.answers.resize(seen.images.size());
    if (prepared.empty()) return seen;
    const c10::InferenceMode no_graph;
    const std::vector<Answer> answers = answers_of(logits_of_(torch::stack(prepared).to(session_.device())));
    for (size_t i = 0; i < indices.size(); ++i) seen.answers[indices[i]] = answers[i];
    return seen;
  }

  void tell(const PictureSource& source, const std::string& input, const Image& image,
            const std::optional<Answer>& answer) {
    if (answer) answers_.add(image.name, *answer);
    const std::string label = answer ? answers_.label(*answer) : "nothing to be seen";
    if (source.moves()) {
      const std::string now = answer ? info_.classes[answer->best] : "";
      if (stretch_ != now) {
        const double seconds = double(image.index) / source.frames_per_second();
        answers_.say(as_text(input, "  from ", format_number(seconds), " s  ", label));
      }
      stretch_ = now;
    } else if (answer) {
      answers_.say(image.name + "  " + label);
    }
    if (!answer && !source.moves()) return;
    copies_.add(
        image, label,
        answer ? as_text("class ", answer->best, "  ", format_percent(answer->probabilities[answer->best])) : "");
  }

  Session& session_;
  const DatasetInfo& info_;
  const std::function<torch::Tensor(const torch::Tensor&)>& logits_of_;
  Answers answers_;
  CaptionedCopies copies_;
  std::optional<std::string> stretch_;  ///< of a video: the class of the frame before, "" for none
};

}  // namespace

Flags predict_image_flags() {
  Flag images = number_flag("images", "N", "of a video or camera: stops after so many", 1, int64_t(1e12));
  images.former_name = "pictures";
  return {text_flag("output", "DIR", "images and videos with the answers written on them"), images};
}

void predict_images(Session& session, const DatasetInfo& info,
                    const std::function<torch::Tensor(const torch::Tensor&)>& logits_of) {
  const std::vector<std::string>& inputs = session.options().inputs;
  const int64_t most_frames = session.options().number("images");  // 0 = all
  require(most_frames == 0 || std::any_of(inputs.begin(), inputs.end(), is_video),
          "predict --images: want a video or camera to stop after so many, got none");
  ImagePredictor predictor(session, info, logits_of);
  bool cut = false;
  for (const std::string& input : inputs) {
    cut = stop_requested() || (predictor.look_at(input, most_frames) && !is_camera(input));
    if (cut) break;
  }
  predictor.finish();
  if (cut) throw Interrupted("stopped; the answer holds what was seen until then");
}

}  // namespace glassbox
