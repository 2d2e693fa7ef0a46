/// Who computes gradients: LibTorch's autograd, or the functions of exercise/ ("engine": "by_hand").
#pragma once

#include "apps/cnn/model.h"
#include "common/train/fit.h"

namespace glassbox::cnn {

/// Throws UserError that names a layer which the functions of exercise/ cannot compute: they know conv, pool, act relu,
/// tanh and sigmoid, dropout, linear and scale.
void require_by_hand(const NetworkImpl& model);

/// Task::loss_of whose forward and backward pass are those of exercise/: no autograd graph is made. Same weights as
/// with autograd and the same masks of dropout. `model` must outlive it. Throws like require_by_hand().
std::function<LossTerms(const Batch&)> loss_by_hand(NetworkImpl& model, double label_smoothing);

}  // namespace glassbox::cnn
