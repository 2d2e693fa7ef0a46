#include "common/train/hand_loss.h"

#include <torch/utils.h>

namespace glassbox {

torch::Tensor loss_by_hand(const torch::Tensor& value, std::function<void(double d)> backward_by_hand) {
  const torch::AutoGradMode with_graph(true);
  // Of a sum with a number that wants a gradient, autograd wants one too: its hook is where the hand takes over.
  const torch::Tensor loss = value.detach() + torch::zeros({}, value.options().requires_grad(true));
  loss.register_hook([backward = std::move(backward_by_hand)](const torch::Tensor& d) {
    const torch::NoGradGuard by_hand;
    backward(d.item<double>());
  });
  return loss;
}

}  // namespace glassbox
