/// The report of a trained classifier: curves, confusion matrix, calibration, worst cases, config, environment.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/run_folder.h"
#include "common/classify/labelled.h"
#include "common/classify/metrics.h"
#include "common/classify/open.h"
#include "common/report/html.h"

namespace glassbox {

/// explain.html, begun: its title and the cards about the test set. looks: how often a look was taken while it learned.
HtmlPage begin_explain_page(const std::string& name, const DataSplits& data, const Predictions& answers,
                            int64_t parameters, size_t looks);

/// Adds the app's own sections: what is inside its network.
using AddSections = std::function<void(HtmlPage&)>;

/// Writes report.html and plots/{loss,accuracy,confusion,calibration}.png. `answers` are the network's to `test`, in
/// its order. The curves come from the run's metrics.jsonl, config and environment from its files.
void write_classifier_report(const RunFolder& run, const LabelledDataset& test, const Predictions& answers,
                             const AddSections& inside);

/// Confusion matrix, precision and recall of each class, and how far the network's certainty can be trusted.
void add_test_scores(HtmlPage& page, const Predictions& answers, const std::vector<std::string>& classes);

/// Up to `count` samples each, as images or as tables: those whose true class got the least probability, the wrong
/// answers the network was most sure of, and those it doubted most.
void add_cases(HtmlPage& page, const LabelledDataset& test, const Predictions& answers, int64_t count = 24);

/// An image of an image sample, float32 [C, H, W] normalised as `info` says: the bytes of a PNG file.
std::string png_of_sample(const torch::Tensor& sample, const DatasetInfo& info);

}  // namespace glassbox
