/// Tasks 3.1 and 3.2: max pooling.
#include <limits>

#include "apps/cnn/exercise/samples.h"

namespace glassbox::cnn::exercise {
namespace max_pool_laws {

Tensor indices(const std::vector<int64_t>& values, at::IntArrayRef shape) {
  return torch::tensor(values, torch::kInt64).view(shape);
}

/// y and the winners, with their messages.
void expect_pooled(const Functions& f, const Tensor& x, const Window& window, const Tensor& y, const Tensor& winner) {
  const MaxPoolResult got = f.max_pool_forward(x, window);
  const Inputs in = shown({{"x", x}}, window);
  expect_close("y", got.y, y, 1e-8, in);
  expect_close("winner", got.winner, winner, 0, in);
}

void forward_values(const Functions& f) {
  const Tensor x = image({1, 5, 2, 0, 3, 4, 8, 6, 7, 9, -1, -2}, 3, 4);
  expect_pooled(f, x, {2, 2, 1, 0}, image({5, 8, 8, 9, 9, 8}, 2, 3), indices({1, 6, 6, 9, 9, 6}, {1, 1, 2, 3}));
  expect_pooled(f, x, {2, 3, 2, 1}, image({5, 5, 9, 9}, 2, 2), indices({1, 1, 9, 9}, {1, 1, 2, 2}));
  const Tensor two = numbers({1, 2, 8, 7}, {1, 2, 1, 2});
  expect_pooled(f, two, {1, 2, 2, 0}, numbers({2, 8}, {1, 2, 1, 1}), indices({1, 0}, {1, 2, 1, 1}));
}

/// What comes out of relu has many zeros.
void first_of_equals(const Functions& f) {
  expect_pooled(f, image({3, 3}, 1, 2), {1, 2, 1, 0}, image({3}, 1, 1), indices({0}, {1, 1, 1, 1}));
  expect_pooled(f, image({0, 0, 0, 0}, 2, 2), {2, 2, 2, 0}, image({0}, 1, 1), indices({0}, {1, 1, 1, 1}));
  expect_pooled(f, image({1, 2, 2, 1}, 2, 2), {2, 2, 2, 0}, image({2}, 1, 1), indices({1}, {1, 1, 1, 1}));
  expect_pooled(f, image({1, 0, 4, 4, 0, 4, 2, 4}, 2, 4), {2, 2, 2, 0}, image({4, 4}, 1, 2).view({1, 1, 1, 2}),
                indices({5, 2}, {1, 1, 1, 2}));
}

void padding_never_wins(const Functions& f) {
  expect_pooled(f, image({-3}, 1, 1), {2, 2, 1, 1}, image({-3, -3, -3, -3}, 2, 2), indices({0, 0, 0, 0}, {1, 1, 2, 2}));
  expect_pooled(f, image({-1, -2, -3, -4}, 2, 2), {2, 2, 2, 1}, image({-1, -2, -3, -4}, 2, 2),
                indices({0, 1, 2, 3}, {1, 1, 2, 2}));
  const double infinity = std::numeric_limits<double>::infinity();
  expect_pooled(f, image({-infinity, -infinity, 1, -infinity}, 1, 4), {2, 2, 2, 1},
                image({-infinity, 1, -infinity}, 1, 3), indices({0, 2, 3}, {1, 1, 1, 3}));
}

void y_lies_at_the_winner(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/false)) {
    const MaxPoolResult got = f.max_pool_forward(it.x, it.window);
    const Inputs in = shown({{"x", it.x}}, it.window);
    expect_form("y", got.y, it.g.sizes(), torch::kFloat64, in);
    expect_form("winner", got.winner, it.g.sizes(), torch::kInt64, in);
    const int64_t pixels = it.x.size(2) * it.x.size(3);
    expect(((got.winner >= 0) & (got.winner < pixels)).all().item<bool>(), "winner = ", show(got.winner),
           ": want indices into an image of ", pixels, " pixels, given ", show(in));
    expect_close("y, against the pixels at winner", got.y,
                 it.x.flatten(2).gather(2, got.winner.flatten(2)).view(got.y.sizes()), 0, in);
  }
}

/// Larger pixels, in the same order, have the same winners.
void order_alone_counts(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/true)) {
    const MaxPoolResult once = f.max_pool_forward(it.x, it.window);
    const MaxPoolResult moved = f.max_pool_forward(it.x * 3 - 100, it.window);
    const Inputs in = shown({{"x", it.x}}, it.window);
    expect_form("y", once.y, it.g.sizes(), torch::kFloat64, in);
    expect_form("winner", once.winner, it.g.sizes(), torch::kInt64, in);
    expect_close("winner of 3 x - 100, against that of x", moved.winner, once.winner, 0, in);
    expect_close("y of 3 x - 100, against 3 y - 100", moved.y, once.y * 3 - 100, 1e-10, in);
  }
}

void forward_agrees(const Functions& f) {
  for (const bool distinct : {true, false}) {
    for (const Sight& it : some_poolings(distinct)) {
      const Window& w = it.window;
      const auto [y, winner] = torch::max_pool2d_with_indices(it.x, {w.kernel_h, w.kernel_w}, w.stride, w.padding);
      expect_pooled(f, it.x, w, y, winner);
    }
  }
}

void refuses(const Functions& f) {
  for (const Window& it : {Window{2, 4, 2, 2}, Window{4, 2, 2, 2}, Window{1, 1, 1, 1}, Window{4, 1, 1, 0},
                           Window{2, 4, 1, 0}, Window{2, 2, 0, 0}})
    expect_refused("an image of 3 x 3, " + show(shown({}, it)), [&] { f.max_pool_forward(some({1, 1, 3, 3}), it); });
}

// ---- 3.2 ----

Tensor winners_of(const Sight& it) {
  const Window& w = it.window;
  return std::get<1>(torch::max_pool2d_with_indices(it.x, {w.kernel_h, w.kernel_w}, w.stride, w.padding));
}

Inputs given(const Sight& it) {
  return {{"g", it.g},
          {"winner", winners_of(it)},
          {"height", torch::tensor(it.x.size(2))},
          {"width", torch::tensor(it.x.size(3))}};
}

Tensor gradient_of(const Functions& f, const Sight& it) {
  const Tensor got = f.max_pool_backward(it.g, winners_of(it), it.x.size(2), it.x.size(3));
  expect_form("dL/dx", got, it.x.sizes(), torch::kFloat64, given(it));
  return got;
}

void backward_values(const Functions& f) {
  const Sight apart = {image({1, 5, 2, 0, 3, 4, 8, 6}, 2, 4), numbers({2, -3}, {1, 1, 1, 2}), {2, 2, 2, 0}};
  expect_close("dL/dx", gradient_of(f, apart), image({0, 2, 0, 0, 0, 0, -3, 0}, 2, 4), 1e-8, given(apart));
  const Sight overlapping = {image({1, 5, 2}, 1, 3), numbers({2, -3}, {1, 1, 1, 2}), {1, 2, 1, 0}};
  expect_close("dL/dx", gradient_of(f, overlapping), image({0, -1, 0}, 1, 3), 1e-8, given(overlapping));
  const Sight two = {numbers({1, 2, 8, 7}, {2, 1, 1, 2}), numbers({4, 6}, {2, 1, 1, 1}), {1, 2, 2, 0}};
  expect_close("dL/dx", gradient_of(f, two), numbers({0, 4, 6, 0}, {2, 1, 1, 2}), 1e-8, given(two));
}

void nothing_is_lost(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/false)) {
    expect_close("100 + the sum of dL/dx in each channel, against that of g",
                 gradient_of(f, it).sum(at::IntArrayRef{2, 3}) + 100, it.g.sum(at::IntArrayRef{2, 3}) + 100, 1e-8,
                 given(it));
  }
}

void equals_share_nothing(const Functions& f) {
  const Sight flat = {torch::ones({1, 1, 2, 4}, torch::kFloat64), numbers({2, -3}, {1, 1, 1, 2}), {2, 2, 2, 0}};
  expect_close("dL/dx of equal pixels", gradient_of(f, flat), image({2, 0, -3, 0, 0, 0, 0, 0}, 2, 4), 1e-8,
               given(flat));
}

void backward_slopes(const Functions& f) {
  for (const Sight& it : some_poolings(/*distinct=*/true)) {
    expect_slopes(
        "dL/dx", [&](const Tensor& x) { return max_pool(x, it.window); }, it.x, it.g, gradient_of(f, it), kKinked,
        shown(given(it), it.window));
  }
}

void backward_agrees(const Functions& f) {
  for (const bool distinct : {true, false}) {
    for (const Sight& it : some_poolings(distinct)) {
      const auto pool = [&](const Tensors& in) { return max_pool(in[0], it.window); };
      expect_close("dL/dx", gradient_of(f, it), autograd_of(pool, {it.x}, it.g)[0], 1e-10, given(it));
    }
  }
}

}  // namespace max_pool_laws

std::vector<Check> max_pool_checks() {
  using namespace max_pool_laws;
  const auto call = [](const Functions& f, const Tensors& in) {
    return Tensors{f.max_pool_forward(in[0], {2, 3, 2, 1}).y};
  };
  return {
      {"3.1", "values by hand", "3 x 4 pixels, with and without padding; two channels.", forward_values},
      {"3.1", "the first of equals", "Among equal pixels the first in reading order wins.", first_of_equals},
      {"3.1", "padding never wins", "Of pixels below 0, even of -inf, one wins, not the padding.", padding_never_wins},
      {"3.1", "y lies at the winner", "The pixel at winner, row W + column of its image, is y.", y_lies_at_the_winner},
      {"3.1", "order alone counts", "Of 3 x - 100 the same pixels win.", order_alone_counts},
      {"3.1", "agrees with LibTorch", "Odd sizes, overlaps, gaps, padding, equal pixels: values and winners.",
       forward_agrees},
      {"3.1", "refuses what does not fit", "A place that could see no pixel, a window that fits nowhere: a UserError.",
       refuses},
      keeps_its_contract(Pure{"3.1", "max_pool_forward", {"x"}, {"y"}, call, [] {
                                return Tensors{some({2, 2, 3, 4})};
                              }})};
}

std::vector<Check> max_pool_gradient_checks() {
  using namespace max_pool_laws;
  const auto call = [](const Functions& f, const Tensors& in) {
    return Tensors{f.max_pool_backward(in[0], in[1], 3, 4)};
  };
  const auto examples = [] { return Tensors{some({2, 1, 2, 2}), indices({1, 1, 9, 9, 0, 2, 11, 2}, {2, 1, 2, 2})}; };
  return {
      {"3.2", "values by hand", "A winner gets g; one that won twice gets both.", backward_values},
      {"3.2", "nothing is lost", "Each channel of dL/dx adds up to what its channel of g does.", nothing_is_lost},
      {"3.2", "equals share nothing", "Of equal pixels the winner gets all of g, the others nothing.",
       equals_share_nothing},
      {"3.2", "centred differences", "A gradient is the slope of the loss; no pixel is near another.", backward_slopes},
      {"3.2", "agrees with autograd", "Odd sizes, overlaps, gaps, padding, equal pixels; to 1e-10.", backward_agrees},
      keeps_its_contract(Pure{"3.2", "max_pool_backward", {"g", "winner"}, {"dL/dx"}, call, examples})};
}

}  // namespace glassbox::cnn::exercise
