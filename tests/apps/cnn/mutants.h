/// Seeded wrong solutions of assignment 2.
#pragma once

#include <vector>

#include "apps/cnn/exercise/checks.h"
#include "tests/common/exercise/mutants.h"

namespace glassbox::cnn::exercise {

using Mutant = MutantOf<Functions>;

/// By the checks of its own task. That the others do not call its function is a test of its own.
inline void expect_rejected(const Mutant& mutant) {
  std::vector<Check> own;
  for (const Check& check : all_checks()) {
    if (check.task == mutant.task) own.push_back(check);
  }
  expect_rejected(mutant, own, /*network_task=*/'5');
}

class Rejected : public testing::TestWithParam<Mutant> {};

inline std::string name_of(const testing::TestParamInfo<Mutant>& info) { return info.param.name; }

}  // namespace glassbox::cnn::exercise
