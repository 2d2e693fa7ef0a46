/// Task 5: LeNet (LeCun et al. 1989) made of tasks 1 to 4. Nothing is written for it; it shows whether the parts fit.
/// Every layer with weights is a convolution: one whose kernel covers all there is left is a fully connected layer.
#include <torch/nn/functional/loss.h>

#include <cmath>

#include "apps/cnn/exercise/samples.h"

namespace glassbox::cnn::exercise {
namespace network_laws {

const Window kHalves = {2, 2, 2, 0};

struct LeNet {
  std::vector<ConvParameters> layers;

  LeNet(int64_t classes, double scale) {
    for (const auto& shape : {std::vector<int64_t>{4, 1, 3, 3}, {8, 4, 3, 3}, {classes, 8, 2, 2}}) {
      const double fan_in = double(shape[1] * shape[2] * shape[3]);
      layers.push_back({torch::randn(shape, torch::kFloat64) * scale * std::sqrt(2 / fan_in),
                        torch::zeros({shape[0]}, torch::kFloat64)});
    }
  }
};

/// What the way back needs: the input of each layer, and what stood before each relu.
struct Trace {
  Tensor x, z1, a1, z2, a2;  // a: after relu and pooling
  MaxPoolResult pooled;
  Tensor logits;  // [N, classes]
};

Trace forward(const Functions& f, const LeNet& net, const Tensor& x) {
  Trace t;
  t.x = x;                                                                    // [N, 1, 12, 12]
  t.z1 = f.conv2d_direct(x, net.layers[0].weight, net.layers[0].bias, 1, 1);  // [N, 4, 12, 12]
  t.pooled = f.max_pool_forward(t.z1.relu(), kHalves);                        // [N, 4, 6, 6]
  t.a1 = t.pooled.y;
  t.z2 = f.conv2d_im2col(t.a1, net.layers[1].weight, net.layers[1].bias, 1, 0);  // [N, 8, 4, 4]
  t.a2 = f.avg_pool_forward(t.z2.relu(), kHalves);                               // [N, 8, 2, 2]
  t.logits = f.conv2d_im2col(t.a2, net.layers[2].weight, net.layers[2].bias, 1, 0).flatten(1);
  return t;
}

/// dL/dweight, dL/dbias of the first layer, the second, the third; then dL/dx.
Tensors backward(const Functions& f, const LeNet& net, const Trace& t, const Tensor& g) {
  const ConvGradients third = f.conv2d_backward(t.a2, net.layers[2].weight, g.view({g.size(0), -1, 1, 1}), 1, 0);
  const Tensor of_z2 = f.avg_pool_backward(third.x, 4, 4, kHalves) * (t.z2 > 0);
  const ConvGradients second = f.conv2d_backward(t.a1, net.layers[1].weight, of_z2, 1, 0);
  const Tensor of_z1 = f.max_pool_backward(second.x, t.pooled.winner, 12, 12) * (t.z1 > 0);
  const ConvGradients first = f.conv2d_backward(t.x, net.layers[0].weight, of_z1, 1, 1);
  return {first.weight, first.bias, second.weight, second.bias, third.weight, third.bias, first.x};
}

Tensor loss_of(const Tensor& logits, const Tensor& target) {
  return torch::nn::functional::cross_entropy(logits, target);
}

/// dL/dlogits: (softmax - 1 at the target) / N.
Tensor slope_of_loss(const Tensor& logits, const Tensor& target) {
  const Tensor y = torch::zeros_like(logits).scatter_(1, target.unsqueeze(1), 1.0);
  return (torch::softmax(logits, 1) - y) / logits.size(0);
}

Tensor images(int64_t n) { return torch::randn({n, 1, 12, 12}, torch::kFloat64); }

void first_loss(const Functions& f) {
  for (const int64_t classes : {2, 3, 10}) {
    const LeNet net(classes, 0.1);
    const Tensor target = torch::randint(classes, {32}, torch::kInt64);
    const double loss = loss_of(forward(f, net, images(32)).logits, target).item<double>(),
                 want = std::log(double(classes));
    expect(std::abs(loss - want) <= 0.05 * want, "a LeNet with small random weights and ", classes,
           " classes: got the first loss ", loss, ", want ", want, " within 5 %");
  }
}

/// The same network of LibTorch's parts. `in`: the six parameters, then x.
Tensor reference_loss(const Tensors& in, const Tensor& target) {
  const Tensor a1 = max_pool(conv2d(in[6], in[0], in[1], 1, 1).relu(), kHalves);
  const Tensor a2 = avg_pool(conv2d(a1, in[2], in[3], 1, 0).relu(), kHalves);
  return loss_of(conv2d(a2, in[4], in[5], 1, 0).flatten(1), target);
}

void gradients_agree(const Functions& f) {
  for (const int64_t n : {1, 2, 7}) {
    const LeNet net(10, 1);
    const Tensor x = images(n), target = torch::randint(10, {n}, torch::kInt64);
    const Trace trace = forward(f, net, x);
    const Tensors got = backward(f, net, trace, slope_of_loss(trace.logits, target));
    Tensors in;
    for (const ConvParameters& layer : net.layers) in.insert(in.end(), {layer.weight, layer.bias});
    in.push_back(x);
    const Tensors want = autograd_of([&](const Tensors& it) { return reference_loss(it, target); }, in,
                                     torch::ones({}, torch::kFloat64));
    const char* const names[] = {"dL/dweight of layer 1",
                                 "dL/dbias of layer 1",
                                 "dL/dweight of layer 2",
                                 "dL/dbias of layer 2",
                                 "dL/dweight of layer 3",
                                 "dL/dbias of layer 3",
                                 "dL/dx"};
    for (size_t i = 0; i < want.size(); ++i)
      expect_close(as_text(names[i], ", ", n, " images,"), got[i], want[i], 1e-8, {});
  }
}

/// A batch norm behind the second layer, folded into it.
void folding_fits(const Functions& f) {
  const LeNet net(10, 1);
  const Tensor x = images(3);
  const BatchNorm norm = {some({8}), some({8}), some({8}), some({8}).abs(), 1e-5};
  const Trace plain = forward(f, net, x);
  const Tensor normed = torch::batch_norm(plain.z2, norm.scale, norm.shift, norm.running_mean, norm.running_var, false,
                                          0, norm.epsilon, false);
  const Tensor want =
      conv2d(avg_pool(normed.relu(), kHalves), net.layers[2].weight, net.layers[2].bias, 1, 0).flatten(1);
  LeNet folded = net;
  folded.layers[1] = f.fold_batch_norm(net.layers[1].weight, net.layers[1].bias, norm);
  expect_close("100 + logits of LeNet with its batch norm folded", forward(f, folded, x).logits + 100, want + 100, 1e-8,
               {});
}

void by_heart(const Functions& f) {
  LeNet net(10, 1);
  const Tensor x = images(50), target = torch::arange(50, torch::kInt64).remainder(10);
  Tensors velocity(6);
  const int64_t steps = 150;
  double first = 0, last = 0;
  for (int64_t step = 1; step <= steps; ++step) {
    const Trace trace = forward(f, net, x);
    const Tensors gradients = backward(f, net, trace, slope_of_loss(trace.logits, target));
    for (size_t i = 0; i < 6; ++i) {
      const Tensor& parameter = i % 2 == 0 ? net.layers[i / 2].weight : net.layers[i / 2].bias;
      velocity[i] = step == 1 ? gradients[i] : 0.9 * velocity[i] + gradients[i];
      parameter.sub_(velocity[i], 0.1);
    }
    (step == 1 ? first : last) = loss_of(trace.logits, target).item<double>();
  }
  const auto right = (forward(f, net, x).logits.argmax(1) == target).sum().item<int64_t>();
  expect(right == 50, "after ", steps, " steps with momentum LeNet knows ", right,
         " of its 50 images; the loss went from ", first, " to ", last);
}

}  // namespace network_laws

std::vector<Check> network_checks() {
  using namespace network_laws;
  return {{"5.1", "the first loss",
           "Before it learns, a network with small weights guesses: its loss is ln C within 5 %.", first_loss},
          {"5.2", "agrees with autograd", "The gradients of all six parameters and of the image; to 1e-8.",
           gradients_agree},
          {"5.2", "a folded norm fits", "LeNet with a batch norm gives the same logits when the norm is folded.",
           folding_fits},
          {"5.3", "50 images by heart", "LeNet learns 50 images of noise, in ten classes, to 100 %.", by_heart}};
}

}  // namespace glassbox::cnn::exercise
