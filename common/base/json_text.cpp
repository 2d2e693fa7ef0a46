#include "common/base/json_text.h"

#include <nlohmann/json.hpp>

namespace glassbox {

std::string json_text(const nlohmann::ordered_json& value) {
  return value.dump(2, ' ', /*ensure_ascii=*/false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace glassbox
