/// Task 7: gradient descent, momentum, Adam.
#include <torch/optim/adam.h>
#include <torch/optim/sgd.h>

#include "apps/mlp/exercise/checks.h"

namespace glassbox::mlp::exercise {
namespace optimizers_laws {

/// One of the three rules with its memories, so that the checks can treat them alike.
struct Rule {
  std::string task, name;
  std::vector<std::string> memories;
  /// One step; `memories` are moved in place. `step` counts from 1.
  std::function<void(const Functions&, Tensor& w, const Tensor& g, Tensors& memories, int64_t step)> step;
  std::function<std::unique_ptr<torch::optim::Optimizer>(Tensor& w)> reference;
  Tensor first, second;  ///< w after the gradients kFirst and kSecond
  Tensors first_memory, second_memory;
};

const AdamRates kRates = {0.1, 0.8, 0.9, 0.05};  // an epsilon that shows

Tensor three(std::vector<double> values) { return numbers(std::move(values), {3}); }
Tensor begin() { return three({1, -2, 0.5}); }

Rule sgd() {
  const auto step = [](const Functions& f, Tensor& w, const Tensor& g, Tensors&, int64_t) { f.sgd_step(w, g, 0.1); };
  const auto reference = [](Tensor& w) { return std::make_unique<torch::optim::SGD>(std::vector<Tensor>{w}, 0.1); };
  return {"7.1", "sgd_step", {}, step, reference, three({0.95, -1.9, 0.3}), three({0.975, -2.2, 0.29}), {}, {}};
}

Rule momentum() {
  const auto step = [](const Functions& f, Tensor& w, const Tensor& g, Tensors& memories, int64_t) {
    f.momentum_step(w, g, memories[0], 0.1, 0.9);
  };
  const auto reference = [](Tensor& w) {
    return std::make_unique<torch::optim::SGD>(std::vector<Tensor>{w}, torch::optim::SGDOptions(0.1).momentum(0.9));
  };
  return {"7.2",
          "momentum_step",
          {"velocity"},
          step,
          reference,
          three({0.95, -1.9, 0.3}),
          three({0.93, -2.11, 0.11}),
          {three({0.5, -1, 2})},
          {three({0.2, 2.1, 1.9})}};
}

Rule adam() {
  const auto step = [](const Functions& f, Tensor& w, const Tensor& g, Tensors& memories, int64_t step_number) {
    f.adam_step(w, g, memories[0], memories[1], step_number, kRates);
  };
  const auto reference = [](Tensor& w) {
    return std::make_unique<torch::optim::Adam>(
        std::vector<Tensor>{w},
        torch::optim::AdamOptions(kRates.learning_rate).betas({kRates.beta1, kRates.beta2}).eps(kRates.epsilon));
  };
  return {"7.3",
          "adam_step",
          {"m", "v"},
          step,
          reference,
          three({0.909090909091, -1.90476190476, 0.40243902439}),
          three({0.890108083422, -1.95715802812, 0.336320204661}),
          {three({0.1, -0.2, 0.4}), three({0.025, 0.1, 0.4})},
          {three({0.03, 0.44, 0.34}), three({0.02875, 0.99, 0.361})}};
}

Tensors empty_memories(const Rule& rule, const Tensor& w) {
  Tensors memories;
  for (size_t i = 0; i < rule.memories.size(); ++i) memories.push_back(torch::zeros_like(w));
  return memories;
}

void values(const Rule& rule, const Functions& f) {
  Tensor w = begin();
  Tensors memories = empty_memories(rule, w);
  const Tensor gradients[] = {three({0.5, -1, 2}), three({-0.25, 3, 0.1})};
  for (int64_t step = 1; step <= 2; ++step) {
    const Inputs in = {{"the first w", begin()}, {"g of step 1", gradients[0]}, {"g of step 2", gradients[1]}};
    rule.step(f, w, gradients[step - 1], memories, step);
    const Tensors& want = step == 1 ? rule.first_memory : rule.second_memory;
    for (size_t i = 0; i < memories.size(); ++i) {
      expect_close(as_text(rule.memories[i], " after step ", step), memories[i], want[i], 1e-8, in);
    }
    expect_close(as_text("w after step ", step), w, step == 1 ? rule.first : rule.second, 1e-8, in);
  }
}

void ten_steps(const Rule& rule, const Functions& f) {
  for (const auto& shape : std::vector<std::vector<int64_t>>{{1}, {3, 2}, {17, 11}}) {
    Tensor w = some(shape), theirs = w.clone().requires_grad_();
    Tensors memories = empty_memories(rule, w);
    const auto optimizer = rule.reference(theirs);
    for (int64_t step = 1; step <= 10; ++step) {
      const Tensor g = some(shape);
      theirs.mutable_grad() = g.clone();
      optimizer->step();
      rule.step(f, w, g, memories, step);
      expect_close(
          as_text("w of the shape ", at::IntArrayRef(shape), " after step ", step, " of 10, against LibTorch's"), w,
          theirs.detach(), 1e-8, {});
    }
  }
}

void in_place(const Rule& rule, const Functions& f) {
  for (const auto type : {torch::kFloat64, torch::kFloat32}) {
    Tensor w = some({4, 3}).to(type);
    const Tensor g = some({4, 3}).to(type), same = w, before = w.clone(), gradient = g.clone();
    Tensors memories = empty_memories(rule, w);
    const Tensors same_memories = memories;
    for (int64_t step = 1; step <= 2; ++step) rule.step(f, w, g, memories, step);
    expect(w.is_same(same), "w is another tensor than before: the network still holds the old one");
    expect(!same.equal(before), "w did not move");
    expect_close("g, which stays as it is", g, gradient, 0, {});
    for (size_t i = 0; i < memories.size(); ++i) {
      expect(memories[i].is_same(same_memories[i]), rule.memories[i], " is another tensor than before");
      expect(memories[i].abs().max().item<double>() > 0, rule.memories[i], " did not move");
    }
    expect_form("w", w, {4, 3}, type, {});
  }
}

/// A view into a larger tensor: what lies between its numbers is not the optimizer's.
void touches_nothing_else(const Rule& rule, const Functions& f) {
  const Tensor all = some({6, 4}), before = all.clone();
  Tensor w = all.narrow(1, 1, 2), compact = w.clone();
  const Tensor g = some({2, 6}).t();
  Tensors memories = empty_memories(rule, w), compact_memories = empty_memories(rule, compact);
  rule.step(f, w, g, memories, 1);
  rule.step(f, compact, g.clone(at::MemoryFormat::Contiguous), compact_memories, 1);
  expect_close("w, a view of two columns, against the same step on a tensor of its own", w, compact, 1e-10, {});
  expect_close("the columns left and right of w", torch::cat({all.narrow(1, 0, 1), all.narrow(1, 3, 1)}, 1),
               torch::cat({before.narrow(1, 0, 1), before.narrow(1, 3, 1)}, 1), 0, {});
}

/// A gradient of zero moves nothing that never moved.
void rests_at_zero(const Rule& rule, const Functions& f) {
  Tensor w = begin();
  Tensors memories = empty_memories(rule, w);
  const Tensor g = torch::zeros_like(w);
  for (int64_t step = 1; step <= 3; ++step) rule.step(f, w, g, memories, step);
  expect_close("w after three steps with the gradient 0", w, begin(), 0, {{"w", begin()}});
}

void add_checks(const Rule& made, std::vector<Check>& checks) {
  using Law = void (*)(const Rule&, const Functions&);
  const auto add = [&](const std::string& name, const std::string& law, Law hold) {
    checks.push_back({made.task, made.name + ": " + name, law, [made, hold](const Functions& f) { hold(made, f); }});
  };
  add("values by hand", "Two steps of three numbers.", values);
  add("rests at zero", "Where the slope is 0 from the start, nothing moves.", rests_at_zero);
  add("works in place", "w and the memories are moved where they are, in their type; the gradient stays.", in_place);
  add("touches nothing else", "A view is moved as a tensor of its own is, and nothing beside it.",
      touches_nothing_else);
  add("ten steps", "Ten steps are those of LibTorch's optimizer, to 1e-8.", ten_steps);
}

}  // namespace optimizers_laws

std::vector<Check> optimizer_checks() {
  using namespace optimizers_laws;
  std::vector<Check> checks;
  for (const auto& rule : {sgd, momentum, adam}) add_checks(rule(), checks);
  return checks;
}

}  // namespace glassbox::mlp::exercise
