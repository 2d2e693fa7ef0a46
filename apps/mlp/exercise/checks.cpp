#include "apps/mlp/exercise/checks.h"

#include "apps/mlp/exercise/assignment.h"

namespace glassbox::mlp::exercise {

const std::vector<TaskPoints>& task_points() {
  static const std::vector<TaskPoints> table = {{"1.1", "perceptron update", 4},
                                                {"2.1", "linear, forward", 2},
                                                {"2.2", "linear, backward", 5},
                                                {"3.1", "relu", 2},
                                                {"3.2", "leaky relu", 1},
                                                {"3.3", "tanh", 1},
                                                {"3.4", "sigmoid", 1},
                                                {"3.5", "gelu", 3},
                                                {"4.1", "softmax", 3},
                                                {"4.2", "cross-entropy, forward", 3},
                                                {"4.3", "cross-entropy, backward", 4},
                                                {"5.1", "dropout's mask", 2},
                                                {"5.2", "dropout", 2},
                                                {"6.1", "batch norm in training", 3},
                                                {"6.2", "batch norm in evaluation", 1},
                                                {"6.3", "batch norm, backward", 4},
                                                {"7.1", "gradient descent", 1},
                                                {"7.2", "momentum", 2},
                                                {"7.3", "Adam", 3},
                                                {"8.1", "the network: first loss", 1},
                                                {"8.2", "the network: learns by heart", 2}};
  return table;
}

std::vector<Check> all_checks() {
  std::vector<Check> all;
  for (const auto& list :
       {perceptron_checks, linear_checks, activation_checks, softmax_checks, cross_entropy_checks, dropout_checks,
        batch_norm_checks, batch_norm_gradient_checks, optimizer_checks, network_checks}) {
    const std::vector<Check> checks = list();
    all.insert(all.end(), checks.begin(), checks.end());
  }
  return all;
}

CheckProgram assignment() {
  static const Functions linked;
  return {"mlp", "is the backward pass right?", task_points(), bind_all(all_checks(), linked)};
}

}  // namespace glassbox::mlp::exercise
