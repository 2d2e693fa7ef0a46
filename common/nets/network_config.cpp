#include "common/nets/network_config.h"

#include "common/base/error.h"
#include "common/nets/layers.h"

namespace glassbox {

void NetworkConfig::read(ConfigReader json) {
  json.field(
      "name", name, one_of({"lenet5", "small_vgg", "resnet20", "fast", "layers"}),
      "lenet5 = LeCun 1998; small_vgg = Simonyan 2015, small; resnet20 = He 2015; fast = after Jordan 2024; layers "
      "= those listed in \"layers\"");
  json.field(
      "layers", layers, any_text(),
      "layers: a line each, \"conv 6 5x5 padding 2\", \"pool max 2x2\", \"norm\", \"act relu\", \"dropout 0.5\", "
      "\"residual 16 stride 2\", \"linear classes\"");
  if (layers.size() > kMostLayers)
    json.problem("layers", as_text("want at most ", kMostLayers, " layers, got ", layers.size()));
  json.field("widths", widths, between(1, 4096), "small_vgg, fast: channels of each stage; a stage halves the image");
  json.field("shortcut", shortcut, one_of({"pad", "conv"}), "resnet20: option A (pad) or B (conv) of He 2015");
  json.field("whiten", whiten,
             "fast: fixed filters make patches uncorrelated first; false = a convolution that learns");
  json.field("dirac", dirac, "fast: convolutions begin as the identity, as far as they can");
  json.field("activation", activation, one_of(activations()), "fast: the function behind each convolution");
  json.field("dropout", dropout, from_below(0, 1),
             "small_vgg, fast: fraction silenced before the last layer; small_vgg: half of it behind each pool, too");
  json.field("layout", layout, one_of({"auto", "channels_last", "channels_first", "batch_last"}),
             "order of an image's numbers in memory; auto = batch_last for few channels, channels_first for bf16, else "
             "channels_last");
  json.field("precision", precision, one_of({"float32", "bf16", "float64"}),
             "bf16: convolutions and linear layers in bfloat16, sums and weights in float32");
  if ((name == "layers") == layers.empty()) {
    json.problem("layers", name == "layers" ? "want at least one line with model.name \"layers\", got none"
                                            : "want model.name \"layers\" with a list of layers, got \"" + name + "\"");
  }
  if ((name == "small_vgg" || name == "fast") && widths.empty()) json.problem("widths", "want at least one, got none");
  for (const std::string& line : layers) {
    try {
      parse_layer(line, "");
    } catch (const UserError& problem) {
      json.problem("layers", problem.what());
    }
  }
}

std::vector<std::string> NetworkConfig::ignored_fields() const {
  const NetworkConfig usual;
  const bool is_fast = name == "fast", has_widths = is_fast || name == "small_vgg";
  std::vector<std::string> ignored;
  const auto note = [&](const char* field, bool is_read, bool is_usual) {
    if (!is_read && !is_usual) ignored.push_back(as_text("model.", field, ": ", name, " does not read it"));
  };
  note("widths", has_widths, widths == usual.widths);
  note("dropout", has_widths, dropout == usual.dropout);
  note("shortcut", name == "resnet20", shortcut == usual.shortcut);
  note("whiten", is_fast, whiten == usual.whiten);
  note("dirac", is_fast, dirac == usual.dirac);
  note("activation", is_fast, activation == usual.activation);
  return ignored;
}

}  // namespace glassbox
