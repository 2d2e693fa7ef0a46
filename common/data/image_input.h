/// From a picture of any size to what the network was trained on.
#pragma once

#include <torch/types.h>

#include "common/data/dataset.h"

namespace glassbox::mlp {

/// gray: uint8 [h, w] of any size, dark on light or light on dark. Returns float32 [1, H, W], normalised as in
/// training:
///   1. dark on light (the border's median is bright) is inverted, since the training sets are light on dark;
///   2. a picture of another size is cropped to its ink, scaled so that the longer side fills info.ink_box pixels,
///   paper made
///      black and the brightest ink white, and placed with its centre of mass in the middle, as MNIST was made (LeCun
///      et al. 1998); without an ink box it is resized.
/// Throws UserError if nothing stands out from the background. `source` names the file.
torch::Tensor prepare_image(const torch::Tensor& gray, const DatasetInfo& info, const std::string& source);

}  // namespace glassbox::mlp
