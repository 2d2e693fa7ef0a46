/// The words inside charts in Chinese: titles, labels of axes, legends.
#pragma once

#include <string>

namespace glassbox {

/// The Chinese for an English text of a chart, or "" if the table has none. Numbers do not matter: "12 of 20 right" is
/// looked up as "# of # right", and the Chinese gets the same numbers in the same order.
std::string chinese_chart_words(const std::string& english);

}  // namespace glassbox
