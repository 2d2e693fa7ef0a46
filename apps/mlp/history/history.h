/// Experiments that retell history, each with a way of its own to learn and to report.
#pragma once

#include <functional>

#include "apps/mlp/config.h"
#include "common/run/session.h"

namespace glassbox::mlp {

/// Model threshold_units: truth tables of units whose weights were set by hand.
void run_threshold_units(Session& session, const Experiment& ask);

/// Model perceptron: learns from mistakes, counts them against Novikoff's bound.
void run_perceptron(Session& session, Experiment& ask);

/// Section sweep: the experiment once for each value and seed, as runs inside the run's folder, and one report that
/// compares them. Resumed, it repeats only what is not finished. `train_one` runs one experiment.
void run_sweep(Session& session, const Experiment& ask, const std::function<void(Session&)>& train_one);

}  // namespace glassbox::mlp
