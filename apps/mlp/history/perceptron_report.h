/// report.html of a perceptron: the line moving with each mistake, the mistakes against Novikoff's bound.
#pragma once

#include "apps/mlp/config.h"
#include "apps/mlp/history/perceptron.h"
#include "common/base/run_folder.h"
#include "common/classify/open.h"
#include "common/report/text.h"

namespace glassbox::mlp {

/// One line: did it converge, after how many mistakes, and how many the bound allows; or why it never will.
Text say_how_it_ended(const PerceptronCourse& course, const NovikoffBound& bound);

/// Also writes plots/mistakes.png and, for two inputs, plots/line.png.
void write_perceptron_report(const RunFolder& run, const Experiment& ask, const DataSplits& data,
                             const PerceptronCourse& course, const NovikoffBound& bound, double test_accuracy);

}  // namespace glassbox::mlp
