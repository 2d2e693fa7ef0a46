/// CIFAR-10 and CIFAR-100 (Krizhevsky 2009): 60,000 colour photographs of 32x32 pixels.
#pragma once

#include <filesystem>
#include <string>

#include "common/classify/labelled.h"

namespace glassbox {

/// The training (50,000) or test part (10,000) of "cifar10" or "cifar100" (the 100 fine classes): uint8 [N, 3, 32, 32].
/// `folder` holds the official binary files: data_batch_1.bin .. 5, test_batch.bin and batches.meta.txt, or train.bin,
/// test.bin and fine_label_names.txt. Without the file of names the official ones are taken. info.source says so if the
/// pixels of cifar10 are not the official ones (copies that went through JPEG are about).
/// Throws UserError naming the file that is missing, of another length, or has a label or a number of names out of
/// range.
LabelledDataset read_cifar(const std::string& name, const std::filesystem::path& folder, bool train);

}  // namespace glassbox
