#include "apps/cnn/onnx.h"

#include <onnx/onnx_pb.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/dnn.hpp>

#include "common/base/error.h"

namespace glassbox::cnn {
namespace {

using torch::Tensor;

/// Nodes are added one behind the other; `last` is the name of what the newest gives.
class Graph {
 public:
  explicit Graph(onnx::GraphProto& graph) : graph_(graph) {}

  std::string last = "input";

  /// A weight of the model. Returns its name in the graph.
  std::string weight(const std::string& name, const Tensor& value) {
    const Tensor own = value.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const int64_t side : own.sizes()) tensor.add_dims(side);
    tensor.set_raw_data(own.data_ptr(), own.nbytes());
    return name;
  }

  /// A list of int64. Returns its name in the graph.
  std::string whole_numbers(const std::string& name, const std::vector<int64_t>& values) {
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(int64_t(values.size()));
    for (const int64_t value : values) tensor.add_int64_data(value);
    return name;
  }

  onnx::NodeProto& node(const std::string& kind, const std::vector<std::string>& inputs) {
    onnx::NodeProto& node = *graph_.add_node();
    node.set_op_type(kind);
    node.set_name(as_text(kind, "_", graph_.node_size()));
    for (const std::string& input : inputs) node.add_input(input);
    last = node.name();
    node.add_output(last);
    return node;
  }

 private:
  onnx::GraphProto& graph_;
};

void set_numbers(onnx::NodeProto& node, const std::string& name, const std::vector<int64_t>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const int64_t value : values) attribute.add_ints(value);
}

void set_number(onnx::NodeProto& node, const std::string& name, int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void set_real(onnx::NodeProto& node, const std::string& name, double value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(float(value));
}

void add_conv(Graph& graph, const std::string& name, const Tensor& weight, const Tensor& bias, int64_t stride,
              int64_t padding) {
  std::vector<std::string> inputs = {graph.last, graph.weight(name + ".weight", weight)};
  if (bias.defined()) inputs.push_back(graph.weight(name + ".bias", bias));
  onnx::NodeProto& node = graph.node("Conv", inputs);
  set_numbers(node, "kernel_shape", {weight.size(2), weight.size(3)});
  set_numbers(node, "strides", {stride, stride});
  set_numbers(node, "pads", {padding, padding, padding, padding});
}

void add_norm(Graph& graph, const std::string& name, const torch::nn::BatchNorm2dImpl& norm) {
  onnx::NodeProto& node = graph.node(
      "BatchNormalization",
      {graph.last, graph.weight(name + ".weight", norm.weight), graph.weight(name + ".bias", norm.bias),
       graph.weight(name + ".running_mean", norm.running_mean), graph.weight(name + ".running_var", norm.running_var)});
  set_real(node, "epsilon", norm.options.eps());
}

void add_activation(Graph& graph, const LayerLine& line) {
  const std::string x = graph.last;
  if (line.mode == "relu") {
    graph.node("Relu", {x});
  } else if (line.mode == "leaky_relu") {
    set_real(graph.node("LeakyRelu", {x}), "alpha", 0.01);
  } else if (line.mode == "tanh") {
    graph.node("Tanh", {x});
  } else if (line.mode == "sigmoid") {
    graph.node("Sigmoid", {x});
  } else if (line.mode == "silu") {
    graph.node("Sigmoid", {x});
    graph.node("Mul", {x, graph.last});
  } else {  // gelu: x (1 + erf(x / sqrt 2)) / 2
    const auto number = [&](const std::string& what, double value) {
      return graph.weight(line.name + what, torch::tensor({value}));
    };
    graph.node("Mul", {x, number(".inverse_root_2", std::sqrt(0.5))});
    graph.node("Erf", {graph.last});
    graph.node("Add", {graph.last, number(".one", 1)});
    graph.node("Mul", {graph.last, x});
    graph.node("Mul", {graph.last, number(".half", 0.5)});
  }
}

void add_pool(Graph& graph, const LayerLine& line) {
  const bool max = line.mode == "max";
  if (line.kernel_h == 0) {
    graph.node(max ? "GlobalMaxPool" : "GlobalAveragePool", {graph.last});
    return;
  }
  const int64_t p = line.padding;
  // The zeros around an image count for an average here. OpenCV would leave them out: they are put there first.
  if (!max && p > 0)
    graph.node("Pad", {graph.last, graph.whole_numbers(line.name + ".pads", {0, 0, p, p, 0, 0, p, p})});
  onnx::NodeProto& node = graph.node(max ? "MaxPool" : "AveragePool", {graph.last});
  set_numbers(node, "kernel_shape", {line.kernel_h, line.kernel_w});
  set_numbers(node, "strides", {line.stride, line.stride});
  if (max) set_numbers(node, "pads", {p, p, p, p});
}

/// A padded shortcut is a 1x1 convolution whose kernels pick one input each, or none.
Tensor picking_kernels(int64_t inputs, int64_t outputs) {
  const Tensor kernels = torch::zeros({outputs, inputs, 1, 1});
  const int64_t before = (outputs - inputs) / 2;
  for (int64_t c = 0; c < inputs; ++c) kernels[before + c][c][0][0] = 1;
  return kernels;
}

void add_residual(Graph& graph, const std::string& name, const ResidualImpl& block, int64_t inputs,
                  const LayerLine& line) {
  const std::string x = graph.last;
  add_conv(graph, name + ".conv1", block.conv1->weight, {}, line.stride, 1);
  add_norm(graph, name + ".bn1", *block.bn1);
  graph.node("Relu", {graph.last});
  add_conv(graph, name + ".conv2", block.conv2->weight, {}, 1, 1);
  add_norm(graph, name + ".bn2", *block.bn2);
  const std::string y = graph.last;
  graph.last = x;
  if (block.downsample_conv) {
    add_conv(graph, name + ".downsample.0", block.downsample_conv->weight, {}, line.stride, 0);
    add_norm(graph, name + ".downsample.1", *block.downsample_norm);
  } else if (line.stride != 1 || line.outputs != inputs) {
    add_conv(graph, name + ".shortcut", picking_kernels(inputs, line.outputs), {}, line.stride, 0);
  }
  graph.node("Add", {y, graph.last});
  graph.node("Relu", {graph.last});
}

void add_layer(Graph& graph, const Layer& layer, const std::vector<int64_t>& in) {
  const LayerLine& line = layer.line;
  if (layer.conv) {
    add_conv(graph, line.name, layer.conv->weight, layer.conv->bias, line.stride, line.padding);
  } else if (layer.norm) {
    add_norm(graph, line.name, *layer.norm);
  } else if (layer.residual) {
    add_residual(graph, line.name, *layer.residual, in[0], line);
  } else if (layer.linear) {
    if (in.size() == 3) set_number(graph.node("Flatten", {graph.last}), "axis", 1);
    std::vector<std::string> inputs = {graph.last, graph.weight(line.name + ".weight", layer.linear->weight)};
    if (line.bias) inputs.push_back(graph.weight(line.name + ".bias", layer.linear->bias));
    set_number(graph.node("Gemm", inputs), "transB", 1);
  } else if (line.kind == "pool") {
    add_pool(graph, line);
  } else if (line.kind == "act") {
    add_activation(graph, line);
  } else if (line.kind == "scale") {
    graph.node("Mul", {graph.last, graph.weight(line.name + ".factor", torch::tensor({line.number}))});
  }  // dropout does nothing outside training
}

void describe_value(onnx::ValueInfoProto& value, const std::string& name, const std::vector<int64_t>& shape) {
  value.set_name(name);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto::FLOAT);
  tensor.mutable_shape()->add_dim()->set_dim_param("N");
  for (const int64_t side : shape) tensor.mutable_shape()->add_dim()->set_dim_value(side);
}

template <typename Values>
std::string as_json(const Values& values) {
  return nlohmann::json(values).dump();
}

}  // namespace

std::string to_onnx(const NetworkImpl& model, const DatasetInfo& info) {
  onnx::ModelProto file;
  file.set_ir_version(7);
  file.set_producer_name("Glassbox");
  file.add_opset_import()->set_version(13);
  const std::vector<std::pair<std::string, std::string>> about = {
      {"classes", as_json(info.classes)}, {"mean", as_json(info.mean)}, {"std", as_json(info.std)}};
  for (const auto& [key, text] : about) {
    onnx::StringStringEntryProto& entry = *file.add_metadata_props();
    entry.set_key(key);
    entry.set_value(text);
  }
  onnx::GraphProto& proto = *file.mutable_graph();
  proto.set_name(model.config().name);
  describe_value(*proto.add_input(), "input", model.sample());
  Graph graph(proto);
  std::vector<int64_t> shape = model.sample();
  for (const Layer& layer : model.layers()) {
    add_layer(graph, layer, shape);
    shape = layer.out;
  }
  graph.node("Identity", {graph.last});
  proto.mutable_node(proto.node_size() - 1)->set_output(0, "logits");
  describe_value(*proto.add_output(), "logits", shape);
  return file.SerializeAsString();
}

double difference_to_opencv(NetworkImpl& model, const std::string& onnx, const Tensor& x) {
  const c10::InferenceMode no_graph;
  try {
    cv::dnn::Net net = cv::dnn::readNetFromONNX(onnx.data(), onnx.size());
    const Tensor input = x.to(torch::kCPU, torch::kFloat32).contiguous();
    const std::vector<int> sides(input.sizes().begin(), input.sizes().end());
    net.setInput(cv::Mat(sides, CV_32F, input.data_ptr()));
    const cv::Mat logits = net.forward();
    const Tensor theirs = torch::from_blob(logits.data, {logits.rows, logits.cols}, torch::kFloat32).clone();
    return (theirs - model.forward(x).cpu().to(torch::kFloat32)).abs().max().item<double>();
  } catch (const cv::Exception& problem) {
    fail("reading the exported network with OpenCV's dnn: ", problem.err, " (", problem.func, ")");
  }
}

}  // namespace glassbox::cnn
