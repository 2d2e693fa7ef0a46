/// The verb predict of every classifier of images: files, folders, videos, cameras.
#pragma once

#include <torch/types.h>

#include <functional>

#include "common/classify/labelled.h"
#include "common/cli/standard.h"
#include "common/run/session.h"

namespace glassbox {

/// --output DIR and --images N, for predict_verb().
Flags predict_image_flags();

/// Prints an answer for each image named by the session's inputs, in order: a line a file, a line for each stretch of
/// equal answers in a video; with --json one object. Images in a folder that cannot be read are skipped and counted.
/// The verb has predict_image_flags(). `logits_of`: the network, [N, C, H, W] prepared as `info` says, on the session's
/// device, to [N, K]. Throws UserError as PictureSource does; Interrupted, after the answer, if a signal ended
/// something else than a camera.
void predict_images(Session& session, const DatasetInfo& info,
                    const std::function<torch::Tensor(const torch::Tensor&)>& logits_of);

}  // namespace glassbox
