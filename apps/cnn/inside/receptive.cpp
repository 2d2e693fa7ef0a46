#include "apps/cnn/inside/receptive.h"

namespace glassbox::cnn {

std::vector<ReceptiveField> receptive_fields(const NetworkImpl& model) {
  std::vector<ReceptiveField> fields;
  ReceptiveField field;
  for (const Layer& layer : model.layers()) {
    const LayerLine& line = layer.line;
    if (layer.linear || (layer.is("pool") && line.kernel_h == 0)) {
      field = {{model.sample()[1], 0, 0}, {model.sample()[2], 0, 0}, /*everything=*/true};
    } else if (layer.residual) {
      for (Field* side : {&field.y, &field.x}) {
        side->add(3, line.stride, 1);
        side->add(3, 1, 1);
      }
    } else if (layer.conv || layer.is("pool")) {
      field.y.add(line.kernel_h, line.stride, line.padding);
      field.x.add(line.kernel_w, line.stride, line.padding);
    }
    fields.push_back(field);
  }
  return fields;
}

}  // namespace glassbox::cnn
