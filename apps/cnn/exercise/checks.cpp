#include "apps/cnn/exercise/checks.h"

#include "apps/cnn/exercise/assignment.h"

namespace glassbox::cnn::exercise {

const std::vector<TaskPoints>& task_points() {
  static const std::vector<TaskPoints> table = {{"1.1", "the size of the output", 2},
                                                {"1.2", "convolution by loops", 6},
                                                {"2.1", "image to columns", 5},
                                                {"2.2", "columns to image", 5},
                                                {"2.3", "convolution by matrices", 3},
                                                {"2.4", "convolution, backward", 8},
                                                {"3.1", "max pooling", 5},
                                                {"3.2", "max pooling, backward", 4},
                                                {"3.3", "average pooling", 2},
                                                {"3.4", "average pooling, backward", 3},
                                                {"4.1", "folding a batch norm", 4},
                                                {"5.1", "LeNet: first loss", 1},
                                                {"5.2", "LeNet: gradients", 1},
                                                {"5.3", "LeNet: learns by heart", 1}};
  return table;
}

std::vector<Check> all_checks() {
  std::vector<Check> all;
  for (const auto& list :
       {output_size_checks, direct_convolution_checks, im2col_checks, col2im_checks, matrix_convolution_checks,
        convolution_gradient_checks, max_pool_checks, max_pool_gradient_checks, average_pool_checks,
        average_pool_gradient_checks, folding_checks, network_checks}) {
    const std::vector<Check> checks = list();
    all.insert(all.end(), checks.begin(), checks.end());
  }
  return all;
}

CheckProgram assignment() {
  static const Functions linked;
  return {"cnn", "are convolution and pooling right?", task_points(), bind_all(all_checks(), linked)};
}

}  // namespace glassbox::cnn::exercise
