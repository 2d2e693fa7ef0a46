/// Image files <-> uint8 tensors.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <string>

namespace glassbox {

constexpr uint64_t kMostImageBytes = uint64_t{1} << 28;  // of a file: 2^26 pixels of 4 bytes

/// The image at `path`, uint8 [channels, H, W]: 1 grey or 3 red, green, blue. PNG, JPEG, BMP, WebP, TIFF, PNM and JPEG
/// 2000, told by content and not by name. 16 bits become 8, what is transparent becomes white, a camera's turn is
/// undone. With `shorter_side` > 0 a large JPEG is decoded at 1/2, 1/4 or 1/8 of its size, as long as its shorter side
/// stays at least that long: many times faster. Throws UserError (path, what was found) for a file that is missing, no
/// image, a GIF, an animated WebP, damaged or cut short, and for more than 2^26 pixels before any is decoded. The
/// decoders' own lines on stderr are held back.
torch::Tensor read_image(const std::filesystem::path& path, int64_t channels, int64_t shorter_side = 0);

/// The same for the bytes of a file that is named `source`; the decoders' own lines are not held back.
torch::Tensor decode_image(std::string bytes, const std::string& source, int64_t channels, int64_t shorter_side = 0);

/// read_image(path, 1) as uint8 [H, W].
torch::Tensor read_gray(const std::filesystem::path& path);

/// The middle of an image, uint8 [C, h, w], of the shape of height x width and as large as fits, resized to that:
/// uint8 [C, height, width]. Shrinking takes means of areas, enlarging is bilinear.
torch::Tensor fit_image(const torch::Tensor& image, int64_t height, int64_t width);

/// While one lives, file descriptor 2 leads to /dev/null: libpng, libjpeg and OpenCV print lines of their own about
/// damaged files. What other threads print meanwhile is lost too. May be nested, in any threads.
class QuietDecoders {
 public:
  QuietDecoders();
  ~QuietDecoders();
  QuietDecoders(const QuietDecoders&) = delete;
  QuietDecoders& operator=(const QuietDecoders&) = delete;
};

/// uint8 [channels, H, W] of an OpenCV image, grey or blue, green, red: 1 grey; 3 red, green, blue.
torch::Tensor from_mat(cv::Mat image, int64_t channels);

/// A copy of uint8 [C, H, W] (1 grey, 3 red, green, blue) as an OpenCV image: grey, or blue, green, red.
cv::Mat to_mat(const torch::Tensor& image);

/// A view of a contiguous uint8 [H, W] tensor as an OpenCV image; valid while the tensor lives.
cv::Mat as_mat(const torch::Tensor& gray);

}  // namespace glassbox
