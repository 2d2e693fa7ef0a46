#include "common/report/plot.h"

#include <cmath>
#include <utility>

#include "common/base/atomic_file.h"
#include "common/report/png_canvas.h"
#include "common/report/svg_canvas.h"

namespace glassbox {

Figure::Figure(int width_units, int height_units, Text name, std::function<void(Canvas&)> drawing)
    : width(width_units), height(height_units), title(std::move(name)), draw(std::move(drawing)) {}

std::string to_svg(const Figure& figure, const SvgOptions& options) {
  SvgCanvas canvas(figure.width, figure.height, figure.title.en, options.bilingual);
  if (options.background) canvas.rectangle({0, 0, double(figure.width), double(figure.height)}, palette::kPaper);
  figure.draw(canvas);
  return canvas.svg();
}

void write_png(const Figure& figure, const FileAt& file) {
  PngCanvas canvas(figure.width, figure.height);
  figure.draw(canvas);
  write_file(file, canvas.png());
}

double expected_calibration_error(const std::vector<ReliabilityBin>& bins) {
  double samples = 0, error = 0;
  for (const ReliabilityBin& bin : bins) {
    if (bin.count <= 0) continue;
    samples += double(bin.count);
    error += double(bin.count) * std::abs(bin.confidence - bin.accuracy);
  }
  return samples > 0 ? error / samples : 0;
}

}  // namespace glassbox
