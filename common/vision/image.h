/// Image files <-> uint8 tensors.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <string>

namespace glassbox {

/// The picture at `path`, uint8 [H, W], grey, 8 bits. Any format OpenCV reads.
/// Throws UserError (path, what was found) if the file is missing, no image, a JPEG that ends too early, or too large
/// for OpenCV. The decoders' own lines on stderr are held back.
torch::Tensor read_gray(const std::filesystem::path& path);

/// True if the name ends like a picture's (.png .jpg .jpeg .bmp .tif .tiff .webp .pgm .ppm), in any case.
bool has_image_name(const std::filesystem::path& path);

/// A view of a contiguous uint8 [H, W] tensor as an OpenCV image; valid while the tensor lives.
cv::Mat as_mat(const torch::Tensor& gray);

}  // namespace glassbox
