/// Which columns, classes and labels of a data set an experiment looks at.
#pragma once

#include <string>
#include <vector>

#include "common/base/random.h"
#include "common/classify/labelled.h"

namespace glassbox {

/// A table with only these columns, by name or index, in this order. Throws UserError for images and for unknown names.
LabelledDataset choose_columns(const LabelledDataset& whole, const std::vector<std::string>& names);

/// The samples of these classes, which get the labels 0, 1, ... in this order. Throws UserError for unknown names and
/// fewer than two.
LabelledDataset keep_classes(const LabelledDataset& whole, const std::vector<std::string>& names);

/// Two classes: "not NAME" (0) and NAME (1). Throws UserError if there is no such class.
LabelledDataset one_versus_rest(const LabelledDataset& whole, const std::string& name);

/// `data` with wrong labels: round(fraction * size) samples, drawn with `rng`, get a class drawn from the others.
/// fraction in [0, 1]; two classes at least.
LabelledDataset with_wrong_labels(const LabelledDataset& data, double fraction, Rng rng);

}  // namespace glassbox
