#include "common/base/json_text.h"

#include <nlohmann/json.hpp>

#include "common/base/shown.h"

namespace glassbox {

std::string json_text(const nlohmann::ordered_json& value) {
  const std::string text = value.dump(2, ' ', /*ensure_ascii=*/false, nlohmann::ordered_json::error_handler_t::replace);
  return without_controls_in_json(text) + "\n";
}

}  // namespace glassbox
