#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <utility>

#include "apps/cnn/verbs.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/json_text.h"
#include "common/base/stop.h"
#include "common/classify/image_input.h"
#include "common/data/files.h"
#include "common/report/encode.h"
#include "common/report/format.h"
#include "common/vision/image.h"
#include "common/vision/video.h"

namespace glassbox::cnn {
namespace fs = std::filesystem;
namespace {

struct Answer {
  size_t best = 0;
  std::vector<double> probabilities;  // [K], or none: there was nothing to be seen
};

/// The network's answers to a batch of prepared pictures, float32 [C, H, W] each, or undefined: those get none.
std::vector<Answer> classify(const Trained& trained, const std::vector<torch::Tensor>& pictures, torch::Device device) {
  const c10::InferenceMode no_graph;
  std::vector<torch::Tensor> seen;
  for (const torch::Tensor& picture : pictures) {
    if (picture.defined()) seen.push_back(picture);
  }
  std::vector<Answer> answers(pictures.size());
  if (seen.empty()) return answers;
  const torch::Tensor batch = torch::stack(seen).to(device);
  const torch::Tensor logits = answer(*trained.model.ptr(), batch, trained.experiment.test_time);
  const torch::Tensor probabilities = torch::softmax(logits, 1).cpu().to(torch::kFloat64).contiguous();  // [N, K]
  const double* own = probabilities.data_ptr<double>();
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (!pictures[i].defined()) continue;
    answers[i] = {size_t(std::max_element(own, own + probabilities.size(1)) - own), {own, own + probabilities.size(1)}};
    own += probabilities.size(1);
  }
  return answers;
}

/// A copy of a picture with the answer on a bar below it: at least 320 pixels wide, so that the words can be read.
cv::Mat annotated(const cv::Mat& picture, const std::string& label) {
  cv::Mat shown = picture.clone();
  if (picture.cols < 320) {
    const double scale = std::min(320.0 / picture.cols, std::max(2000.0 / picture.rows, 1.0));  // a thin one stays thin
    cv::resize(picture, shown, {}, scale, scale, cv::INTER_NEAREST);
    if (shown.cols < 320)
      cv::copyMakeBorder(shown, shown, 0, 0, 0, 320 - shown.cols, cv::BORDER_CONSTANT, cv::Scalar::all(128));
  }
  constexpr int kBar = 28;
  cv::copyMakeBorder(shown, shown, 0, kBar + (shown.rows + kBar) % 2, 0, shown.cols % 2,
                     cv::BORDER_CONSTANT);  // video wants even sides
  cv::putText(shown, label, {8, shown.rows - 9}, cv::FONT_HERSHEY_SIMPLEX, 0.55, {255, 255, 255}, 1, cv::LINE_AA);
  return shown;
}

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

/// What predict says, in the order of the inputs: with --json all of it at the end, else each line at once, since a
/// camera may look for hours.
class Answers {
 public:
  Answers(const Session& session, const Trained& trained)
      : output_(session.options().text("output")), trained_(trained), wants_json_(session.options().json) {
    json_ = {{"app", "cnn"}, {"run", session.options().run.string()}};
    json_["predictions"] = json_["skipped"] = nlohmann::ordered_json::array();
    if (output_.empty()) return;
    require_other_folder(output_, session.options().inputs);
    std::error_code error;
    fs::create_directories(output_, error);
    require(fs::is_directory(output_), "predict --output: ", output_.string(), ": want a folder",
            error ? ", " + error.message() : std::string());
  }

  std::string label(const Answer& answer) const {
    if (answer.probabilities.empty()) return "nothing to be seen";
    return trained_.info.classes[answer.best] + "  " + format_percent(answer.probabilities[answer.best]);
  }

  /// label() as OpenCV can draw it: of a name beyond ASCII the class's number, which is said once.
  std::string drawn_label(const Answer& answer) {
    const std::string label = this->label(answer);
    const auto is_ascii = [](char c) { return c >= ' ' && c <= '~'; };
    if (std::all_of(label.begin(), label.end(), is_ascii)) return label;
    if (!std::exchange(said_numbers_, true))
      std::cerr << "note: the pictures show the numbers of the classes, their names are not ASCII\n";
    return as_text("class ", answer.best, "  ", format_percent(answer.probabilities[answer.best]));
  }

  void add(const std::string& input, const Answer& answer) {
    if (!wants_json_) return;
    nlohmann::ordered_json each;
    for (size_t k = 0; k < answer.probabilities.size(); ++k) each[trained_.info.classes[k]] = answer.probabilities[k];
    json_["predictions"].push_back({{"input", input},
                                    {"class", trained_.info.classes[answer.best]},
                                    {"probability", answer.probabilities[answer.best]},
                                    {"probabilities", each}});
  }

  void say(const std::string& line) const {
    if (!wants_json_) std::cout << line << std::endl;
  }

  void skip(const std::string& input, const std::string& why, bool aloud = true) {
    ++skipped_;
    if (wants_json_) json_["skipped"].push_back({{"input", input}, {"reason", why}});
    if (aloud) std::cerr << "skipped: " << why << "\n";
  }

  /// A name in --output that nothing has yet, of this call or an earlier one.
  fs::path file_for(const fs::path& input, const std::string& ending) {
    const std::string stem = input.stem().string();
    fs::path path = output_ / (stem + ending);
    for (int64_t i = 2; !names_.insert(path).second || is_there(path); ++i)
      path = output_ / as_text(stem, "-", i, ending);
    return path;
  }

  bool wants_pictures() const { return !output_.empty(); }

  void finish(Session& session) {
    if (skipped_ > 0) say(as_text("skipped ", skipped_, skipped_ == 1 ? " picture" : " pictures", ", see above"));
    session.answer(json_text(json_), /*text=*/"");
  }

 private:
  fs::path output_;
  const Trained& trained_;
  bool wants_json_;
  nlohmann::ordered_json json_;
  int64_t skipped_ = 0;
  bool said_numbers_ = false;
  std::set<fs::path> names_;
};

/// Picture files, a batch at a time. Those that a folder stood for may be damaged: they are counted and left out, if
/// not all are.
void predict_files(const std::vector<fs::path>& files, bool from_folder, const Trained& trained, torch::Device device,
                   Answers& answers) {
  bool any = false;
  std::string first_problem;
  const auto batch_size = size_t(scoring_batch(trained.info, 64));
  for (size_t begin = 0; begin < files.size(); begin += batch_size) {
    std::vector<torch::Tensor> pictures;
    std::vector<fs::path> names;
    for (size_t i = begin; i < std::min(files.size(), begin + batch_size); ++i) {
      try {
        std::error_code ignored;  // a pipe in a folder would be waited for without end
        require(!from_folder || !fs::is_other(files[i], ignored), "reading ", files[i].string(),
                ": want a file, got a pipe or a device");
        pictures.push_back(read_input(files[i], trained.info));
        names.push_back(files[i]);
      } catch (const UserError& problem) {
        if (!from_folder) throw;
        if (first_problem.empty()) first_problem = problem.what();
        answers.skip(files[i].string(), problem.what());
      }
    }
    any = any || !pictures.empty();
    if (pictures.empty()) continue;
    const std::vector<Answer> batch = classify(trained, pictures, device);
    for (size_t i = 0; i < batch.size(); ++i) {
      answers.add(names[i].string(), batch[i]);
      answers.say(names[i].string() + "  " + answers.label(batch[i]));
      if (!answers.wants_pictures()) continue;
      const cv::Mat picture = to_mat(read_image(names[i], 3));
      write_file(answers.file_for(names[i], ".png"), encode_png(annotated(picture, answers.drawn_label(batch[i]))));
    }
  }
  require(any, "predict: ", files.front().parent_path().string(),
          ": want at least one image that can be read, got none of ", files.size(), "; the first: ", first_problem);
}

/// Up to `count` pictures of a video, `number` of which were read before: as they are, and prepared for the network, or
/// undefined where nothing is to be seen, which is said of the first of a stretch (`blank_before`: it began earlier).
struct Frames {
  std::vector<cv::Mat> shown;
  std::vector<torch::Tensor> prepared;
};
Frames read_frames(VideoReader& video, size_t count, const std::string& source, int64_t number, bool blank_before,
                   const DatasetInfo& info, Answers& answers) {
  Frames frames;
  cv::Mat frame;
  while (frames.shown.size() < count && video.read(frame)) {
    const std::string name = as_text(source, "#", number + int64_t(frames.shown.size()));
    frames.shown.push_back(answers.wants_pictures() ? frame.clone() : cv::Mat());
    torch::Tensor prepared;
    try {
      prepared = prepare_image(from_mat(frame, info.sample_shape[0]), info, name);
    } catch (const UserError& problem) {
      const bool begins = frames.prepared.empty() ? !blank_before : frames.prepared.back().defined();
      answers.skip(name, problem.what(), /*aloud=*/begins);
    }
    frames.prepared.push_back(prepared);
  }
  return frames;
}

/// A video or a camera, a batch of pictures at a time; the text has a line for each stretch of equal answers. Ctrl-C is
/// how a camera ends: what was seen until then is the answer.
void predict_video(const std::string& source, int64_t most, const Trained& trained, torch::Device device,
                   Answers& answers) {
  const StopGuard asks_after_each_batch;
  VideoReader video(source);
  const double rate = video.pictures_per_second();
  VideoWriter writer(answers.file_for(is_camera(source) ? "camera" : source, ".webm"), rate);
  // What a camera sees now is wanted now. Pictures that are kept to be written on are large.
  const int64_t wanted = is_camera(source) ? 1 : answers.wants_pictures() ? 8 : 64;
  const auto batch_size = size_t(scoring_batch(trained.info, wanted));
  std::string before;
  int64_t number = 0;
  while (!stop_requested() && (most == 0 || number < most)) {
    const size_t count = most == 0 ? batch_size : std::min(batch_size, size_t(most - number));
    const Frames frames =
        read_frames(video, count, source, number, number > 0 && before.empty(), trained.info, answers);
    if (frames.shown.empty()) break;
    const std::vector<Answer> batch = classify(trained, frames.prepared, device);
    for (size_t i = 0; i < batch.size(); ++i, ++number) {
      const bool seen = !batch[i].probabilities.empty();
      if (seen) answers.add(as_text(source, "#", number), batch[i]);
      const std::string now = seen ? trained.info.classes[batch[i].best] : "";
      const std::string label = answers.label(batch[i]);
      if (now != before || number == 0)
        answers.say(as_text(source, "  from ", format_number(double(number) / rate), " s  ", label));
      before = now;
      if (answers.wants_pictures()) writer.write(annotated(frames.shown[i], answers.drawn_label(batch[i])));
    }
  }
  answers.say(as_text(source, "  ", format_count(number), " pictures"));
}

}  // namespace

void predict(Session& session) {
  const std::vector<std::string>& inputs = session.options().inputs;
  const auto moves = [](const std::string& input) { return is_camera(input) || has_video_name(input); };
  const int64_t pictures = session.options().number("pictures");  // 0 = all
  require(pictures == 0 || std::any_of(inputs.begin(), inputs.end(), moves),
          "predict --pictures: want a video or camera to stop after so many, got none");
  const Trained trained = load_trained(session);
  Answers answers(session, trained);
  bool cut = false;  // Ctrl-C is how a camera ends; whatever else it ends is cut short
  for (const std::string& input : inputs) {
    if (stop_requested()) {
      cut = true;
      break;
    }
    if (moves(input)) {
      predict_video(input, pictures, trained, session.device(), answers);
    } else {
      std::error_code ignored;
      predict_files(list_images({input}), fs::is_directory(input, ignored), trained, session.device(), answers);
    }
    cut = stop_requested() && !is_camera(input);
  }
  answers.finish(session);
  if (cut) throw Interrupted("stopped; the answer holds what was seen until then");
}

}  // namespace glassbox::cnn
