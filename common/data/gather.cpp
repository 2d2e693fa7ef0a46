#include "common/data/gather.h"

#include "common/base/vector_width.h"

namespace glassbox {

GLASSBOX_EACH_VECTOR_WIDTH
void gather_bytes(const uint8_t* table, const int64_t* indices, int64_t rows, int64_t channels, int64_t plane,
                  const float* scale, const float* shift, float* out) {
  const int64_t width = channels * plane;
  for (int64_t i = 0; i < rows; ++i) {
    // The rows lie anywhere in the table: memory is asked for the one after the next while this one is copied.
    if (i + 2 < rows) {
      const uint8_t* soon = table + indices[i + 2] * width;
      for (int64_t j = 0; j < width; j += 64) __builtin_prefetch(soon + j);
    }
    for (int64_t c = 0; c < channels; ++c) {
      const uint8_t* from = table + indices[i] * width + c * plane;
      float* to = out + i * width + c * plane;
      const float own_scale = scale[c], own_shift = shift[c];
      for (int64_t j = 0; j < plane; ++j) to[j] = float(from[j]) * own_scale + own_shift;
    }
  }
}

}  // namespace glassbox
