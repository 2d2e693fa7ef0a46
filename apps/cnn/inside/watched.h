/// The network of cnn as common/inside/looks.h sees it: runs/.../inside.jsonl.
#pragma once

#include <memory>
#include <vector>

#include "apps/cnn/config.h"
#include "apps/cnn/model.h"
#include "common/inside/diagnose.h"
#include "common/inside/looks.h"

namespace glassbox::cnn {

/// Every convolution and linear layer that learns, those inside residual blocks too, each with the activation behind
/// it. A unit is a channel: it is dead if it is 0 at every place of every probe image. `model` must outlive what is
/// returned.
Watched watched_of(NetworkImpl& model);

/// Images a look is measured with: 64 to 256, fewer where an image has many activations. Below 64, which only a lack
/// of memory forces (more than 1.5 million numbers an image in all layers), channels for one class only may be called
/// dead.
int64_t probe_count(const NetworkImpl& model);

/// Adds the watchers that write inside.jsonl. `model` and `run` must outlive them.
void watch_inside(Watchers& watch, const Experiment& ask, NetworkImpl& model, std::shared_ptr<const Dataset> train,
                  const RunFolder& run);

/// The layers of `net` by the names of their parameters: "conv1", "layer1.0.conv2".
std::vector<NamedLayer> named_layers(const Watched& net);

/// What the looks say, in plain sentences, with the fields of cnn's experiments as remedies.
std::vector<Finding> diagnose(const std::vector<Look>& looks, const Watched& net);

/// The place of the activation that bends what layer i gives, with nothing that learns between but batch norm;
/// layers.size() if there is none.
size_t activation_behind(const std::vector<Layer>& layers, size_t i);

}  // namespace glassbox::cnn
