/// What the machine has, asked before much of it is taken: an allocation that cannot be met is often a kill, not an
/// error.
#pragma once

#include <cstdint>
#include <string>

namespace glassbox {

/// Bytes this process may still take: free memory and what the kernel gives back on demand, less under a control
/// group's limit or ulimit -v. The largest number where the kernel tells nothing.
uint64_t free_memory();

/// True under ulimit -v.
bool address_space_is_limited();

/// Throws UserError "DOING: want at most F of memory, which is free here, got N for WHAT" if `bytes` is more than that.
void require_memory(uint64_t bytes, const std::string& doing, const std::string& what);

/// "1.5 GB", "20 kB".
std::string bytes_text(uint64_t bytes);

}  // namespace glassbox
