/// A network as an ONNX model, which OpenCV's dnn, ONNX Runtime and browsers run.
#pragma once

#include <string>

#include "apps/cnn/model.h"

namespace glassbox::cnn {

/// The bytes of an ONNX file (operator set 13): input "input" float32 [N, C, H, W] normalised as in training, output
/// "logits" float32 [N, K]. Dropout is left out, batch norm uses its running figures. Classes, means and standard
/// deviations are in the file's metadata, as JSON lists.
std::string to_onnx(const NetworkImpl& model, const DatasetInfo& info);

/// The largest |difference| between the model's logits and those of OpenCV's dnn for `onnx`, over x [N, C, H, W].
/// Throws UserError if OpenCV cannot read it.
double difference_to_opencv(NetworkImpl& model, const std::string& onnx, const torch::Tensor& x);

}  // namespace glassbox::cnn
