#include "apps/mlp/history/threshold_units.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "common/base/error.h"

namespace glassbox::mlp {
namespace {

[[noreturn]] void complain(const std::string& text, const std::string& got) {
  fail("model.units: want \"NAME = weighted names >= threshold\", as \"AND = a + b >= 2\", got ", got, " in \"", text,
       "\"");
}

/// Splits at spaces and around + - = >=.
std::vector<std::string> words_of(const std::string& text) {
  std::string spaced;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool exponent = i > 1 && (text[i - 1] == 'e' || text[i - 1] == 'E') && std::isdigit(text[i - 2]);
    const bool sign = std::string("+-=>").find(text[i]) != std::string::npos && !exponent;
    const bool second_half = text[i] == '=' && i > 0 && text[i - 1] == '>';
    spaced += sign && !second_half ? as_text(" ", text[i]) : std::string(1, text[i]);
    if ((sign && text[i] != '>') || second_half) spaced += " ";
  }
  std::istringstream stream(spaced);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

bool is_number(const std::string& word, double& value) {
  std::istringstream stream(word);
  return bool(stream >> value) && stream.eof();
}

bool is_name(const std::string& word) {
  const auto letter = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !word.empty() && !std::isdigit(static_cast<unsigned char>(word[0])) &&
         std::all_of(word.begin(), word.end(), letter);
}

}  // namespace

ThresholdUnit parse_unit(const std::string& text) {
  const std::vector<std::string> words = words_of(text);
  ThresholdUnit unit;
  unit.text = text;
  if (words.size() < 5 || !is_name(words[0]) || words[1] != "=") complain(text, "no \"NAME =\" with a sum after it");
  unit.name = words[0];
  size_t at = 2;
  while (at < words.size() && words[at] != ">=") {
    // A term: sign (needed between terms), number (or 1), name.
    double weight = 1, number = 0;
    const bool sign_there = words[at] == "+" || words[at] == "-";
    if (!sign_there && !unit.inputs.empty()) complain(text, "no + or - before \"" + words[at] + "\"");
    if (sign_there) weight = words[at++] == "-" ? -1 : 1;
    const bool number_there = at < words.size() && is_number(words[at], number);
    if (number_there) weight *= number, ++at;
    if (at >= words.size() || !is_name(words[at])) {
      complain(text, at < words.size() ? "\"" + words[at] + "\" where a name should stand" : "no name at the end");
    }
    unit.inputs.push_back({weight, words[at++]});
  }
  if (unit.inputs.empty()) complain(text, "no input");
  double sign = 1;
  if (at + 1 < words.size() && words[at + 1] == "-") sign = -1, ++at;
  if (at + 2 != words.size() || !is_number(words[at + 1], unit.threshold)) complain(text, "no number after \">=\"");
  unit.threshold *= sign;
  return unit;
}

ThresholdNet make_threshold_net(const std::vector<std::string>& units) {
  ThresholdNet net;
  std::set<std::string> defined, inputs;
  for (const std::string& text : units) {
    const ThresholdUnit unit = parse_unit(text);
    for (const auto& input : unit.inputs) {
      if (defined.count(input.name) == 0 && inputs.insert(input.name).second) net.inputs.push_back(input.name);
    }
    require(inputs.count(unit.name) == 0, "model.units: ", unit.name, " is used before it is defined, in \"", text,
            "\"; move its line up");
    require(defined.insert(unit.name).second, "model.units: want a different name for each unit, got ", unit.name,
            " twice");
    net.units.push_back(unit);
  }
  require(net.inputs.size() <= 8, "model.units: want at most 8 inputs, got ", net.inputs.size());
  return net;
}

std::vector<TruthRow> ThresholdNet::truth_table() const {
  std::vector<TruthRow> rows;
  for (size_t number = 0; number < size_t{1} << inputs.size(); ++number) {
    TruthRow row;
    for (size_t i = 0; i < inputs.size(); ++i) row.values[inputs[i]] = double(number >> (inputs.size() - 1 - i) & 1);
    for (const ThresholdUnit& unit : units) {
      double sum = 0;
      for (const auto& input : unit.inputs) sum += input.weight * row.values.at(input.name);
      row.sums[unit.name] = sum;
      row.values[unit.name] = sum >= unit.threshold ? 1 : 0;
    }
    rows.push_back(row);
  }
  return rows;
}

std::vector<std::string> ThresholdNet::inputs_of(const std::string& unit) const {
  std::set<std::string> needed = {unit};
  for (auto at = units.rbegin(); at != units.rend(); ++at) {
    if (needed.count(at->name) == 0) continue;
    for (const auto& input : at->inputs) needed.insert(input.name);
  }
  std::vector<std::string> own;
  for (const std::string& input : inputs) {
    if (needed.count(input) > 0) own.push_back(input);
  }
  return own;
}

std::vector<TruthCheck> check_truth(const ThresholdNet& net, const std::vector<std::string>& truth) {
  std::vector<TruthCheck> checks;
  for (const std::string& line : truth) {
    std::string name, equals, wanted;
    std::istringstream(line) >> name >> equals >> wanted;
    const auto same = [&](const ThresholdUnit& unit) { return unit.name == name; };
    require(std::any_of(net.units.begin(), net.units.end(), same),
            "model.truth: want a unit's name, as \"AND = 0001\", got \"", line, "\"");
    const std::vector<std::string> own = net.inputs_of(name);
    const size_t rows = size_t{1} << own.size();
    require(equals == "=" && wanted.size() == rows && wanted.find_first_not_of("01") == std::string::npos,
            "model.truth: want ", rows, " digits 0 or 1 for ", name, ", which depends on ", own.size(),
            " inputs, got \"", line, "\"");
    std::string got;
    for (const TruthRow& row : net.truth_table()) {
      // Of the rows that differ in other inputs only, the one where those are 0 stands for all.
      const bool others_are_0 = std::all_of(net.inputs.begin(), net.inputs.end(), [&](const std::string& input) {
        return row.values.at(input) == 0 || std::find(own.begin(), own.end(), input) != own.end();
      });
      if (others_are_0) got += row.values.at(name) == 1 ? '1' : '0';
    }
    checks.push_back({name, wanted, got});
  }
  return checks;
}

}  // namespace glassbox::mlp
