/// Threads of LibTorch, OpenMP, OpenBLAS and OpenCV, on a machine that other programs use too.
#pragma once

#include <cstdint>
#include <string>

namespace glassbox {

int64_t core_count();  ///< cores this process may use

/// The most threads that OpenMP really gives, up to core_count(): fewer under OMP_THREAD_LIMIT.
int64_t usable_threads();

/// "OMP_THREAD_LIMIT=1" if that variable is why usable_threads() is less than core_count(); else empty.
std::string thread_limit();

/// Sets all of them to `threads` >= 1. LibTorch comes up with half the cores otherwise.
/// Throws UserError if OpenMP gives fewer: OpenBLAS and oneDNN share out their work before they know how many came, and
/// wait for the rest for ever. Teams that OpenMP sizes by the load (OMP_DYNAMIC), none at all
/// (OMP_MAX_ACTIVE_LEVELS=0) and teams inside teams (OMP_NESTED) are switched off.
/// With more than one thread it also begins to watch how crowded the machine is. GNU's OpenMP lets a thread that waits
/// for the others spin for milliseconds, which is best while the cores are free (1.5 times the speed of short
/// spinning). But once another program wants a core, the spinning uses up the time slices, the threads wait for each
/// other in turn, and training was seen to become 10 to 50 times slower. libgomp spins for microseconds only while it
/// manages more threads than there are cores (see GOMP_SPINCOUNT in its manual), so as long as the machine is crowded a
/// second, sleeping team of threads is kept.
void set_threads(int64_t threads);

}  // namespace glassbox
