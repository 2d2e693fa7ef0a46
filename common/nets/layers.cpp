#include "common/nets/layers.h"

#include <map>
#include <sstream>

#include "common/base/config.h"
#include "common/base/error.h"
#include "common/nets/network_config.h"

namespace glassbox {

std::vector<std::string> activations() { return {"relu", "leaky_relu", "tanh", "sigmoid", "gelu", "silu"}; }

namespace {

/// "relu|leaky_relu|..."
std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : "|") + word;
  return text;
}

const std::map<std::string, std::string> kForms = {
    {"conv", "conv OUTPUTS KxL [stride S] [padding P] [no_bias] [dirac]"},
    {"pool", "pool max|average KxL [stride S] [padding P], or pool max|average all"},
    {"norm", "norm"},
    {"act", "act " + listed(activations())},
    {"dropout", "dropout FRACTION, from 0 to below 1"},
    {"residual", "residual OUTPUTS [stride S] [shortcut pad|conv]"},
    {"linear", "linear OUTPUTS|classes [no_bias]"},
    {"whiten", "whiten KxL"},
    {"scale", "scale FACTOR, with a factor from 1e-6 to below 1e6"}};

/// The words of a line, taken one after the other.
class Words {
 public:
  explicit Words(const std::string& text) : text_(text) {
    std::istringstream in(text);
    for (std::string word; in >> word;) words_.push_back(word);
    kind_ = done() ? "" : take();
    std::vector<std::string> kinds;
    for (const auto& [kind, form] : kForms) kinds.push_back(kind);
    if (kForms.count(kind_) > 0) return;
    const std::string nearest = nearest_name(kind_, kinds);
    fail("\"", text_, "\": unknown layer \"", kind_, "\"",
         nearest.empty() ? "; want one of conv, pool, norm, act, dropout, residual, linear, whiten, scale"
                         : "; did you mean " + nearest + "?");
  }

  const std::string& kind() const { return kind_; }
  bool done() const { return next_ == words_.size(); }

  std::string take() {
    if (done()) complain("the end");
    return words_[next_++];
  }

  bool take_if(const std::string& word) {
    const bool is_there = !done() && words_[next_] == word;
    if (is_there) ++next_;
    return is_there;
  }

  std::string take_one_of(const std::vector<std::string>& choices) {
    const std::string word = take();
    for (const std::string& choice : choices) {
      if (word == choice) return word;
    }
    complain(word);
  }

  int64_t take_whole(int64_t low, int64_t high) { return whole(take(), low, high); }

  double take_number(double low, double below) {
    const std::string word = take();
    size_t used = 0;
    double value = 0;
    try {
      value = std::stod(word, &used);
    } catch (const std::exception&) {
      complain(word);
    }
    if (used != word.size() || !(value >= low && value < below)) complain(word);
    return value;
  }

  void take_kernel(LayerLine& line) {
    const std::string word = take();
    const size_t x = word.find('x');
    if (x == std::string::npos) complain(word);
    line.kernel_h = whole(word.substr(0, x), 1, 1024);
    line.kernel_w = whole(word.substr(x + 1), 1, 1024);
  }

  [[noreturn]] void complain(const std::string& found) const {
    fail("\"", text_, "\": want ", kForms.at(kind_), ", got \"", found, "\"");
  }

 private:
  int64_t whole(const std::string& word, int64_t low, int64_t high) const {
    const bool digits = !word.empty() && word.size() < 10 && word.find_first_not_of("0123456789") == std::string::npos;
    if (!digits) complain(word);
    const int64_t value = std::stoll(word);
    require(value >= low && value <= high, "\"", text_, "\": want a number from ", low, " to ", high, ", got ", word);
    return value;
  }

  std::string text_, kind_;
  std::vector<std::string> words_;
  size_t next_ = 0;
};

constexpr int64_t kMost = 65536;  // outputs of a layer

void read_pool(Words& words, LayerLine& line) {
  line.mode = words.take_one_of({"max", "average"});
  if (words.take_if("all")) return;
  words.take_kernel(line);
  line.stride = line.kernel_h == line.kernel_w ? line.kernel_h : 0;  // one stride serves both directions
}

void read_options(Words& words, LayerLine& line) {
  while (!words.done()) {
    const bool moves = line.kind == "conv" || (line.kind == "pool" && line.kernel_h > 0);
    if ((moves || line.kind == "residual") && words.take_if("stride")) {
      line.stride = words.take_whole(1, 1024);
    } else if (moves && words.take_if("padding")) {
      line.padding = words.take_whole(0, 1024);
    } else if ((line.kind == "conv" || line.kind == "linear") && words.take_if("no_bias")) {
      line.bias = false;
    } else if (line.kind == "conv" && words.take_if("dirac")) {
      line.dirac = true;
    } else if (line.kind == "residual" && words.take_if("shortcut")) {
      line.mode = words.take_one_of({"pad", "conv"});
    } else {
      words.complain(words.take());
    }
  }
}

/// Builds the lines of a named network.
class Lines {
 public:
  void add(const std::string& name, const std::string& text) { lines_.push_back(parse_layer(text, name)); }
  void add(const std::string& text) { add(as_text("layers.", lines_.size()), text); }
  std::vector<LayerLine> take() { return std::move(lines_); }

 private:
  std::vector<LayerLine> lines_;
};

/// LeCun et al. 1998, with ReLU and maximum where the paper has a scaled tanh and trained averages: 61,706 parameters
/// for 28x28 pixels and 10 classes. The shapes are those of [N, 1, 28, 28].
std::vector<LayerLine> lenet5() {
  Lines net;
  net.add("conv1", "conv 6 5x5 padding 2");  // [N, 6, 28, 28]
  net.add("act relu");
  net.add("pool max 2x2");          // [N, 6, 14, 14]
  net.add("conv2", "conv 16 5x5");  // [N, 16, 10, 10]
  net.add("act relu");
  net.add("pool max 2x2");       // [N, 16, 5, 5]
  net.add("fc1", "linear 120");  // [N, 120], from 16 * 5 * 5 = 400
  net.add("act relu");
  net.add("fc2", "linear 84");  // [N, 84]
  net.add("act relu");
  net.add("fc3", "linear classes");  // [N, classes]
  return net.take();
}

/// In the manner of Simonyan and Zisserman 2015: pairs of 3x3 convolutions, then half the image.
std::vector<LayerLine> small_vgg(const NetworkConfig& config) {
  Lines net;
  for (const int64_t width : config.widths) {
    for (int i = 0; i < 2; ++i) {
      net.add(as_text("conv ", width, " 3x3 padding 1 no_bias"));
      net.add("norm");
      net.add("act relu");
    }
    net.add("pool max 2x2");
    if (config.dropout > 0) net.add(as_text("dropout ", config.dropout / 2));
  }
  net.add("linear 128");
  net.add("act relu");
  if (config.dropout > 0) net.add(as_text("dropout ", config.dropout));
  net.add("linear classes");
  return net.take();
}

/// He et al. 2015, section 4.2: 6 n + 2 layers with n = 3; names as torchvision's. The shapes are those of
/// [N, 3, 32, 32].
std::vector<LayerLine> resnet20(const NetworkConfig& config) {
  Lines net;
  net.add("conv1", "conv 16 3x3 padding 1 no_bias");  // [N, 16, 32, 32]
  net.add("bn1", "norm");
  net.add("act relu");
  for (int stage = 1; stage <= 3; ++stage) {  // [N, 16, 32, 32], [N, 32, 16, 16], [N, 64, 8, 8]
    for (int block = 0; block < 3; ++block) {
      net.add(
          as_text("layer", stage, ".", block),
          as_text("residual ", 8 << stage, " stride ", stage > 1 && block == 0 ? 2 : 1, " shortcut ", config.shortcut));
    }
  }
  net.add("pool average all");      // [N, 64, 1, 1]
  net.add("fc", "linear classes");  // [N, classes]
  return net.take();
}

/// After Jordan 2024, "94 % on CIFAR-10 in 3.29 seconds on a single GPU": patches made uncorrelated by fixed filters,
/// wide from the start, normalised after pooling, convolutions that begin as the identity.
std::vector<LayerLine> fast(const NetworkConfig& config) {
  Lines net;
  config.whiten ? net.add("whiten", "whiten 2x2") : net.add("stem", "conv 24 2x2");
  const std::string act = "act " + config.activation;
  net.add(act);
  for (const int64_t width : config.widths) {
    const std::string conv = as_text("conv ", width, " 3x3 padding 1 no_bias", config.dirac ? " dirac" : "");
    net.add(conv);
    net.add("pool max 2x2");
    net.add("norm");
    net.add(act);
    net.add(conv);
    net.add("norm");
    net.add(act);
  }
  net.add("pool max all");
  if (config.dropout > 0) net.add(as_text("dropout ", config.dropout));
  net.add("fc", "linear classes no_bias");
  net.add("scale 0.111");
  return net.take();
}

}  // namespace

LayerLine parse_layer(const std::string& text, const std::string& name) {
  Words words(text);
  LayerLine line;
  line.name = name;
  line.text = text;
  line.kind = words.kind();
  if (line.kind == "conv") {
    line.outputs = words.take_whole(1, kMost);
    words.take_kernel(line);
  } else if (line.kind == "pool") {
    read_pool(words, line);
  } else if (line.kind == "act") {
    line.mode = words.take_one_of(activations());
  } else if (line.kind == "dropout") {
    line.number = words.take_number(0, 1);
  } else if (line.kind == "residual") {
    line.outputs = words.take_whole(1, kMost);
    line.mode = "pad";
  } else if (line.kind == "linear") {
    line.outputs = words.take_if("classes") ? 0 : words.take_whole(1, kMost);
  } else if (line.kind == "whiten") {
    words.take_kernel(line);
  } else if (line.kind == "scale") {
    line.number = words.take_number(1e-6, 1e6);
  }
  read_options(words, line);
  require(line.stride > 0, "\"", text, "\": want \"stride S\" behind a kernel that is not square, got none");
  return line;
}

std::vector<LayerLine> layers_of(const NetworkConfig& config) {
  if (config.name == "lenet5") return lenet5();
  if (config.name == "small_vgg") return small_vgg(config);
  if (config.name == "resnet20") return resnet20(config);
  if (config.name == "fast") return fast(config);
  std::vector<LayerLine> lines;
  for (const std::string& text : config.layers) lines.push_back(parse_layer(text, as_text("layers.", lines.size())));
  return lines;
}

}  // namespace glassbox
