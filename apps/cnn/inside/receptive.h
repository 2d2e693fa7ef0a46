/// Receptive fields: which pixels of the image an output can see.
#pragma once

#include <cstdint>
#include <vector>

#include "apps/cnn/model.h"

namespace glassbox::cnn {

/// Along one side of the image: output i sees the pixels first + i * jump ... first + i * jump + size - 1, as far as
/// they are in the image. For a layer with kernel k, stride s and padding p behind a field:
///   first -= p * jump,  size += (k - 1) * jump,  jump *= s     (each with the jump before it)
struct Field {
  int64_t size = 1, jump = 1, first = 0;
  void add(int64_t kernel, int64_t stride, int64_t padding) {
    first -= padding * jump;
    size += (kernel - 1) * jump;
    jump *= stride;
  }
};

struct ReceptiveField {
  Field y, x;
  bool everything = false;  ///< from the first linear layer or pooling over the whole image on
};

/// Of what each layer gives. In a residual block the way through its two convolutions sees more than the shortcut.
std::vector<ReceptiveField> receptive_fields(const NetworkImpl& model);

}  // namespace glassbox::cnn
