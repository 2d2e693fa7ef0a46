/// Who computes gradients and steps: LibTorch's autograd, or the functions of exercise/ ("engine": "by_hand").
#pragma once

#include "apps/mlp/config.h"
#include "apps/mlp/model.h"
#include "common/train/fit.h"

namespace glassbox::mlp {

/// The network as a function of a batch, logits [N, K]. `model` must outlive it.
Forward forward_of(MlpImpl& model, const std::string& engine = "autograd");

/// The optimizer's arithmetic by hand; none with autograd, whose steps are those of common/train/update.cpp.
UpdateRule update_rule(const Experiment& ask);

/// Task::loss_of whose forward and backward pass are those of exercise/: no autograd graph is made. Same weights, same
/// masks of dropout and same running figures of batch norm as with autograd. `model` must outlive it.
std::function<LossTerms(const Batch&)> loss_by_hand(MlpImpl& model);

}  // namespace glassbox::mlp
