/// The copy from a table of bytes to a batch of floats: one pass over memory.
#pragma once

#include <cstdint>

namespace glassbox {

/// out[i][j] = table[places[i]][j] * scale + shift, for i < rows and j < width. The caller has checked the places.
void gather_bytes(const uint8_t* table, const int64_t* places, int64_t rows, int64_t width, float scale, float shift,
                  float* out);

}  // namespace glassbox
