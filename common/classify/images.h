/// Sets of small grey images: the idx files of MNIST and Fashion-MNIST, and OpenCV's sheet of digits.
#pragma once

#include <filesystem>
#include <string>

#include "common/classify/labelled.h"

namespace glassbox {

/// The training or test part of "mnist" or "fashion_mnist": uint8 [N, 1, 28, 28]. `folder` holds the four official
/// files, plain or .gz. Throws UserError if images and labels differ in number or the shapes are not those of the set's
/// format.
LabelledDataset read_idx_images(const std::string& name, const std::filesystem::path& folder, bool train);

/// OpenCV's digits.png: 50 rows of 100 digits of 20x20 pixels, five rows a class. uint8 [5000, 1, 20, 20].
LabelledDataset read_digit_sheet(const std::filesystem::path& path);

}  // namespace glassbox
