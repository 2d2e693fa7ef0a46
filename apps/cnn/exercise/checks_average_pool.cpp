/// Tasks 3.3 and 3.4: average pooling.
#include "apps/cnn/exercise/samples.h"

namespace glassbox::cnn::exercise {
namespace average_pool_laws {

void forward_values(const Functions& f) {
  const Tensor x = image({1, 5, 2, 0, 3, 4, 8, 6, 7, 9, -1, -2}, 3, 4);
  const Window dense = {2, 2, 1, 0}, padded = {2, 3, 2, 1};
  expect_close("y", f.avg_pool_forward(x, dense), image({3.25, 4.75, 4, 5.75, 5, 2.75}, 2, 3), 1e-8,
               shown({{"x", x}}, dense));
  expect_close("y", f.avg_pool_forward(x, padded), image({1, 7 / 6.0, 23 / 6.0, 4}, 2, 2), 1e-8,
               shown({{"x", x}}, padded));
}

void constants_stay(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/false)) {
    if (it.window.padding > 0) continue;
    const Tensor x = torch::full_like(it.x, 2.5);
    expect_close("y of equal pixels", f.avg_pool_forward(x, it.window), torch::full_like(it.g, 2.5), 1e-10,
                 shown({{"x", x}}, it.window));
  }
}

/// An average is a convolution of each channel, with a kernel of equal numbers.
void is_a_convolution(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/false)) {
    const Window& w = it.window;
    const int64_t n = it.x.size(0), c = it.x.size(1), h = it.x.size(2), width = it.x.size(3);
    const Tensor kernel =
        torch::full({1, 1, w.kernel_h, w.kernel_w}, 1.0 / double(w.kernel_h * w.kernel_w), torch::kFloat64);
    const Tensor want =
        conv2d(it.x.reshape({n * c, 1, h, width}), kernel, torch::zeros({1}, torch::kFloat64), w.stride, w.padding);
    expect_close("y, against a convolution of each channel", f.avg_pool_forward(it.x, w), want.view(it.g.sizes()),
                 1e-10, shown({{"x", it.x}}, w));
  }
}

void forward_agrees(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/false)) {
    expect_close("y", f.avg_pool_forward(it.x, it.window), avg_pool(it.x, it.window), 1e-10,
                 shown({{"x", it.x}}, it.window));
  }
}

void refuses(const Functions& f) {
  for (const Window& it : {Window{2, 4, 2, 2}, Window{4, 2, 2, 2}, Window{4, 1, 1, 0}, Window{2, 2, 0, 0}})
    expect_refused("an image of 3 x 3, " + show(shown({}, it)), [&] { f.avg_pool_forward(some({1, 1, 3, 3}), it); });
}

// ---- 3.4 ----

Inputs given(const Sight& it) {
  return shown({{"g", it.g}, {"height", torch::tensor(it.x.size(2))}, {"width", torch::tensor(it.x.size(3))}},
               it.window);
}

Tensor gradient_of(const Functions& f, const Sight& it) {
  const Tensor got = f.avg_pool_backward(it.g, it.x.size(2), it.x.size(3), it.window);
  expect_form("dL/dx", got, it.x.sizes(), torch::kFloat64, given(it));
  return got;
}

void backward_values(const Functions& f) {
  const Sight apart = {torch::zeros({1, 1, 2, 5}, torch::kFloat64), numbers({4, -8}, {1, 1, 1, 2}), {2, 2, 2, 0}};
  expect_close("dL/dx", gradient_of(f, apart), image({1, 1, -2, -2, 0, 1, 1, -2, -2, 0}, 2, 5), 1e-8, given(apart));
  const Sight it = {
      torch::zeros({1, 1, 1, 3}, torch::kFloat64), numbers({2, -3, 1, 5, 4, 8, -2, 6}, {1, 1, 2, 4}), {2, 2, 1, 1}};
  expect_close("dL/dx", gradient_of(f, it), image({2.75, 1, 2.5}, 1, 3), 1e-8, given(it));
}

/// y is linear in x: <g, y> = <dL/dx, x>.
void work_is_the_same(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/false)) {
    Inputs in = given(it);
    in.emplace_back("x", it.x);
    expect_close("100 + the sum of dL/dx times x, against that of g times y", (gradient_of(f, it) * it.x).sum() + 100,
                 (it.g * avg_pool(it.x, it.window)).sum() + 100, 1e-8, in);
  }
}

void backward_slopes(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/false)) {
    expect_slopes(
        "dL/dx", [&](const Tensor& x) { return avg_pool(x, it.window); }, it.x, it.g, gradient_of(f, it), kSmooth,
        given(it));
  }
}

void backward_agrees(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/false)) {
    const auto pool = [&](const Tensors& in) { return avg_pool(in[0], it.window); };
    expect_close("dL/dx", gradient_of(f, it), autograd_of(pool, {it.x}, it.g)[0], 1e-10, given(it));
  }
}

const Window kContractWindow = {2, 3, 2, 1};

}  // namespace average_pool_laws

std::vector<Check> average_pool_checks() {
  using namespace average_pool_laws;
  const auto call = [](const Functions& f, const Tensors& in) {
    return Tensors{f.avg_pool_forward(in[0], kContractWindow)};
  };
  return {{"3.3", "values by hand", "3 x 4 pixels, with and without padding.", forward_values},
          {"3.3", "constants stay", "Equal pixels are their own mean.", constants_stay},
          {"3.3", "is a convolution", "Each channel by itself, with a kernel of equal numbers.", is_a_convolution},
          {"3.3", "agrees with LibTorch", "Odd sizes, overlaps, gaps, padding; to 1e-10.", forward_agrees},
          {"3.3", "refuses what does not fit",
           "A place that could see no pixel, a window that fits nowhere: a UserError.", refuses},
          keeps_its_contract(Pure{"3.3", "avg_pool_forward", {"x"}, {"y"}, call, [] {
                                    return Tensors{some({2, 2, 3, 4})};
                                  }})};
}

std::vector<Check> average_pool_gradient_checks() {
  using namespace average_pool_laws;
  const auto call = [](const Functions& f, const Tensors& in) {
    return Tensors{f.avg_pool_backward(in[0], 3, 4, kContractWindow)};
  };
  return {{"3.4", "values by hand", "A pixel gets its part of g from every window that sees it.", backward_values},
          {"3.4", "the same work", "y is linear in x: sum of dL/dx x = sum of g y.", work_is_the_same},
          {"3.4", "centred differences", "A gradient is the slope of the loss: relative error at most 1e-7.",
           backward_slopes},
          {"3.4", "agrees with autograd", "Odd sizes, overlaps, gaps, padding; to 1e-10.", backward_agrees},
          keeps_its_contract(Pure{"3.4", "avg_pool_backward", {"g"}, {"dL/dx"}, call, [] {
                                    return Tensors{some({2, 2, 2, 2})};
                                  }})};
}

}  // namespace glassbox::cnn::exercise
