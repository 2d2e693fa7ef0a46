/// How much memory a network will take, told from its description, before any of it is taken.
#pragma once

#include <cstdint>
#include <string>

namespace glassbox {

struct NetworkSize {
  int64_t parameters = 0;   ///< weights, biases, those of batch norm
  int64_t activations = 0;  ///< numbers that one sample makes of itself on its way through
};

/// Throws UserError naming `field` and both figures if the network and one sample in it are more than the free memory.
void require_memory_to_hold(const NetworkSize& size, int64_t bytes_a_number, const std::string& field);

/// The same for its training: weights, their gradients, `memories` numbers a weight that the optimizer keeps, and the
/// activations of a batch, which the backward pass needs. Names data.batch_size where those are most of it.
void require_memory_to_train(const NetworkSize& size, int64_t bytes_a_number, int64_t memories, int64_t batch_size,
                             const std::string& field);

/// Throws UserError if the tensors of the checkpoint `source` have fewer bytes than the network that its experiment
/// describes: a small file shall not make us build a large network.
void require_holds(uint64_t tensor_bytes, const NetworkSize& size, int64_t bytes_a_number, const std::string& source);

}  // namespace glassbox
