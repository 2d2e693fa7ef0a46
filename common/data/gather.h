/// The copy from a table of bytes to a batch of floats: one pass over memory.
#pragma once

#include <cstdint>

namespace glassbox {

/// out[i][c][j] = table[indices[i]][c][j] * scale[c] + shift[c], for i < rows, c < channels and j < plane (the pixels
/// of one channel). The caller has checked the indices.
void gather_bytes(const uint8_t* table, const int64_t* indices, int64_t rows, int64_t channels, int64_t plane,
                  const float* scale, const float* shift, float* out);

}  // namespace glassbox
