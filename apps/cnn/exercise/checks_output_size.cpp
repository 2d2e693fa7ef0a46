/// Task 1.1: at how many positions a window fits.
#include "apps/cnn/exercise/checks.h"

namespace glassbox::cnn::exercise {
namespace output_size_laws {

struct Case {
  int64_t input, kernel, stride, padding, want;
};

std::string given(const Case& it) {
  return as_text("input ", it.input, ", kernel ", it.kernel, ", stride ", it.stride, ", padding ", it.padding);
}

void expect_size(const Functions& f, const Case& it) {
  const int64_t got = f.output_size(it.input, it.kernel, it.stride, it.padding);
  expect(got == it.want, given(it), ": got ", got, ", want ", it.want);
}

void values(const Functions& f) {
  for (const Case& it : {Case{3, 3, 1, 0, 1}, Case{28, 5, 1, 0, 24}, Case{28, 5, 1, 2, 28}, Case{24, 2, 2, 0, 12},
                         Case{7, 3, 2, 0, 3}, Case{8, 3, 2, 0, 3}, Case{32, 3, 2, 1, 16}, Case{224, 7, 2, 3, 112}})
    expect_size(f, it);
}

/// Walks from the left end of the padded row as long as the kernel fits.
int64_t positions(int64_t input, int64_t kernel, int64_t stride, int64_t padding) {
  int64_t count = 0;
  for (int64_t left = -padding; left + kernel <= input + padding; left += stride) ++count;
  return count;
}

void counts_positions(const Functions& f) {
  for (int64_t input = 1; input <= 9; ++input) {
    for (int64_t kernel = 1; kernel <= 5; ++kernel) {
      for (int64_t stride = 1; stride <= 4; ++stride) {
        for (int64_t padding = 0; padding <= 3; ++padding) {
          const int64_t want = positions(input, kernel, stride, padding);
          if (want > 0) expect_size(f, {input, kernel, stride, padding, want});
        }
      }
    }
  }
}

void refuses(const Functions& f) {
  for (const Case& it :
       {Case{2, 3, 1, 0, 0}, Case{2, 3, 2, 0, 0}, Case{1, 5, 1, 1, 0}, Case{1, 5, 3, 1, 0}, Case{0, 1, 1, 1, 0},
        Case{3, 0, 1, 0, 0}, Case{3, 3, 0, 0, 0}, Case{3, 3, 1, -1, 0}, Case{5, 2, 1, -1, 0}, Case{5, 2, -1, 0, 0}})
    expect_refused(given(it), [&] { f.output_size(it.input, it.kernel, it.stride, it.padding); });
}

}  // namespace output_size_laws

std::vector<Check> output_size_checks() {
  using namespace output_size_laws;
  return {{"1.1", "values by hand", "LeNet's layers and others, as with paper and pencil.", values},
          {"1.1", "counts positions", "As many positions as there are when one walks from end to end and counts.",
           counts_positions},
          {"1.1", "refuses what does not fit", "No place, no stride, no kernel: a UserError, not a number.", refuses}};
}

}  // namespace glassbox::cnn::exercise
