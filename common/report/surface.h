/// Pixels in the hands of cairo, which draws on them and writes PNG files.
#pragma once

#include <cairo.h>

#include <memory>
#include <string>

#include "common/report/canvas.h"

namespace glassbox {

struct DestroySurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using Surface = std::unique_ptr<cairo_surface_t, DestroySurface>;

/// A copy. Throws std::logic_error as check_raster() does.
Surface surface_of(const Raster& raster);

/// The bytes of a PNG file. Throws std::logic_error if cairo reports one.
std::string png_of(cairo_surface_t* surface);

}  // namespace glassbox
