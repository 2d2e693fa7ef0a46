/// A network as lines of text, one a layer: what "model.layers" of an experiment lists, and what the named networks
/// are.
///   conv OUTPUTS KxL [stride S] [padding P] [no_bias] [dirac]    cross-correlation
///   pool max|average KxL [stride S] [padding P]                  stride is the kernel unless said
///   pool max|average all                                         over the whole image
///   norm                                                         batch norm
///   act relu|leaky_relu|tanh|sigmoid|gelu|silu
///   dropout FRACTION
///   residual OUTPUTS [stride S] [shortcut pad|conv]              the basic block of He et al. 2015
///   linear OUTPUTS|classes [no_bias]
///   whiten KxL                                                   fixed filters that make patches uncorrelated
///   scale FACTOR
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace glassbox {

struct NetworkConfig;

struct LayerLine {
  std::string name;                    ///< where its parameters are in a checkpoint: "conv1", "layer2.0"
  std::string text;                    ///< "conv 6 5x5 padding 2"
  std::string kind;                    ///< its first word
  std::string mode;                    ///< pool: max, average; act: relu, ...; residual: pad, conv
  int64_t outputs = 0;                 ///< conv, residual, linear; 0 = one a class
  int64_t kernel_h = 0, kernel_w = 0;  ///< 0 = the whole image
  int64_t stride = 1, padding = 0;
  bool bias = true, dirac = false;
  double number = 0;  ///< dropout: the fraction that is silenced, scale: the factor
};

/// What may stand behind "act".
std::vector<std::string> activations();

/// Throws UserError that says what a line of this kind looks like.
LayerLine parse_layer(const std::string& text, const std::string& name);

/// The lines of a named network, or config.layers with names "layers.0", "layers.1", ...
std::vector<LayerLine> layers_of(const NetworkConfig& config);

}  // namespace glassbox
