#include "common/report/surface.h"

#include <cstdint>
#include <stdexcept>

namespace glassbox {
namespace {

cairo_status_t append(void* file, const unsigned char* bytes, unsigned count) {
  static_cast<std::string*>(file)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Surface surface_of(const Raster& raster) {
  check_raster(raster);
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, raster.width, raster.height));
  unsigned char* row = cairo_image_surface_get_data(surface.get());
  if (row == nullptr) throw std::logic_error("surface_of: cairo has no room for so many pixels");
  const uint8_t* rgb = raster.rgb.data();
  for (int y = 0; y < raster.height; ++y, row += cairo_image_surface_get_stride(surface.get())) {
    auto* pixels = reinterpret_cast<uint32_t*>(row);  // 0x00RRGGBB each
    for (int x = 0; x < raster.width; ++x, rgb += 3)
      pixels[x] = uint32_t(rgb[0]) << 16 | uint32_t(rgb[1]) << 8 | rgb[2];
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

std::string png_of(cairo_surface_t* surface) {
  std::string file;
  const cairo_status_t status = cairo_surface_write_to_png_stream(surface, append, &file);
  if (status != CAIRO_STATUS_SUCCESS) throw std::logic_error(std::string("PNG: ") + cairo_status_to_string(status));
  return file;
}

}  // namespace glassbox
