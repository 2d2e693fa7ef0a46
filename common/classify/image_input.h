/// From an image of any size to what a network was trained on, and back: predict's side of a data set of images.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>

#include "common/classify/labelled.h"

namespace glassbox {

/// image: uint8 [C, h, w] of any size, C as in info.sample_shape, or [h, w] for grey. Returns float32 [C, H, W],
/// normalised as in training.
/// Photographs (colour, or an image folder): as large a part from the middle as fits, resized.
/// Drawings (other grey sets), dark on light or light on dark:
///   1. dark on light (the border's median is bright) is inverted, since the training sets are light on dark;
///   2. an image of another size is cropped to its ink, scaled so that the longer side fills info.ink_box pixels,
///   paper
///      made black and the brightest ink white, and placed with its centre of mass in the middle, as MNIST was made
///      (LeCun et al. 1998); without an ink box it is resized.
/// Throws UserError if nothing stands out from the background of a drawing. `source` names the file.
torch::Tensor prepare_image(const torch::Tensor& image, const DatasetInfo& info, const std::string& source);

/// How long the shorter side of an image must be at least, for prepare_image() to lose nothing; 0 = all of it.
int64_t needed_side(const DatasetInfo& info);

/// prepare_image of a file. Throws UserError as read_image does, too.
torch::Tensor read_input(const std::filesystem::path& path, const DatasetInfo& info);

/// The way back: normalised float32 [..., C, H, W] as the pixels it was made of, uint8 of the same shape, 0 to 255; for
/// showing samples, with encode_png(to_mat(...)). What lies outside is clamped.
torch::Tensor to_pixels(const torch::Tensor& normalised, const DatasetInfo& info);

}  // namespace glassbox
