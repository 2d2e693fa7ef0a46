/// The sections of explain.html that question the network: its arithmetic, its maps, its answers to moved images.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "apps/cnn/inside/explained.h"
#include "apps/cnn/inside/shifts.h"

namespace glassbox::cnn {

/// Where pointing at an output pixel of a convolution shows its arithmetic. Nothing for a network without convolution.
void add_arithmetic(HtmlPage& page, NetworkImpl& model, const std::vector<Explained>& images);

/// Do the maps change when the weights are random (Adebayo et al. 2018)? For the first image and some of `test`.
/// Returns the stages for explain.json.
nlohmann::ordered_json add_sanity(HtmlPage& page, NetworkImpl& model, const LabelledDataset& test,
                                  const Explained& first);

/// Chart, table and a sentence. parameters: of the network.
void add_shifts(HtmlPage& page, const ShiftAccuracy& shifts, int64_t parameters);

}  // namespace glassbox::cnn
