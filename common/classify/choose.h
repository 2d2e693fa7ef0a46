/// Which columns, classes and labels of a data set an experiment looks at.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "common/data/dataset.h"

namespace glassbox {

/// A table with only these columns, by name or index, in this order. Throws UserError for images and for unknown names.
MemoryDataset choose_columns(const MemoryDataset& whole, const std::vector<std::string>& names);

/// The samples of these classes, which get the labels 0, 1, ... in this order. Throws UserError for unknown names and
/// fewer than two.
MemoryDataset keep_classes(const MemoryDataset& whole, const std::vector<std::string>& names);

/// Two classes: "not NAME" (0) and NAME (1). Throws UserError if there is no such class.
MemoryDataset one_versus_rest(const MemoryDataset& whole, const std::string& name);

/// `data` with wrong labels: round(share * size) samples, drawn with `rng`, get a class drawn from the others. Share in
/// [0, 1]; two classes at least.
std::shared_ptr<const Dataset> with_wrong_labels(std::shared_ptr<const Dataset> data, double share, Rng rng);

}  // namespace glassbox
