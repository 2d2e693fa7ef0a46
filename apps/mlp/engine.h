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

/// Hands loss and gradients of `task` over to exercise/: no autograd graph is made. Same weights, same masks of dropout
/// and same running figures of batch norm as with autograd. `model` must outlive the task.
void compute_by_hand(Task& task, MlpImpl& model);

}  // namespace glassbox::mlp
