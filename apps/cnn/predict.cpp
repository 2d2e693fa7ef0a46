#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "apps/cnn/verbs.h"
#include "common/app/json_text.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/base/stop.h"
#include "common/data/image_input.h"
#include "common/report/encode.h"
#include "common/report/format.h"
#include "common/vision/image.h"
#include "common/vision/video.h"

namespace glassbox::cnn {
namespace fs = std::filesystem;
namespace {

constexpr size_t kBatch = 64;

struct Answer {
  size_t best = 0;
  std::vector<double> probabilities;  // [K]
};

/// The network's answers to a batch of prepared pictures, float32 [C, H, W] each.
std::vector<Answer> classify(const Trained& trained, const std::vector<torch::Tensor>& pictures, torch::Device device) {
  const c10::InferenceMode no_graph;
  const torch::Tensor batch = torch::stack(pictures).to(device);
  const torch::Tensor logits = answer(*trained.model.ptr(), batch, trained.experiment.test_time);
  const torch::Tensor probabilities = torch::softmax(logits, 1).cpu().to(torch::kFloat64).contiguous();  // [N, K]
  std::vector<Answer> answers;
  for (int64_t i = 0; i < probabilities.size(0); ++i) {
    const double* own = probabilities[i].data_ptr<double>();
    Answer each{0, {own, own + probabilities.size(1)}};
    each.best =
        size_t(std::max_element(each.probabilities.begin(), each.probabilities.end()) - each.probabilities.begin());
    answers.push_back(each);
  }
  return answers;
}

/// A copy of a picture, at least 320 pixels wide, with the answer on a bar below it.
cv::Mat annotated(const cv::Mat& picture, const std::string& label) {
  cv::Mat shown;
  if (picture.cols < 320) {
    const double scale = 320.0 / picture.cols;
    cv::resize(picture, shown, {}, scale, scale, cv::INTER_NEAREST);
  } else {
    shown = picture.clone();
  }
  constexpr int kBar = 28;
  cv::copyMakeBorder(shown, shown, 0, kBar + (shown.rows + kBar) % 2, 0, shown.cols % 2,
                     cv::BORDER_CONSTANT);  // video wants even sides
  cv::putText(shown, label, {8, shown.rows - 9}, cv::FONT_HERSHEY_SIMPLEX, 0.55, {255, 255, 255}, 1, cv::LINE_AA);
  return shown;
}

/// What predict says, in the order of the inputs.
class Answers {
 public:
  Answers(const Session& session, const Trained& trained) : output_(session.options().output), trained_(trained) {
    json_ = {{"app", "cnn"}, {"run", session.options().run.string()}, {"predictions", nlohmann::ordered_json::array()}};
    if (output_.empty()) return;
    std::error_code error;
    fs::create_directories(output_, error);
    require(fs::is_directory(output_), "predict --output: ", output_.string(), ": want a folder",
            error ? ", " + error.message() : std::string());
  }

  std::string label(const Answer& answer) const {
    return trained_.info.classes[answer.best] + "  " + format_percent(answer.probabilities[answer.best]);
  }

  void add(const std::string& input, const Answer& answer) {
    nlohmann::ordered_json each;
    for (size_t k = 0; k < answer.probabilities.size(); ++k) each[trained_.info.classes[k]] = answer.probabilities[k];
    json_["predictions"].push_back({{"input", input},
                                    {"class", trained_.info.classes[answer.best]},
                                    {"probability", answer.probabilities[answer.best]},
                                    {"probabilities", each}});
  }

  void say(const std::string& line) { text_ += line + "\n"; }

  void skip(const std::string& input, const std::string& why) {
    json_["skipped"].push_back({{"input", input}, {"reason", why}});
    ++skipped_;
    std::cerr << "skipped: " << why << "\n";
  }

  /// A name in --output that no other input of this call has.
  fs::path file_for(const fs::path& input, const std::string& ending) {
    const std::string stem = input.stem().string();
    const int64_t count = ++names_[stem];
    return output_ / (stem + (count > 1 ? concat("-", count) : std::string()) + ending);
  }

  bool wants_pictures() const { return !output_.empty(); }

  void finish(Session& session) {
    if (skipped_ > 0) say(concat("skipped ", skipped_, skipped_ == 1 ? " file" : " files", ", see above"));
    session.answer(json_text(json_), text_);
  }

 private:
  fs::path output_;
  const Trained& trained_;
  nlohmann::ordered_json json_;
  std::string text_;
  std::map<std::string, int64_t> names_;
  int64_t skipped_ = 0;
};

/// Picture files, a batch at a time. Those that a folder stood for may be damaged: they are counted and left out.
void predict_files(const std::vector<fs::path>& files, bool from_folder, const Trained& trained, torch::Device device,
                   Answers& answers) {
  for (size_t begin = 0; begin < files.size() && !stop_requested(); begin += kBatch) {
    std::vector<torch::Tensor> pictures;
    std::vector<fs::path> names;
    for (size_t i = begin; i < std::min(files.size(), begin + kBatch); ++i) {
      try {
        pictures.push_back(read_input(files[i], trained.info));
        names.push_back(files[i]);
      } catch (const UserError& problem) {
        if (!from_folder) throw;
        answers.skip(files[i].string(), problem.what());
      }
    }
    if (pictures.empty()) continue;
    const std::vector<Answer> batch = classify(trained, pictures, device);
    for (size_t i = 0; i < batch.size(); ++i) {
      answers.add(names[i].string(), batch[i]);
      answers.say(names[i].string() + "  " + answers.label(batch[i]));
      if (!answers.wants_pictures()) continue;
      const cv::Mat picture = to_mat(read_image(names[i], 3));
      write_file(answers.file_for(names[i], ".png"), encode_png(annotated(picture, answers.label(batch[i]))));
    }
  }
}

/// A video or a camera, a batch of pictures at a time; the text has a line for each stretch of equal answers.
void predict_video(const std::string& source, int64_t most, const Trained& trained, torch::Device device,
                   Answers& answers) {
  VideoReader video(source);
  const double rate = video.pictures_per_second();
  VideoWriter writer(answers.file_for(is_camera(source) ? "camera" : source, ".webm"), rate);
  const size_t batch_size = is_camera(source) ? 1 : kBatch;  // what is seen now is wanted now
  std::string before, stretch;
  int64_t number = 0;
  for (bool more = true; more && !stop_requested() && (most == 0 || number < most);) {
    std::vector<cv::Mat> frames;
    std::vector<torch::Tensor> pictures;
    cv::Mat frame;
    while (frames.size() < batch_size && (most == 0 || number + int64_t(frames.size()) < most) &&
           (more = video.read(frame))) {
      frames.push_back(frame.clone());
      pictures.push_back(prepare_image(from_mat(frames.back(), trained.info.sample_shape[0]), trained.info,
                                       concat(source, ", picture ", number + int64_t(frames.size()) - 1)));
    }
    if (frames.empty()) break;
    const std::vector<Answer> batch = classify(trained, pictures, device);
    for (size_t i = 0; i < batch.size(); ++i, ++number) {
      answers.add(concat(source, "#", number), batch[i]);
      const std::string& now = trained.info.classes[batch[i].best];
      if (now != before)
        answers.say(concat(source, "  from ", format_number(double(number) / rate), " s  ", answers.label(batch[i])));
      before = now;
      if (answers.wants_pictures()) writer.write(annotated(frames[i], answers.label(batch[i])));
    }
  }
  answers.say(concat(source, "  ", format_count(number), " pictures"));
}

}  // namespace

void predict(Session& session) {
  const Trained trained = load_trained(session);
  Answers answers(session, trained);
  for (const std::string& input : session.options().inputs) {
    if (stop_requested()) break;
    if (is_camera(input) || has_video_name(input)) {
      predict_video(input, session.options().pictures, trained, session.device(), answers);
    } else {
      std::error_code ignored;
      predict_files(list_images({input}), fs::is_directory(input, ignored), trained, session.device(), answers);
    }
  }
  answers.finish(session);
}

}  // namespace glassbox::cnn
