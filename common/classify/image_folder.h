/// The data set image_folder: one's own images, one folder a class.
#pragma once

#include <optional>

#include "common/classify/data_config.h"
#include "common/classify/labelled.h"

namespace glassbox {

/// The parts that the folder has; val and test are to be cut from train where they are missing.
struct ImageFolder {
  LabelledDataset train;
  std::optional<LabelledDataset> val, test;
};

/// Opens config.path (see list_images_by_class for its layout). Images are resized so that the shorter side fits
/// config.image_size and cropped in the middle. With config.cache and less than 1 GB of pixels they are decoded now, by
/// all threads, and kept in memory; else they are decoded once now, to know the damaged ones, and by each
/// batch. Files that cannot be read are left out and named on stderr (the first five), or with on_corrupt "fail" a
/// UserError. info().files stays empty: checksums of all images would take longer than a short training.
/// info().fingerprint is that of their names and lengths instead.
ImageFolder open_image_folder(const DataConfig& config);

}  // namespace glassbox
