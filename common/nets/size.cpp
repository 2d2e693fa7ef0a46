#include "common/nets/size.h"

#include <algorithm>
#include <limits>

#include "common/base/error.h"
#include "common/base/memory.h"

namespace glassbox {
namespace {

constexpr auto kLargestBytes = uint64_t{1} << 63;

/// 2^63 instead of an overflow.
uint64_t product(int64_t a, int64_t b) {
  uint64_t bytes = 0;
  return __builtin_mul_overflow(uint64_t(a), uint64_t(b), &bytes) ? kLargestBytes : std::min(bytes, kLargestBytes);
}

}  // namespace

uint64_t bytes_to_hold(const NetworkSize& size, int64_t bytes_a_number) {
  return product(size.parameters, bytes_a_number);
}

uint64_t bytes_to_train(const NetworkSize& size, int64_t bytes_a_number, int64_t memories, int64_t batch_size) {
  const uint64_t numbers = product(size.parameters, 2 + memories) / 2 + product(size.activations, batch_size) / 2;
  return product(int64_t(std::min<uint64_t>(numbers, uint64_t{1} << 60)), 2 * bytes_a_number);
}

void require_memory_to_hold(const NetworkSize& size, int64_t bytes_a_number, const std::string& field) {
  const uint64_t sample = std::min(product(size.activations, bytes_a_number), kLargestBytes / 2);
  require_memory(std::min(bytes_to_hold(size, bytes_a_number), kLargestBytes / 2) + sample, field,
                 as_text(size.parameters, " weights and one sample of ", size.activations, " activations"));
}

void require_memory_to_train(const NetworkSize& size, int64_t bytes_a_number, int64_t memories, int64_t batch_size,
                             const std::string& field) {
  const bool batch_is_most = product(size.activations, batch_size) > product(size.parameters, 2 + memories);
  require_memory(bytes_to_train(size, bytes_a_number, memories, batch_size),
                 batch_is_most ? "data.batch_size with " + field : field,
                 as_text(size.parameters, " weights with gradients and optimizer state, and ", batch_size,
                         " samples of ", size.activations, " activations"));
}

void require_holds(uint64_t tensor_bytes, const NetworkSize& size, int64_t bytes_a_number, const std::string& source) {
  constexpr uint64_t kSmall = 100'000'000;  // built at once; load_into() then names the tensors that do not fit
  const uint64_t want = bytes_to_hold(size, bytes_a_number);
  require(want <= kSmall || want <= tensor_bytes, source, ": want the ", bytes_text(want),
          " of the network that its experiment describes, got ", bytes_text(tensor_bytes),
          " of tensors; take the checkpoint of the same experiment");
}

}  // namespace glassbox
