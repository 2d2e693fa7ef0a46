#include "apps/cnn/model.h"

#include <torch/nn/functional/fold.h>
#include <torch/nn/functional/padding.h>
#include <torch/utils.h>

#include <algorithm>
#include <iostream>

#include "common/base/error.h"
#include "common/classify/classifier.h"
#include "common/classify/evaluate.h"
#include "common/nets/move_to.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;
namespace F = torch::nn::functional;

constexpr int64_t kMostAtOnce = 1 << 27;  // of the images that are answered at once: half a gigabyte

/// False where a processor would only imitate bfloat16, many times slower; true where nobody can tell.
bool computes_bfloat16() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return true;
#endif
}

}  // namespace

Network make_model(const DatasetInfo& info, const Experiment& ask, torch::Device device) {
  require(info.is_image(), "data.name: want images for a convolutional network, got the table ", info.name);
  if (ask.model.precision == "bf16") {
    require(device.is_cpu(), "model.precision: bf16 is for the processor; on ", device.str(), " want float32");
    if (!computes_bfloat16())
      std::cerr << "warning: model.precision: bf16: this processor has no bfloat16 arithmetic; float32 is faster\n";
  }
  torch::manual_seed(uint64_t(ask.seed));
  Network model(info.sample_shape, int64_t(info.classes.size()), ask.model);
  move_to(*model, device, ask.model.precision == "float64" ? torch::kFloat64 : torch::kFloat32);
  if (!model->is_batch_last() && !model->is_channels_first()) {
    const torch::NoGradGuard no_graph;  // kernels in the order of the images
    for (torch::Tensor& parameter : model->parameters()) {
      if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(at::MemoryFormat::ChannelsLast));
    }
  }
  return model;
}

Network make_model_to_train(const DatasetInfo& info, const Experiment& ask, torch::Device device) {
  require(info.is_image(), "data.name: want images for a convolutional network, got the table ", info.name);
  const NetworkSize size = size_of(shapes_of(info.sample_shape, int64_t(info.classes.size()), ask.model));
  if (device.is_cpu()) {
    require_memory_to_train(size, ask.model.bytes_a_number(), memories_of(ask.optimizer), ask.data.batch_size,
                            ask.model.field());
  }
  return make_model(info, ask, device);
}

void fill_whitening(NetworkImpl& model, const LabelledDataset& train) {
  const torch::NoGradGuard no_graph;
  for (const Layer& layer : model.layers()) {
    if (!layer.is("whiten")) continue;
    const int64_t count = std::min<int64_t>(train.size(), 5000), h = layer.line.kernel_h, w = layer.line.kernel_w;
    const int64_t numbers = layer.conv->weight.numel() / layer.conv->weight.size(0);  // C h w
    Tensor sum = torch::zeros({numbers, numbers}, torch::kFloat64);
    int64_t patches = 0;
    const Tensor indices = torch::floor_divide(torch::arange(count) * train.size(), count);
    for (const Tensor& some : indices.split(scoring_batch(train.info(), 100))) {
      const Tensor seen = F::unfold(train.batch(some).input, F::UnfoldFuncOptions({h, w}));  // [N, C h w, positions]
      const Tensor rows = seen.transpose(1, 2).reshape({-1, numbers}).to(torch::kFloat64);
      sum += torch::matmul(rows.t(), rows);
      patches += rows.size(0);
    }
    const Tensor covariance = sum / double(patches);
    const auto [values, vectors] = torch::linalg_eigh(covariance);  // vectors in columns
    const Tensor filters = (vectors / (values + 5e-4).sqrt()).t().flip(0);
    const Tensor both = torch::cat({filters, -filters}).view(layer.conv->weight.sizes());
    layer.conv->weight.copy_(both);
  }
}

Tensor answer(NetworkImpl& model, const Tensor& x, const std::string& test_time) {
  const int64_t at_once = std::max<int64_t>(1, kMostAtOnce / model.size().activations);
  if (x.size(0) > at_once) {
    std::vector<Tensor> parts;
    for (const Tensor& part : x.split(at_once)) parts.push_back(answer(model, part, test_time));
    return torch::cat(parts);
  }
  const auto both = [&](const Tensor& view) { return (model.forward(view) + model.forward(view.flip(3))) / 2; };
  if (test_time == "none") return model.forward(x);
  if (test_time == "flip") return both(x);
  const int64_t h = x.size(2), w = x.size(3);
  const Tensor padded = F::pad(x, F::PadFuncOptions({1, 1, 1, 1}).mode(torch::kReflect));
  const Tensor up_left = padded.slice(2, 0, h).slice(3, 0, w),
               down_right = padded.slice(2, 2, 2 + h).slice(3, 2, 2 + w);
  return both(x) / 2 + (both(up_left) + both(down_right)) / 4;
}

}  // namespace glassbox::cnn
