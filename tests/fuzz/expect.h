/// A property that must hold for every input; the fuzzer takes the abort for a finding and keeps the input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace glassbox {

inline void expect(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken property: %s\n", property);
  std::abort();
}

}  // namespace glassbox
