/// Looks on while a network learns: the live bar, one line an epoch, the log file.
#pragma once

#include "common/base/run_folder.h"
#include "common/train/fit.h"

namespace glassbox {

/// `run` must outlive the watchers.
Watchers watch_training(bool quiet, const RunFolder& run);

/// "epoch  3/10  train_loss 0.0712  val_loss 0.0812  val_accuracy 97.61 %  48,210 samples/s  *" (* = best so far)
std::string epoch_line(const EpochReport& report);

}  // namespace glassbox
