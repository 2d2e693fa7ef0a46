/// Any bytes as CIFAR's records: of one or two labels, as many as the first byte says.
#include <string>

#include "common/base/error.h"
#include "common/classify/cifar_records.h"
#include "tests/fuzz/expect.h"

namespace glassbox {
namespace {

void try_cifar(std::string_view bytes, const CifarFormat& format) {
  CifarRecords all;
  try {
    append_cifar(bytes, format, "x", all);
  } catch (const UserError&) {
    return;
  }
  expect(int64_t(all.labels.size()) == format.records, "as many labels as records");
  expect(int64_t(all.pixels.size()) == format.records * 3072, "as many pixels as records");
  for (int64_t label : all.labels) expect(label >= 0 && label < format.classes.back(), "labels are classes");
}

}  // namespace
}  // namespace glassbox

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (int64_t records : {0, 1, 2}) {
    glassbox::try_cifar(bytes, {records, {10}});
    glassbox::try_cifar(bytes, {records, {20, 100}});
  }
  return 0;
}
