/// A loss whose gradient is computed by hand.
#pragma once

#include <torch/types.h>

#include <functional>

namespace glassbox {

/// `value`, a scalar, as a loss on which backward() can be called: that calls backward_by_hand(d), where d is the
/// gradient that reaches the loss (1, or the weight of the batch). It must add d x dL/dw to the grad() of every
/// parameter itself: autograd knows nothing of them. So a loop needs to know of one backward() alone.
torch::Tensor loss_by_hand(const torch::Tensor& value, std::function<void(double d)> backward_by_hand);

}  // namespace glassbox
