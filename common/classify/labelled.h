/// Labelled samples: what every classifier learns from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/data/dataset.h"

namespace glassbox {

/// What a sample looks like before and after normalisation: all that a network needs to be told about new inputs.
struct DatasetInfo : DataSource {
  std::vector<std::string> classes;   ///< names, in the order of the labels 0, 1, ...
  std::vector<int64_t> sample_shape;  ///< {1, H, W} (a grey image), {3, H, W} (colour: red, green, blue) or {F} (a row)
  std::vector<std::string> columns;   ///< of a table, all different; empty for images
  int64_t pixel_max = 0;              ///< the brightest value of an image; 0 = not an image
  int64_t ink_box = 0;                ///< the side, in pixels, that the drawn object fills; 0 = the whole image
  std::string reading;                ///< what was decided when a file was read: "first line: names"; else empty
  std::vector<std::string> warnings;  ///< what looks like a mistake in the data, each a sentence
  std::vector<double> mean = {0}, std = {1};  ///< of the training part; one for all, or one a channel or column

  bool is_image() const { return pixel_max > 0; }
  int64_t features() const;                                              ///< numbers in one sample
  int64_t channels() const { return is_image() ? sample_shape[0] : 0; }  ///< 1 grey, 3 colour, 0 not an image

  std::string to_json() const;  ///< what predict needs: name, classes, shape, normalisation
  /// Throws UserError naming the file (`source`) and the field that is missing, of another type, or does not fit the
  /// others.
  static DatasetInfo from_json(const std::string& text, const std::string& source);
};

/// (value - mean) / std, where an image's values are first divided by pixel_max; computed in double for tables.
/// raw: uint8 or floating-point numbers [N, ...] of info.sample_shape. Returns float32 of the same shape.
torch::Tensor normalise(const torch::Tensor& raw, const DatasetInfo& info);

/// Samples as they are stored, without labels.
class Samples {
 public:
  virtual ~Samples() = default;
  virtual int64_t size() const = 0;
  /// Those at `indices`, int64 [N]: uint8 [N, C, H, W] or float64 [N, F]. May be called from several threads.
  virtual torch::Tensor raw(const torch::Tensor& indices) const = 0;
  /// normalise(raw(indices), info), or the same in one pass over memory.
  virtual torch::Tensor normalised(const torch::Tensor& indices, const DatasetInfo& info) const {
    return normalise(raw(indices), info);
  }
};

/// Samples of which each has a class. Copies share the samples.
class LabelledDataset : public Dataset {
 public:
  /// targets: int64 [samples->size()]. A table without names of columns gets "0", "1", ... Throws UserError if they
  /// differ in number, a target is no class (naming the last of info.files, which holds the labels), or info
  /// contradicts itself.
  LabelledDataset(std::shared_ptr<const Samples> samples, torch::Tensor targets, DatasetInfo info);

  /// Samples in memory: uint8 [N, C, H, W] with info.pixel_max > 0 (bytes stay bytes until a batch is asked for), or a
  /// table of numbers [N, F]. Throws UserError, too, if a number is NaN or infinite or they have not info's shape.
  LabelledDataset(const torch::Tensor& inputs, torch::Tensor targets, DatasetInfo info);

  int64_t size() const override { return targets_.size(0); }
  const DataSource& source() const override { return info_; }
  const DatasetInfo& info() const { return info_; }
  const torch::Tensor& targets() const { return targets_; }  ///< int64 [size]

  /// input float32 [N, ...] normalised, target int64 [N]. Batch::index are indices of the set that a subset was cut
  /// from.
  Batch batch(const torch::Tensor& indices) const override;
  /// As they are stored, before normalisation.
  torch::Tensor raw(const torch::Tensor& indices) const { return samples_->raw(stored_.index_select(0, indices)); }

  /// The samples at `indices`, in that order.
  LabelledDataset subset(const std::vector<int64_t>& indices) const;
  /// The same samples with other labels; `classes` name them.
  LabelledDataset relabelled(torch::Tensor targets, std::vector<std::string> classes) const;
  /// The same samples; from now on batches are (value - mean) / std.
  LabelledDataset normalised_by(std::vector<double> mean, std::vector<double> std) const;

 private:
  std::shared_ptr<const Samples> samples_;
  torch::Tensor targets_;
  torch::Tensor stored_;  // int64 [size], the indices in samples_
  DatasetInfo info_;
};

}  // namespace glassbox
