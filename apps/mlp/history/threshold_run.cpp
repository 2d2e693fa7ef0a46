#include <nlohmann/json.hpp>

#include "apps/mlp/history/history.h"
#include "apps/mlp/history/threshold_units.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/report/format.h"
#include "common/report/html.h"
#include "common/report/text.h"

namespace glassbox::mlp {
namespace {

std::string digit(double value) { return value == 1 ? "1" : "0"; }

/// "1 + 1 >= 2" for AND of (1, 1).
std::string arithmetic(const ThresholdUnit& unit, const TruthRow& row) {
  std::string text;
  for (const auto& input : unit.inputs) {
    const std::string factor = input.weight == 1 ? "" : format_number(input.weight, 6) + "·";
    text += (text.empty() ? "" : " + ") + factor + digit(row.values.at(input.name));
  }
  return text + " = " + format_number(row.sums.at(unit.name), 6) + (row.values.at(unit.name) == 1 ? " >= " : " < ") +
         format_number(unit.threshold, 6);
}

void add_units(HtmlPage& page, const ThresholdNet& net) {
  page.section(Text("The units", "神经元"));
  page.note(
      Text("A unit says 1 where the weighted sum of its inputs reaches the threshold. Nothing here was learned: the "
           "numbers stand in the experiment's file, and changing them there changes what the unit computes.",
           "输入的加权和达到阈值，神经元就输出 1。这里没有任何学习：数字都写在实验文件里，改了数字就改变了它的功能。"));
  const auto table = net.truth_table();
  for (const ThresholdUnit& unit : net.units) {
    std::vector<std::vector<Text>> rows;
    for (const TruthRow& row : table) {
      std::vector<Text> cells;
      for (const std::string& input : net.inputs) cells.push_back(digit(row.values.at(input)));
      cells.push_back(arithmetic(unit, row));
      cells.push_back(digit(row.values.at(unit.name)));
      rows.push_back(cells);
    }
    std::vector<Text> header(net.inputs.begin(), net.inputs.end());
    header.emplace_back("sum against threshold", "加权和与阈值");
    header.emplace_back(unit.name);
    page.table(header, rows, unit.text);
  }
}

void write_threshold_report(const RunFolder& run, const Experiment& ask, const ThresholdNet& net,
                            const std::vector<TruthCheck>& checks, const Text& sentence) {
  HtmlPage page(ask.name,
                Text("threshold units of McCulloch and Pitts (1943)", "McCulloch 与 Pitts 的阈值神经元（1943）"));
  page.card(Text("units", "神经元"), std::to_string(net.units.size()));
  page.card(Text("inputs", "输入"), std::to_string(net.inputs.size()));
  page.section(Text("Do they say what they should?", "结果对吗？"));
  page.note(sentence + Text(".", "。"));
  std::vector<std::vector<Text>> rows;
  for (const TruthCheck& check : checks) {
    rows.push_back(
        {check.unit, check.wanted, check.got, check.wanted == check.got ? Text("yes", "对") : Text("no", "错")});
  }
  page.table({{"unit", "神经元"}, {"wanted", "应为"}, {"says", "输出"}, {"right", "对否"}}, rows,
             Text("The columns of answers, inputs counting up from 0...0.", "答案按输入从 0…0 递增的顺序排列。"));
  add_units(page, net);
  page.section(Text("How to repeat this run", "如何重复这次运行"));
  page.details("config.json", run.read("config.json"));
  page.write(run.file("report.html"));
}

}  // namespace

void run_threshold_units(Session& session, const Experiment& ask) {
  const ThresholdNet net = make_threshold_net(ask.model.units);
  const std::vector<TruthCheck> checks = check_truth(net, ask.model.truth);
  int64_t weights = 0, right = 0;
  for (const ThresholdUnit& unit : net.units) weights += int64_t(unit.inputs.size()) + 1;
  for (const TruthCheck& check : checks) right += check.wanted == check.got ? 1 : 0;
  Facts facts;
  facts.data = as_text("all ", net.truth_table().size(), " combinations of ", net.inputs.size(), " inputs");
  facts.parameters = weights;
  facts.headlines = {{"accuracy", "%"}};
  const RunFolder& run = session.begin_run(ask.name, uint64_t(ask.seed), /*sources=*/{}, facts);
  const Text sentence = {as_text(right, " of ", checks.size(), " truth tables are as wanted"),
                         as_text(checks.size(), " 张真值表中有 ", right, " 张符合要求")};
  write_threshold_report(run, ask, net, checks, sentence);
  const Scores scores = {{"accuracy", double(right) / double(checks.size())}};
  session.finish_run({/*loop=*/{}, scores, {{"units", double(net.units.size())}}, sentence.en});
}

}  // namespace glassbox::mlp
