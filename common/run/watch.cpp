#include "common/run/watch.h"

#include <iomanip>
#include <memory>

#include "common/base/error.h"
#include "common/report/format.h"
#include "common/report/progress.h"

namespace glassbox {
namespace {

bool is_fraction(const std::string& name) { return name.find("accuracy") != std::string::npos; }

std::string step_details(const StepReport& report) {
  const double batches_done = double((report.now.epoch - 1) * report.batches + report.now.batch);
  const double batches_left = double(report.epochs * report.batches) - batches_done;
  const double seconds_left = report.now.total_seconds / std::max(batches_done, 1.0) * batches_left;
  return "loss " + format_number(report.loss) + "  " + format_count(int64_t(report.samples_per_second)) +
         " samples/s  " + format_clock(seconds_left) + " left";
}

}  // namespace

std::string epoch_line(const EpochReport& report) {
  const auto digits = int(std::to_string(report.epochs).size());
  std::ostringstream line;
  line << "epoch " << std::setw(digits) << report.now.epoch << '/' << report.epochs;
  for (const auto& [name, value] : report.scores) {
    line << "  " << name << ' ' << (is_fraction(name) ? format_percent(value) : format_number(value));
  }
  line << "  " << format_count(int64_t(report.samples_per_second)) << " samples/s" << (report.is_best ? "  *" : "");
  return line.str();
}

Watchers watch_training(bool quiet, const RunFolder& run) {
  const auto bar = std::make_shared<ProgressBar>(quiet);
  Watchers watchers;
  watchers.on_step.push_back([bar](const StepReport& report) {
    bar->show(double(report.now.batch) / double(report.batches),
              as_text("epoch ", report.now.epoch, "/", report.epochs), step_details(report));
  });
  watchers.on_epoch.push_back([bar, &run](const EpochReport& report) {
    const std::string line = epoch_line(report);
    run.log(line);
    bar->line(line);
  });
  return watchers;
}

}  // namespace glassbox
