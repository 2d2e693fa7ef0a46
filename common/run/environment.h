/// What a run was made with: versions, processor, BLAS, threads, commit.
#pragma once

#include <string>

namespace glassbox {

/// The BLAS library whose sgemm this process calls.
struct Blas {
  std::string name;         ///< "OpenBLAS 0.3.21, OpenMP threads"
  std::string file;         ///< the shared object, links resolved
  bool recommended = true;  ///< false: slow beside LibTorch; `remedy` says what to do
  std::string remedy;
};
Blas find_blas();

std::string version_text();  ///< "Glassbox 0.1.0 (commit), LibTorch 1.13.1, OpenCV 4.6.0, GCC 12.2.0"
std::string torch_version();
std::string processor_name();  ///< "Intel(R) Xeon(R) Processor"
std::string commit();          ///< of the sources, "unknown" outside git

}  // namespace glassbox
