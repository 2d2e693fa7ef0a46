#include <torch/utils.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "apps/mlp/history/history.h"
#include "apps/mlp/history/perceptron.h"
#include "apps/mlp/history/perceptron_report.h"
#include "apps/mlp/model.h"
#include "common/base/error.h"
#include "common/base/stop.h"
#include "common/classify/classifier.h"
#include "common/report/format.h"
#include "common/train/checkpoint.h"

namespace glassbox::mlp {
namespace {

double fraction_right(const Perceptron& perceptron, const SignedSamples& samples) {
  return 1 - double(perceptron.mistakes(samples.x, samples.y)) / double(samples.y.size(0));
}

/// A perceptron is a linear model with one output unit: eval, predict and explain read it as such.
void save_weights(const FileAt& path, const Perceptron& perceptron, const Experiment& ask, const DatasetInfo& info,
                  const std::map<std::string, std::string>& about) {
  Mlp model = make_model(info, ask, torch::kCPU);
  const torch::NoGradGuard no_grad;
  model->layers().front()->weight.copy_(perceptron.weight.unsqueeze(0));
  model->layers().front()->bias.copy_(perceptron.bias.view({1}));
  save_safetensors(path, {state_dict(*model), about});
}

void write_passes(const RunFolder& run, const PerceptronCourse& course, int64_t samples) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < course.mistakes_of_pass.size(); ++i) {
    const nlohmann::ordered_json line = {{"epoch", i + 1},
                                         {"mistakes", course.mistakes_of_pass[i]},
                                         {"train_accuracy", 1 - double(course.wrong_after_pass[i]) / double(samples)}};
    lines.push_back(line.dump());
  }
  run.replace_metrics(lines);
}

}  // namespace

Text say_how_it_ended(const PerceptronCourse& course, const NovikoffBound& bound) {
  const auto passes = int64_t(course.mistakes_of_pass.size());
  const std::string done = format_count(passes), mistakes = format_count(course.mistakes()),
                    allowed = format_large(bound.mistakes()), margin = format_number(bound.margin, 3),
                    last = format_count(course.mistakes_of_pass.back());
  if (course.converged) {
    return {as_text("converged: pass ", done, " had no mistake; ", mistakes,
                    " mistakes before it, Novikoff's bound allows ", allowed, " (R ", format_number(bound.radius, 3),
                    ", margin ", margin, ")"),
            as_text("已收敛：第 ", done, " 遍没有犯错；此前共犯错 ", mistakes, " 次，Novikoff 上界允许 ", allowed,
                    " 次（R ", format_number(bound.radius, 3), "，间隔 ", margin, "）")};
  }
  const Text still = {as_text("did not converge: ", done, passes == 1 ? " pass, " : " passes, ", mistakes,
                              " mistakes, ", last, " of them in the last pass; "),
                      as_text("未收敛：", done, " 遍共犯错 ", mistakes, " 次，最后一遍仍错 ", last, " 次；")};
  if (bound.margin > 0) {
    return still + Text(as_text("it would with more passes (train.epochs): the classes can be separated, with margin ",
                                margin, ", and Novikoff's bound allows ", allowed, " mistakes"),
                        as_text("增加遍数（train.epochs）它终会收敛：两类可以分开，间隔为 ", margin,
                                "，Novikoff 上界允许 ", allowed, " 次错误"));
  }
  if (!bound.hulls_overlap) return still + Text("no separation of the classes was found", "没有找到能分开两类的界面");
  return still +
         Text("nothing straight separates these classes, because their convex hulls overlap: it never converges",
              "两类的凸包相交，任何直线或平面都分不开它们，因此它永远不会收敛");
}

void run_perceptron(Session& session, Experiment& ask) {
  const StopGuard a_signal_only_sets_a_flag;
  const DataSplits data = open_data_of(session, ask.data, ask.train, uint64_t(ask.seed));
  const SignedSamples train = signed_samples(*data.train), val = signed_samples(*data.val),
                      test = signed_samples(*data.test);
  const RunFolder& run =
      session.begin_run(ask.name, uint64_t(ask.seed), sources_of(data), facts_of(data, data.info().features() + 1));

  const auto began = std::chrono::steady_clock::now();
  const PerceptronCourse course = learn_perceptron(train.x, train.y, ask.train.epochs, uint64_t(ask.seed));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const NovikoffBound bound = novikoff_bound(train.x, train.y);

  write_passes(run, course, train.y.size(0));
  save_weights(run.best(), course.pocket, ask, data.info(), session.about(data.info().to_json()));
  save_weights(run.last(), course.last, ask, data.info(), session.about(data.info().to_json()));
  const double test_accuracy = fraction_right(course.pocket, test);
  write_perceptron_report(run, ask, data, course, bound, test_accuracy);

  LoopResult result;
  result.epochs = int64_t(course.mistakes_of_pass.size());
  result.best_epoch = course.pocket_pass;
  result.best = fraction_right(course.pocket, val);
  result.seconds = seconds;
  result.samples_per_second = double(result.epochs * train.y.size(0)) / seconds;
  const Scores figures = {{"converged", course.converged ? 1 : 0},
                          {"mistakes", double(course.mistakes())},
                          {"mistakes_of_last_pass", double(course.mistakes_of_pass.back())},
                          {"novikoff_bound", bound.mistakes()},
                          {"margin", bound.margin},
                          {"hulls_overlap", bound.hulls_overlap ? 1 : 0},
                          {"train_accuracy", fraction_right(course.pocket, train)}};
  session.finish_run({result, {{"accuracy", test_accuracy}}, figures, say_how_it_ended(course, bound).en});
}

}  // namespace glassbox::mlp
