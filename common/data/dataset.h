/// A data set answers its size, what it is, and a batch for given places.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/data/batch.h"

namespace glassbox {

/// What a sample looks like before and after normalisation: all that a network needs to be told about new inputs.
struct DatasetInfo {
  std::string name;
  std::vector<std::string> classes;   ///< names, in the order of the labels 0, 1, ...
  std::vector<int64_t> sample_shape;  ///< {1, H, W} (a grey image), {3, H, W} (colour: red, green, blue) or {F} (a row)
  std::vector<std::string> columns;   ///< of a table, all different; empty for images
  int64_t pixel_max = 0;              ///< the brightest value of an image; 0 = not an image
  int64_t ink_box = 0;                ///< the side, in pixels, that the drawn object fills; 0 = the whole image
  std::vector<float> mean, std;       ///< of the training part; one for all, or one a channel or column
  std::string source, licence;
  /// To be said beside every figure, such as that the pixels are not the official ones; mostly empty.
  std::string note;
  std::string reading;                       ///< what was decided when a file was read: "first line: names"; else empty
  std::vector<std::string> warnings;         ///< what looks like a mistake in the data, each a sentence
  std::vector<std::filesystem::path> files;  ///< read from; empty for generated data and image_folder
  std::string fingerprint;                   ///< image_folder: of its files' names and lengths; else empty

  bool is_image() const { return pixel_max > 0; }
  int64_t features() const;                                              ///< numbers in one sample
  int64_t channels() const { return is_image() ? sample_shape[0] : 0; }  ///< 1 grey, 3 colour, 0 not an image

  std::string to_json() const;  ///< what predict needs: name, classes, shape, normalisation
  /// Throws UserError naming the field that is missing, of another type, or does not fit the others.
  static DatasetInfo from_json(const std::string& text);
};

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int64_t size() const = 0;
  virtual const DatasetInfo& info() const = 0;
  /// The samples at `places`, int64 [N], each in 0 .. size()-1. May be called from several threads.
  virtual Batch batch(const torch::Tensor& places) const = 0;
};

/// A data set that knows all labels without looking at a sample, and how its samples are to be normalised.
class LabelledDataset : public Dataset {
 public:
  virtual const torch::Tensor& targets() const = 0;  ///< int64 [size]
  /// The samples at `places` as they are stored, before normalisation.
  virtual torch::Tensor raw(const torch::Tensor& places) const = 0;
  /// From now on batches are (value - mean) / std, where an image's values are first divided by pixel_max.
  virtual void set_normalisation(std::vector<float> mean, std::vector<float> std) = 0;
};

/// A data set that fits in memory: one tensor. Bytes stay bytes until a batch is asked for.
class MemoryDataset : public LabelledDataset {
 public:
  /// inputs: uint8 [N, C, H, W] with info.pixel_max > 0, or float32 or float64 [N, F]. targets: int64 [N].
  /// A table without names of columns gets "0", "1", ... Throws UserError if they differ in number, a target is no
  /// class (naming the last of info.files, which holds the labels), an input is NaN or infinite, or they are not what
  /// info says.
  MemoryDataset(torch::Tensor inputs, torch::Tensor targets, DatasetInfo info);

  int64_t size() const override { return inputs_.size(0); }
  const DatasetInfo& info() const override { return info_; }
  Batch batch(const torch::Tensor& places) const override;

  const torch::Tensor& inputs() const { return inputs_; }
  const torch::Tensor& targets() const override { return targets_; }
  torch::Tensor raw(const torch::Tensor& places) const override { return inputs_.index_select(0, places); }
  void set_normalisation(std::vector<float> mean, std::vector<float> std) override;

 private:
  torch::Tensor inputs_, targets_;
  DatasetInfo info_;
};

/// Some places of another data set, in a given order. Batch::index keeps the places in the other set.
class Subset : public Dataset {
 public:
  Subset(std::shared_ptr<const Dataset> whole, std::vector<int64_t> places);

  int64_t size() const override { return places_.size(0); }
  const DatasetInfo& info() const override { return whole_->info(); }
  Batch batch(const torch::Tensor& places) const override { return whole_->batch(places_.index_select(0, places)); }

 private:
  std::shared_ptr<const Dataset> whole_;
  torch::Tensor places_;  // int64 [size]
};

/// Turns raw samples into what the network was trained on: divides by pixel_max, subtracts the mean, divides by std.
/// raw: uint8, float32 or float64 [N, ...] of info.sample_shape. Returns float32 of the same shape.
torch::Tensor normalise(const torch::Tensor& raw, const DatasetInfo& info);

}  // namespace glassbox
