#include "common/classify/cifar_records.h"

#include "common/base/error.h"

namespace glassbox {

void append_cifar(std::string_view file, const CifarFormat& format, const std::string& source, CifarRecords& all) {
  constexpr size_t kPixels = 3 * 32 * 32;
  const size_t labels = format.classes.size(), record = labels + kPixels, want = size_t(format.records) * record;
  require(file.size() == want, "reading ", source, ": want ", want, " bytes (", format.records, " records of ", record,
          "), got ", file.size(), "; fetch or copy the file again");
  const auto* bytes = reinterpret_cast<const uint8_t*>(file.data());
  for (int64_t i = 0; i < format.records; ++i, bytes += record) {
    for (size_t k = 0; k < labels; ++k) {
      require(bytes[k] < format.classes[k], "reading ", source, ", record ", i, ": want a ",
              labels == 1 ? "label" : (k == 0 ? "coarse label" : "fine label"), " from 0 to ", format.classes[k] - 1,
              ", got ", int(bytes[k]), "; is it another data set's file? Fetch it again");
    }
    all.labels.push_back(bytes[labels - 1]);
    all.pixels.insert(all.pixels.end(), bytes + labels, bytes + record);
  }
}

}  // namespace glassbox
