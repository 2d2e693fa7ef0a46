#include "common/classify/images.h"

#include "common/base/error.h"
#include "common/data/find.h"
#include "common/data/idx.h"
#include "common/vision/image.h"

namespace glassbox {
namespace fs = std::filesystem;
namespace {

/// The array without a copy: the tensor keeps the vector alive.
torch::Tensor as_tensor(IdxData data) {
  const auto kept = std::make_shared<IdxData>(std::move(data));
  return torch::from_blob(
      kept->bytes.data(), kept->shape, [kept](void*) {}, torch::kUInt8);
}

std::vector<std::string> digit_or_garment_names(const std::string& name) {
  if (name == "fashion_mnist") {
    return {"T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"};
  }
  return {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
}

}  // namespace

LabelledDataset read_idx_images(const std::string& name, const fs::path& folder, bool train) {
  const std::string part = train ? "train" : "t10k";
  const fs::path image_file = find_in(folder, part + "-images-idx3-ubyte");
  const fs::path label_file = find_in(folder, part + "-labels-idx1-ubyte");
  const torch::Tensor images = as_tensor(read_idx(image_file)), labels = as_tensor(read_idx(label_file));
  require(images.dim() == 3 && images.size(1) == 28 && images.size(2) == 28, image_file.string(),
          ": want images [N, 28, 28], got ", images.sizes());
  require(labels.dim() == 1, label_file.string(), ": want labels [N], got ", labels.sizes());
  require(images.size(0) == labels.size(0), label_file.string(), ": want ", images.size(0),
          " labels, one for each image of ", image_file.filename().string(), ", got ", labels.size(0));
  DatasetInfo info;
  info.name = name;
  info.classes = digit_or_garment_names(name);
  info.sample_shape = {1, 28, 28};
  info.pixel_max = 255;
  info.ink_box = name == "mnist" ? 20 : 0;
  info.source = name == "mnist" ? "MNIST (LeCun, Cortes, Burges 1998)" : "Fashion-MNIST (Xiao, Rasul, Vollgraf 2017)";
  info.licence = name == "mnist" ? "CC BY-SA 3.0" : "MIT";
  info.files = {image_file, label_file};
  return LabelledDataset(images.unsqueeze(1), labels.to(torch::kInt64), std::move(info));
}

LabelledDataset read_digit_sheet(const fs::path& path) {
  const torch::Tensor sheet = read_gray(path);
  require(sheet.size(0) == 1000 && sheet.size(1) == 2000, path.string(), ": want the sheet of 1000x2000 pixels, got ",
          sheet.size(0), "x", sheet.size(1), "; fetch it with scripts/data.sh digits");
  const torch::Tensor cells = sheet.view({50, 20, 100, 20}).permute({0, 2, 1, 3});  // [50, 100, 20, 20]
  DatasetInfo info;
  info.name = "digits";
  info.classes = digit_or_garment_names("digits");
  info.sample_shape = {1, 20, 20};
  info.pixel_max = 255;
  info.ink_box = 14;
  info.source = "OpenCV's sample sheet digits.png";
  info.licence = "Apache-2.0 (OpenCV)";
  info.files = {path};
  return LabelledDataset(cells.reshape({5000, 1, 20, 20}), torch::arange(10).repeat_interleave(500), std::move(info));
}

}  // namespace glassbox
