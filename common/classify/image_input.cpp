#include "common/classify/image_input.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "common/base/error.h"
#include "common/vision/image.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

uint8_t border_median(const cv::Mat& image) {
  std::vector<uint8_t> border;
  for (int x = 0; x < image.cols; ++x) {
    border.push_back(image.at<uint8_t>(0, x));
    border.push_back(image.at<uint8_t>(image.rows - 1, x));
  }
  for (int y = 0; y < image.rows; ++y) {
    border.push_back(image.at<uint8_t>(y, 0));
    border.push_back(image.at<uint8_t>(y, image.cols - 1));
  }
  std::nth_element(border.begin(), border.begin() + long(border.size() / 2), border.end());
  return border[border.size() / 2];
}

/// The part of a light-on-dark image that holds ink, by Otsu's threshold (1979).
cv::Mat crop_to_ink(const cv::Mat& image, const std::string& source) {
  double darkest = 0, brightest = 0;
  cv::minMaxLoc(image, &darkest, &brightest);
  require(brightest - darkest >= 16, "looking at ", source, ": nothing stands out from the background (grey values ",
          darkest, " to ", brightest, "); want an image of one object");
  cv::Mat ink;
  cv::threshold(image, ink, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
  return image(cv::boundingRect(ink)).clone();
}

/// Scaled to `box` pixels on the longer side, paper black and the brightest ink white.
cv::Mat scale_ink(const cv::Mat& ink, uint8_t paper, int box) {
  const double scale = double(box) / std::max(ink.rows, ink.cols);
  const cv::Size size(std::max(1, cvRound(ink.cols * scale)), std::max(1, cvRound(ink.rows * scale)));
  cv::Mat small;  // float: the mean of a thin line and much paper is less than one grey value
  cv::Mat(ink - cv::Scalar(paper)).convertTo(small, CV_32F);
  cv::resize(small, small, size, 0, 0, cv::INTER_AREA);
  double brightest = 0;
  cv::minMaxLoc(small, nullptr, &brightest);
  small.convertTo(small, CV_8U, 255 / brightest);
  return small;
}

/// Its centre of mass in the middle of height x width.
cv::Mat place_ink(const cv::Mat& small, int height, int width) {
  const cv::Moments mass = cv::moments(small);
  const double centre_x = mass.m10 / mass.m00, centre_y = mass.m01 / mass.m00;
  const int left = std::clamp(cvRound(width / 2.0 - centre_x), 0, std::max(0, width - small.cols));
  const int top = std::clamp(cvRound(height / 2.0 - centre_y), 0, std::max(0, height - small.rows));
  cv::Mat placed = cv::Mat::zeros(height, width, CV_8UC1);
  small.copyTo(placed(cv::Rect(left, top, small.cols, small.rows)));
  return placed;
}

/// Photographs are shown as they are: nothing in them is ink, and the whole image counts.
bool is_photograph(const DatasetInfo& info) { return info.channels() == 3 || info.name == "image_folder"; }

/// Light on dark, and its ink where the training set has it: uint8 [1, H, W] of info.sample_shape.
torch::Tensor prepare_drawing(const torch::Tensor& gray, const DatasetInfo& info, const std::string& source) {
  const int height = int(info.sample_shape[1]), width = int(info.sample_shape[2]);
  cv::Mat image = as_mat(gray).clone();
  const bool native = image.rows == height && image.cols == width;
  double darkest = 0, brightest = 255;
  if (!native) cv::minMaxLoc(image, &darkest, &brightest);  // in a dim photograph white paper is grey
  if (border_median(image) > (darkest + brightest) / 2) image = 255 - image;
  if (!native && info.ink_box > 0) {
    const cv::Mat ink = scale_ink(crop_to_ink(image, source), border_median(image), int(info.ink_box));
    image = place_ink(ink, height, width);
  } else if (!native) {
    cv::resize(image, image, {width, height}, 0, 0, cv::INTER_AREA);
  }
  return torch::from_blob(image.data, {1, height, width}, torch::kUInt8).clone();
}

}  // namespace

torch::Tensor prepare_image(const torch::Tensor& image, const DatasetInfo& info, const std::string& source) {
  const torch::Tensor planes = image.dim() == 2 ? image.unsqueeze(0) : image;
  TORCH_CHECK(planes.size(0) == info.channels(), "prepare_image: want ", info.channels(), " channels");
  const torch::Tensor pixels = is_photograph(info) ? fit_image(planes, info.sample_shape[1], info.sample_shape[2])
                                                   : prepare_drawing(planes[0].contiguous(), info, source);
  return normalise(pixels.to(torch::kFloat32) * (double(info.pixel_max) / 255.0), info);
}

int64_t needed_side(const DatasetInfo& info) {
  return is_photograph(info) ? std::max(info.sample_shape[1], info.sample_shape[2]) : 0;
}

torch::Tensor read_input(const fs::path& path, const DatasetInfo& info) {
  return prepare_image(read_image(path, info.channels(), needed_side(info)), info, path.string());
}

torch::Tensor to_pixels(const torch::Tensor& normalised, const DatasetInfo& info) {
  const auto planes = [](const std::vector<double>& values) {
    return torch::tensor(values, torch::kFloat32).view({-1, 1, 1});
  };
  const torch::Tensor fractions = normalised.detach().cpu() * planes(info.std) + planes(info.mean);
  return (fractions * 255).round().clamp(0, 255).to(torch::kUInt8);
}

}  // namespace glassbox
