#include "common/nets/size.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/memory.h"

namespace glassbox {
namespace {

// Counted in double: a description may ask for more than 2^64 bytes.
uint64_t whole(double bytes) { return uint64_t(std::min(bytes, 9e18)); }

}  // namespace

void require_memory_to_hold(const NetworkSize& size, int64_t bytes_a_number, const std::string& field) {
  const double numbers = double(size.parameters) + double(size.activations);
  require_memory(whole(numbers * double(bytes_a_number)), field,
                 as_text(size.parameters, " weights and one sample of ", size.activations, " activations"));
}

void require_memory_to_train(const NetworkSize& size, int64_t bytes_a_number, int64_t memories, int64_t batch_size,
                             const std::string& field) {
  const double learned = double(size.parameters) * double(2 + memories);
  const double batch = double(size.activations) * double(batch_size);
  require_memory(whole((learned + batch) * double(bytes_a_number)),
                 batch > learned ? "data.batch_size with " + field : field,
                 as_text(size.parameters, " weights with gradients and optimizer state, and ", batch_size,
                         " samples of ", size.activations, " activations"));
}

void require_holds(uint64_t tensor_bytes, const NetworkSize& size, int64_t bytes_a_number, const std::string& source) {
  constexpr uint64_t kSmall = 100'000'000;  // built at once; load_into() then names the tensors that do not fit
  const uint64_t want = whole(double(size.parameters) * double(bytes_a_number));
  require(want <= kSmall || want <= tensor_bytes, source, ": want the ", bytes_text(want),
          " of the network that its experiment describes, got ", bytes_text(tensor_bytes),
          " of tensors; take the checkpoint of the same experiment");
}

}  // namespace glassbox
