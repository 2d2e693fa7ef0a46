/// Experiments that retell history, each with a way of its own to learn and to report.
#pragma once

#include <functional>

#include "apps/mlp/config.h"
#include "common/run/session.h"
#include "common/run/sweep.h"

namespace glassbox::mlp {

/// Model threshold_units: truth tables of units whose weights were set by hand.
void run_threshold_units(Session& session, const Experiment& ask);

/// Model perceptron: learns from mistakes, counts them against Novikoff's bound.
void run_perceptron(Session& session, Experiment& ask);

/// What a sweep of mlp adds: scores of the last weights on what was learned and on the test set, what is inside, and
/// with label noise how much of it was learned by heart.
Scores figures_of(const Session& session, const RunFolder& run);

/// What a sweep shows, as sentences with their numbers.
std::vector<Text> claims_of(const SweepConfig& sweep, const std::vector<SweepRow>& rows);

/// The verb sweep, with both. `train` runs one experiment.
SweepApp sweep_app(const std::function<void(Session&)>& train);

}  // namespace glassbox::mlp
