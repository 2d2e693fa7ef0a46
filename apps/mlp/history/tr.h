/// temporary
#pragma once
#include <string>
namespace glassbox {
struct Text {
  std::string en, zh;
  operator std::string() const { return en; }
};
inline Text tr(const std::string& en, const std::string& zh) { return {en, zh}; }
}  // namespace glassbox
