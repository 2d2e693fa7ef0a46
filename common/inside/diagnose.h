/// What the looks into a network say, in plain sentences: what is wrong, why, and what to change.
#pragma once

#include <string>
#include <vector>

#include "common/inside/looks.h"
#include "common/report/text.h"

namespace glassbox {

enum class Subject { kUnits, kUpdates, kGradients };

struct Finding {
  Subject subject;
  bool trouble;  ///< false: a sentence that says all is well
  Text text;
};

/// What the sentences call a layer, and what is judged of it.
struct NamedLayer {
  Text name;  ///< "layer 2"
  int64_t units = 0;
  std::string activation;  ///< "" = the units are not judged
};

/// What an app's user can do about it, each the end of a sentence.
struct Remedies {
  Text twins, flat, vanishing, exploding;
};

/// At least one finding for every subject that was measured: units always, updates and gradients where `looks` has
/// steps. Empty `looks` give none. `layers`: those of the looks, in their order.
std::vector<Finding> diagnose(const std::vector<Look>& looks, const std::vector<NamedLayer>& layers,
                              const Remedies& remedies);

/// The sentences about one subject, one after the other.
Text findings_text(const std::vector<Finding>& findings, Subject subject);

/// What the shares of units mean; only those that one of the activations can have.
Text meaning_of_fractions(const std::vector<NamedLayer>& layers);

}  // namespace glassbox
