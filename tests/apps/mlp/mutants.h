/// Seeded wrong solutions of assignment 1.
#pragma once

#include "apps/mlp/exercise/checks.h"
#include "tests/common/exercise/mutants.h"

namespace glassbox::mlp::exercise {

using Mutant = MutantOf<Functions>;

/// Task 8 is the whole network.
inline void expect_rejected(const Mutant& mutant) { expect_rejected(mutant, all_checks(), /*network_task=*/'8'); }

class Rejected : public testing::TestWithParam<Mutant> {};

inline std::string name_of(const testing::TestParamInfo<Mutant>& info) { return info.param.name; }

}  // namespace glassbox::mlp::exercise
