/// The sections of explain.html about single images, and what they show as numbers.
#pragma once

#include <torch/types.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "apps/cnn/model.h"
#include "common/classify/labelled.h"
#include "common/report/html.h"

namespace glassbox::cnn {

/// An image whose answer is explained.
struct Explained {
  Text name = "";       ///< "test sample 7", "photo.png"
  torch::Tensor input;  ///< float32 [C, H, W], normalised
  int64_t truth = -1;   ///< its class; -1 = not known
  int64_t said = 0;     ///< the class the network names: the one that is explained
  double probability = 0;
};

/// Fills in what the network says, as predict does: the mean over the views of `test_time`. (The maps explain the
/// image as it is.)
void ask_network(NetworkImpl& model, const std::string& test_time, Explained& image);

/// The image, the maps over it and the feature maps of every layer. Returns the numbers for explain.json.
nlohmann::ordered_json add_explained(HtmlPage& page, NetworkImpl& model, const DatasetInfo& info,
                                     const Explained& image);

}  // namespace glassbox::cnn
