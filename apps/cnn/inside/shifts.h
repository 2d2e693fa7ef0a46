/// What happens to the answers when the image moves by a few pixels, beside a network without convolutions.
#pragma once

#include <torch/types.h>

#include <vector>

#include "apps/cnn/model.h"
#include "common/base/run_folder.h"
#include "common/classify/open.h"

namespace glassbox::cnn {

constexpr int64_t kMostShift = 4;  ///< pixels

/// Accuracy on the same test images moved by 0, 1, ..., kMostShift pixels: the mean over up, down, left and right.
struct ShiftAccuracy {
  std::vector<double> network, mlp;
  int64_t images = 0;  ///< test images
  int64_t mlp_hidden = 0, mlp_parameters = 0;
  int64_t learned_from = 0, epochs = 0;  ///< the MLP: training images, times each was seen
  double seconds = 0;                    ///< for the MLP's training and all answers
};

/// x [N, C, H, W] moved down by dy and right by dx, |dy| < H and |dx| < W; `fill` [C] comes in at the edges.
torch::Tensor shifted(const torch::Tensor& x, int64_t dy, int64_t dx, const torch::Tensor& fill);

/// The width h with which linear h - relu - linear K on F inputs has about `parameters` numbers: h F + h + K h + K.
int64_t equal_width(int64_t parameters, int64_t inputs, int64_t classes);

/// Measures on up to 2,000 test images; the MLP has about as many parameters as the network and learns for a few
/// epochs from up to 20,000 training images, which is enough to be beyond 95 % on MNIST.
ShiftAccuracy measure_shifts(NetworkImpl& model, const DataSplits& data, torch::Device device);

/// The same, from shifts.json of the run if it was measured for these weights; else measures and writes it.
ShiftAccuracy shifts_of_run(const RunFolder& run, NetworkImpl& model, const DataSplits& data, torch::Device device);

}  // namespace glassbox::cnn
