#include "common/inside/looks.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "common/base/error.h"
#include "common/train/checkpoint.h"

namespace glassbox {
namespace {

constexpr double kFlat = 0.02;           // a slope below it lets less than a fiftieth of the gradient through
constexpr size_t kMostLooks = 2000;      // a run makes 1,000 at most
constexpr int64_t kMostCompared = 4096;  // units: each is compared with each
constexpr double kSameWeight = 1e-6;     // of the largest weight: a float's own precision

torch::Tensor plain(const torch::Tensor& tensor) {
  return tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
}

template <typename Value>
Histogram histogram_of(const torch::Tensor& tensor, Value value) {
  const float* numbers = tensor.data_ptr<float>();
  std::vector<float> finite;
  finite.reserve(size_t(tensor.numel()));
  float low = INFINITY, high = -INFINITY;
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    const float number = value(numbers[i]);
    if (!std::isfinite(number)) continue;
    finite.push_back(number);
    low = std::min(low, number);
    high = std::max(high, number);
  }
  if (finite.empty()) return {};
  Histogram histogram{low, high, std::vector<int64_t>(size_t(kBins), 0)};
  const float scale = high > low ? float(kBins) / (high - low) : 0;
  for (float number : finite) ++histogram.counts[std::min(size_t((number - low) * scale), size_t(kBins - 1))];
  return histogram;
}

double rms(const torch::Tensor& tensor) { return tensor.norm().item<double>() / std::sqrt(double(tensor.numel())); }

/// Every unit is compared with the ones before it until a number differs or a twin is found.
double fraction_of_twins(const WatchedLayer& layer) {
  torch::Tensor rows = plain(layer.weight.flatten(1));  // [units, inputs]
  const float tolerance = float(kSameWeight * rows.abs().max().item<double>());
  if (layer.bias.defined()) rows = torch::cat({rows, plain(layer.bias).unsqueeze(1)}, 1);
  const int64_t units = std::min(rows.size(0), kMostCompared), width = rows.size(1);
  const float* all = rows.data_ptr<float>();
  std::vector<char> is_twin(size_t(units), 0);
  const auto same = [&](int64_t a, int64_t b) {
    for (int64_t i = 0; i < width; ++i) {
      if (!(std::abs(all[a * width + i] - all[b * width + i]) <= tolerance)) return false;  // NaN is nobody's twin
    }
    return true;
  };
  for (int64_t unit = 1; unit < units; ++unit) {
    for (int64_t other = 0; other < unit && !is_twin[size_t(unit)]; ++other) {
      if (same(unit, other)) is_twin[size_t(unit)] = is_twin[size_t(other)] = 1;
    }
  }
  return double(std::count(is_twin.begin(), is_twin.end(), 1)) / double(units);
}

/// h: [N, units, ...].
double fraction_of_dead(const torch::Tensor& h, const std::string& activation) {
  if (!can_die(activation)) return 0;
  const torch::Tensor highest = h.transpose(0, 1).flatten(1).amax(1);  // [units]
  return (highest == 0).to(torch::kFloat64).mean().item<double>();
}

double fraction_of_saturated(const torch::Tensor& h, const std::string& activation) {
  if (activation == "tanh") return (1 - h * h < kFlat).to(torch::kFloat64).mean().item<double>();
  if (activation == "sigmoid") return (h * (1 - h) < kFlat).to(torch::kFloat64).mean().item<double>();
  return 0;
}

std::vector<torch::Tensor> copy_weights(const Watched& net) {
  std::vector<torch::Tensor> copies;
  for (const WatchedLayer& layer : net.layers) copies.push_back(layer.weight.detach().clone());
  return copies;
}

/// What the step that led here did. `before`: the weights of each layer before it.
void add_step(Look& look, const Watched& net, const std::vector<torch::Tensor>& before) {
  for (size_t i = 0; i < look.layers.size(); ++i) {
    LayerLook& layer = look.layers[i];
    const torch::Tensor weight = net.layers[i].weight.detach(), gradient = net.layers[i].weight.grad();
    if (gradient.defined()) {
      layer.gradient_size = rms(gradient);
      layer.gradients = histogram_of(plain(gradient), [](float g) { return std::log10(std::abs(g)); });
    }
    if (before.empty()) continue;
    const auto length = before[i].norm().item<double>();
    if (length > 0) layer.update_ratio = (weight - before[i]).norm().item<double>() / length;
  }
}

class Recorder {
 public:
  Recorder(const LookPlan& plan, Watched net, const Dataset& train, const RunFolder& run)
      : looks_(plan.looks),
        accumulate_(plan.accumulate),
        net_(std::move(net)),
        probe_(probe_samples(train, plan.probe_samples).to(net_.device)),
        run_(run),
        first_(look_now()),
        before_(copy_weights(net_)) {
    // A resumed run's weights are not in the model yet, but in the state that fit() is about to read.
    if (!run.has("checkpoints/state.safetensors")) return;
    NamedTensors wanted;
    for (size_t i = 0; i < before_.size(); ++i) wanted["model." + net_.layers[i].name + ".weight"] = before_[i];
    for (const auto& [name, saved] : load_alike(wanted, run.state())) {  // what does not fit fit() complains of
      wanted.at(name).copy_(saved);  // keeps the order of memory, and of sums with it
    }
  }

  void after_batch(const StepReport& report) {
    const bool stepped = report.now.batch % accumulate_ == 0 || report.now.batch == report.batches;
    if (steps_.empty()) begin(report, report.now.step - (stepped ? 1 : 0));
    if (!stepped) return;
    if (is_due(report.now.step)) write(report, before_);
    if (is_due(report.now.step + 1)) before_ = copy_weights(net_);
  }

  void after_epoch(const EpochReport& report) {
    if (report.now.stopped_early && written_ < report.now.step)
      append(look_now(), report.now.step, report.now.epoch, {});
  }

 private:
  /// The run goes on after `done` steps: lines beyond were written by steps that the resumed run repeats.
  void begin(const StepReport& report, int64_t done) {
    const int64_t steps_per_epoch = (report.batches + accumulate_ - 1) / accumulate_;
    steps_ = look_steps(looks_, steps_per_epoch * report.epochs);
    std::vector<std::string> kept;
    const std::string source = run_.file(kLookFile).string();
    for (const std::string& line : run_.lines(kLookFile)) {
      if (step_of_line(line, source) <= done) kept.push_back(line);
    }
    if (kept.empty() && is_due(0)) kept.push_back(look_to_line(first_));
    run_.replace_lines(kLookFile, kept);
  }

  bool is_due(int64_t step) const { return std::binary_search(steps_.begin(), steps_.end(), step); }

  Look look_now() const {
    Look look = look_at(net_, probe_);
    if (net_.state) look.state = net_.state();
    return look;
  }

  void write(const StepReport& report, const std::vector<torch::Tensor>& before) {
    append(look_now(), report.now.step,
           double(report.now.epoch - 1) + double(report.now.batch) / double(report.batches), before);
  }

  void append(Look look, int64_t step, double epoch, const std::vector<torch::Tensor>& before) {
    look.step = written_ = step;
    look.epoch = epoch;
    add_step(look, net_, before);
    run_.append_line(kLookFile, look_to_line(look));
  }

  const int64_t looks_, accumulate_;
  const Watched net_;
  const torch::Tensor probe_;
  const RunFolder& run_;
  const Look first_;
  std::vector<torch::Tensor> before_;  // the weights before the step that is due next
  std::vector<int64_t> steps_;         // known with the first batch
  int64_t written_ = 0;
};

}  // namespace

std::vector<int64_t> look_steps(int64_t looks, int64_t steps) {
  if (looks < 2) return looks == 1 ? std::vector<int64_t>{steps} : std::vector<int64_t>{};
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < looks; ++i) {
    const double fraction = double(i) / double(looks - 1);
    const auto step = int64_t(std::llround(fraction * fraction * double(steps)));
    if (chosen.empty() || step > chosen.back()) chosen.push_back(step);
  }
  return chosen;
}

void watch_inside(Watchers& watch, const LookPlan& plan, Watched net, const Dataset& train, const RunFolder& run) {
  if (plan.looks == 0) return;
  const auto recorder = std::make_shared<Recorder>(plan, std::move(net), train, run);
  watch.on_step.push_back([recorder](const StepReport& report) { recorder->after_batch(report); });
  watch.on_epoch.push_back([recorder](const EpochReport& report) { recorder->after_epoch(report); });
}

std::vector<Look> read_looks(const RunFolder& run, const Watched& net) {
  const size_t layers = net.layers.size(), state = net.state ? net.state().size() : 0;
  const std::string source = run.file(kLookFile).string();
  std::vector<Look> looks;
  const std::vector<std::string> lines = run.lines(kLookFile);
  require(lines.size() <= kMostLooks, "reading ", source, ": want at most ", kMostLooks, " looks, got ", lines.size());
  for (const std::string& line : lines) {
    looks.push_back(look_from_line(line, as_text(source, ", record ", looks.size() + 1)));
    const Look& look = looks.back();
    require(look.layers.size() == layers, "reading ", source, ", step ", look.step, ": want ", layers,
            " layers, as the network has, got ", look.layers.size());
    require(look.state.empty() || look.state.size() == state, "reading ", source, ", step ", look.step, ": want ",
            state, " weights, as the network has, got ", look.state.size());
    const bool follows = looks.size() < 2 || look.step > looks[looks.size() - 2].step;
    require(follows, "reading ", source, ", step ", look.step, ": want steps that grow, got ",
            looks[looks.size() - 2].step, " before it");
  }
  return looks;
}

Look look_at(const Watched& net, const torch::Tensor& probe) {
  const std::vector<torch::Tensor> activations = net.activations(probe);
  Look look;
  for (size_t i = 0; i < net.layers.size(); ++i) {
    const WatchedLayer& watched = net.layers[i];
    LayerLook layer;
    layer.weight_size = rms(watched.weight.detach());
    layer.gradient_size = layer.update_ratio = NAN;
    layer.twins = fraction_of_twins(watched);
    if (activations[i].defined()) {
      const torch::Tensor h = plain(activations[i]);
      layer.activations = histogram_of(h, [](float a) { return a; });
      layer.dead = fraction_of_dead(h, watched.activation);
      layer.saturated = fraction_of_saturated(h, watched.activation);
    }
    look.layers.push_back(std::move(layer));
  }
  return look;
}

torch::Tensor probe_samples(const Dataset& data, int64_t count) {
  const int64_t taken = std::min(count, data.size());
  return data.batch(torch::floor_divide(torch::arange(taken) * data.size(), std::max<int64_t>(taken, 1))).input;
}

}  // namespace glassbox
