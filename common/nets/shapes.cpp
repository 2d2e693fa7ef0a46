#include "common/nets/shapes.h"

#include <algorithm>

#include "common/base/error.h"

namespace glassbox {
namespace {

/// Behind a kernel that moves over an image, before the channels are known.
std::vector<int64_t> shape_behind_kernel(const LayerLine& line, const std::vector<int64_t>& in,
                                         const std::string& where, const std::string& before) {
  const int64_t kernel_h = line.kernel_h > 0 ? line.kernel_h : in[1],
                kernel_w = line.kernel_w > 0 ? line.kernel_w : in[2];
  const int64_t h = in[1] + 2 * line.padding, w = in[2] + 2 * line.padding;
  require(kernel_h <= h && kernel_w <= w, where, ": a kernel [", kernel_h, ", ", kernel_w,
          "] does not fit into the image: ", before, " ", shape_text(in), line.padding > 0 ? ", with padding " : "",
          line.padding > 0 ? shape_text({in[0], h, w}) : "",
          "; it wants larger images, or fewer layers that make them smaller");
  require(line.kind != "pool" || 2 * line.padding <= std::min(kernel_h, kernel_w), where,
          ": want a padding of at most half the kernel, got ", line.padding);
  return {in[0], (h - kernel_h) / line.stride + 1, (w - kernel_w) / line.stride + 1};
}

/// A slip of the keyboard ("linear 65536" behind a large image) shall not ask for more memory than there is.
void require_moderate(const LayerLine& line, const std::vector<int64_t>& in, const std::vector<int64_t>& out,
                      const std::string& where) {
  constexpr int64_t kMostWeights = 200'000'000, kMostOutputs = 100'000'000;
  const int64_t weights = parameters_of(line, in, out);
  require(weights <= kMostWeights, where, ": want at most ", kMostWeights, " weights in a layer, got ", weights,
          " between ", shape_text(in), " and ", shape_text(out), "; make the image smaller before it (pool, stride)");
  require(numbers_in(out) <= kMostOutputs, where, ": want at most ", kMostOutputs, " numbers a sample, got ",
          shape_text(out), "; take fewer channels, a smaller image or less padding");
}

}  // namespace

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t side : shape) text += (text.empty() ? "" : ", ") + std::to_string(side);
  return "[" + text + "]";
}

int64_t numbers_in(const std::vector<int64_t>& shape) {
  int64_t product = 1;
  for (const int64_t side : shape) product *= side;
  return product;
}

int64_t parameters_of(const LayerLine& line, const std::vector<int64_t>& in, const std::vector<int64_t>& out) {
  const int64_t bias = line.bias ? out[0] : 0;
  if (line.kind == "linear") return numbers_in(in) * out[0] + bias;
  if (line.kind == "conv") return in[0] * out[0] * line.kernel_h * line.kernel_w + bias;
  if (line.kind == "whiten") return in[0] * out[0] * line.kernel_h * line.kernel_w;
  if (line.kind == "norm") return 2 * out[0];
  if (line.kind != "residual") return 0;
  const bool converts = line.mode == "conv" && (line.stride != 1 || in[0] != out[0]);
  return 9 * out[0] * (in[0] + out[0]) + 4 * out[0] + (converts ? in[0] * out[0] + 2 * out[0] : 0);
}

std::vector<int64_t> shape_behind(const LayerLine& line, const std::vector<int64_t>& in, int64_t classes,
                                  const std::string& where, const std::string& before) {
  const std::string& kind = line.kind;
  const bool moves = kind == "conv" || kind == "pool" || kind == "whiten";
  require(in.size() == 3 || !(moves || kind == "residual"), where, ": want an image [C, H, W], but ", before, " ",
          shape_text(in));
  std::vector<int64_t> out = moves ? shape_behind_kernel(line, in, where, before) : in;
  if (kind == "linear") out = {line.outputs > 0 ? line.outputs : classes};
  if (kind == "conv") out[0] = line.outputs;
  require(kind != "whiten" || in[0] * line.kernel_h * line.kernel_w <= 1024, where,
          ": want patches of at most 1,024 numbers, got ", shape_text({in[0], line.kernel_h, line.kernel_w}));
  if (kind == "whiten") out[0] = 2 * in[0] * line.kernel_h * line.kernel_w;
  if (kind == "residual") {
    require(line.mode == "conv" || line.outputs >= in[0], where,
            ": want at least as many outputs as inputs for a padded shortcut, but ", before, " ", shape_text(in),
            "; write \"shortcut conv\"");
    out = {line.outputs, (in[1] - 1) / line.stride + 1, (in[2] - 1) / line.stride + 1};
  }
  require_moderate(line, in, out, where);
  return out;
}

}  // namespace glassbox
