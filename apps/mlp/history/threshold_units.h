/// Threshold units (McCulloch and Pitts 1943): nothing is learned, the weights are set by hand.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace glassbox::mlp {

/// It says 1 where the weighted sum of its inputs reaches the threshold, else 0.
struct ThresholdUnit {
  struct Input {
    double weight;
    std::string name;
  };
  std::string name;
  std::vector<Input> inputs;
  double threshold = 0;
  std::string text;  ///< as it was written
};

/// Reads "XOR = OR - AND >= 1": signed names with optional numbers before them ("-2 a"). Throws UserError that shows
/// the place.
ThresholdUnit parse_unit(const std::string& text);

/// A row of the truth table: what goes in and what every unit says, by name.
struct TruthRow {
  std::map<std::string, double> values;  ///< 0 or 1: inputs and units
  std::map<std::string, double> sums;    ///< of the units
};

/// Units that may look at those before them. Names that no unit has are inputs.
struct ThresholdNet {
  std::vector<ThresholdUnit> units;
  std::vector<std::string> inputs;  ///< in the order of their first use

  /// All 2^inputs combinations, the first input changing slowest.
  std::vector<TruthRow> truth_table() const;

  /// The inputs that `unit` depends on, through other units too, in the order of `inputs`.
  std::vector<std::string> inputs_of(const std::string& unit) const;
};

/// Throws UserError for a name given twice, a unit that is used before it is defined, or more than 8 inputs.
ThresholdNet make_threshold_net(const std::vector<std::string>& units);

/// What a unit should say and says, over the combinations of the inputs it depends on ("0001" for AND).
struct TruthCheck {
  std::string unit, wanted, got;
};
/// truth: "AND = 0001" each. Throws UserError for an unknown unit or a wrong number of digits.
std::vector<TruthCheck> check_truth(const ThresholdNet& net, const std::vector<std::string>& truth);

}  // namespace glassbox::mlp
