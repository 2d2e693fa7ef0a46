/// The sections about the inside of a network, the same in report.html and explain.html.
#pragma once

#include <vector>

#include "apps/cnn/model.h"
#include "common/classify/labelled.h"
#include "common/inside/looks.h"
#include "common/report/html.h"

namespace glassbox::cnn {

/// Filters, what each layer can see, and the units of the network as it is; then the run as `looks` saw it. Without
/// looks the page says how to get them.
void add_inside(HtmlPage& page, NetworkImpl& model, const LabelledDataset& test, const std::vector<Look>& looks);

}  // namespace glassbox::cnn
