/// OpenBLAS on processors that are younger than it.
#pragma once

namespace glassbox {

/// OpenBLAS has code for each kind of processor. One that it does not know gets that of a Pentium 4 (its core
/// "Prescott"): a tenth of the speed. Only the environment can tell it otherwise, before it is loaded. So where
/// OpenBLAS chose that core and the processor has AVX-512 or AVX2, this starts the program again with
/// OPENBLAS_CORETYPE=SkylakeX or Haswell; it then does not return. Whoever has set the variable keeps what they chose.
void use_fitting_blas_core(char** argv);

}  // namespace glassbox
