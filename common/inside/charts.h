/// Images of a network over its training: histograms as columns of colour, and lines over the steps.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/inside/looks.h"
#include "common/report/plot.h"

namespace glassbox {

/// One histogram a look: time from left to right, value from bottom to top, the darker the larger the fraction of
/// the values. The columns are equally wide, though the looks are not equally far apart; the labels say their steps.
Figure histograms_over_time(const Text& title, const Text& value_label, const std::vector<Look>& looks,
                            const std::function<const Histogram&(const Look&)>& histogram_of);

/// Length of a step by length of the weights, a line a layer; the healthy thousandth is in the middle of the usual
/// range 1e-5 to 1e-1. `names`: of the layers; those of deep networks are many, so that only some have a line: see
/// some_layers().
LineChart update_chart(const std::vector<Look>& looks, const std::vector<Text>& names);

/// Fractions of dead, saturated and twin units of the layers with an activation; only what was ever above 0. No series
/// if all is well.
LineChart unit_chart(const std::vector<Look>& looks, const std::vector<Text>& names);

/// Up to `most` of `count` layers, evenly from the first to the last.
std::vector<size_t> some_layers(size_t count, size_t most);

}  // namespace glassbox
