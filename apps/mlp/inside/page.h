/// The sections about the inside of a network, the same in report.html and explain.html.
#pragma once

#include <vector>

#include "apps/mlp/inside/looks.h"
#include "common/classify/labelled.h"
#include "common/report/html.h"

namespace glassbox::mlp {

/// Weights, units and (two inputs) the plane of the network as it is, then the run as `looks` saw it. Without looks the
/// page says how to get them.
void add_inside(HtmlPage& page, MlpImpl& model, const LabelledDataset& test, const std::vector<Look>& looks);

}  // namespace glassbox::mlp
