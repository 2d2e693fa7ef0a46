/// Threads of LibTorch, OpenMP, OpenBLAS and OpenCV, on a machine that other programs use too.
#pragma once

#include <cstdint>

namespace glassbox {

int64_t core_count();  ///< cores this process may use

/// Sets all of them to `threads` >= 1. LibTorch comes up with half the cores otherwise.
/// With more than one thread it also begins to watch how crowded the machine is. GNU's OpenMP lets a thread that waits
/// for the others spin for milliseconds, which is best while the cores are free (1.5 times the speed of short
/// spinning). But once another program wants a core, the spinning uses up the time slices, the threads wait for each
/// other in turn, and training was seen to become 10 to 50 times slower. libgomp spins for microseconds only while it
/// manages more threads than there are cores (see GOMP_SPINCOUNT in its manual), so as long as the machine is crowded a
/// second, sleeping team of threads is kept.
void set_threads(int64_t threads);

}  // namespace glassbox
