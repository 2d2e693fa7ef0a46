#include "common/report/chart_words.h"

#include <map>
#include <vector>

namespace glassbox {
namespace {

/// "#" stands for a number. Both sides have the same numbers in the same order.
const std::map<std::string, std::string> kWords = {
    // Curves of a run.
    {"Loss", "损失"},
    {"epoch", "轮（epoch）"},
    {"cross-entropy (nats)", "交叉熵（奈特）"},
    {"training", "训练集"},
    {"validation", "验证集"},
    {"test", "测试集"},
    {"Validation accuracy", "验证准确率"},
    {"Learning rate", "学习率"},
    {"learning rate", "学习率"},
    {"last step of the epoch", "每轮的最后一步"},
    {"share right", "正确的比例"},
    {"best", "最佳"},
    {"step", "步"},
    {"steps", "步"},
    {"error", "错误率"},
    {"no data", "没有数据"},
    // Confusion and calibration.
    {"Confusion on the test set", "测试集上的混淆矩阵"},
    {"predicted class", "预测的类别"},
    {"true class", "真实的类别"},
    {"recall", "召回率"},
    {"# of # right: # %. Shade: share of the true class.", "答对 # 个，共 # 个：# %。颜色深浅：占真实类别的比例。"},
    {"# of # right. Shade: share of the true class.", "答对 # 个，共 # 个。颜色深浅：占真实类别的比例。"},
    {"Calibration: expected calibration error # %", "校准：期望校准误差 # %"},
    {"accuracy", "准确率"},
    {"confidence", "置信度"},
    {"gap to the confidence", "与置信度的差距"},
    {"perfect", "理想情形"},
    {"samples (the highest bar: # %)", "样本（最高的一条：# %）"},
    // Inside a network.
    {"What the network says everywhere in the plane", "网络对平面上每一点的判断"},
    {"Layer #: activations", "第 # 层：激活值"},
    {"Layer #: gradients of the weights", "第 # 层：权重的梯度"},
    {"Output layer: gradients of the weights", "输出层：权重的梯度"},
    {"activation", "激活值"},
    {"log# |gradient|", "log# |梯度|"},
    {"Length of a step / length of the weights", "一步的长度 / 权重的长度"},
    {"update / weight", "更新量 / 权重"},
    {"Units that do not work", "没有起作用的单元"},
    {"share of the layer", "占该层的比例"},
    {"layer #", "第 # 层"},
    {"layer #: dead", "第 # 层：死亡"},
    {"layer #: saturated", "第 # 层：饱和"},
    {"layer #: twins", "第 # 层：孪生"},
    {"output layer", "输出层"},
    {"activations", "激活值"},
    {"gradients of the weights", "权重的梯度"},
    {"dead", "死亡"},
    {"saturated", "饱和"},
    {"twins", "孪生"},
    {"Rank correlation with the map of the trained network", "与训练好的网络的图的秩相关系数"},
    {"layers with random weights, from the last", "权重被随机化的层数（从最后一层起）"},
    {"rank correlation", "秩相关系数"},
    {"gradient", "梯度"},
    {"Accuracy on shifted pictures", "图像平移后的准确率"},
    {"shift (pixels)", "平移（像素）"},
    {"speaks against the class", "不支持该类别"},
    {"speaks for the class", "支持该类别"},
    {"What the colours of the maps mean", "图中颜色的含义"},
    {"this network", "这个网络"},
    {"MLP of equal size", "同样大小的 MLP"},
    {"The decision surface over training", "训练过程中的判决面"},
    {"The plane before the network", "进入网络之前的平面"},
    {"The plane as hidden layer # sees it", "第 # 个隐藏层所看到的平面"},
    {"unit #", "单元 #"},
    {"principal component #", "第 # 主成分"},
    {"decision line", "判决直线"},
    // History and comparisons.
    {"What the perceptron says", "感知机的判断"},
    {"The line after each mistake", "每次错误之后的直线"},
    {"Mistakes", "错误次数"},
    {"pass", "遍"},
    {"mistakes so far", "累计错误次数"},
    {"made", "实际"},
    {"Novikoff's bound", "Novikoff 上界"},
    {"Error", "错误率"},
    {"share wrong", "出错的比例"},
    {"training, last weights", "训练集，最后的权重"},
    {"test, last weights", "测试集，最后的权重"},
    {"test, kept weights", "测试集，保留的权重"},
    {"Training loss", "训练损失"},
    {"Test accuracy", "测试准确率"},
    {"k nearest neighbours", "k 近邻"},
    {"linear SVM", "线性支持向量机"},
    {"RBF SVM", "RBF 支持向量机"},
    {"softmax regression", "softmax 回归"},
    {"the network", "网络"},
    {"log# of model.hidden", "model.hidden 的 log#"},
    {"log# of model.init_scale", "model.init_scale 的 log#"},
    {"log# of optimizer.learning_rate", "optimizer.learning_rate 的 log#"},
    {"log# of data.label_noise", "data.label_noise 的 log#"},
    {"model.init, in the order of the table", "model.init（按表中顺序）"},
    {"model.activation, in the order of the table", "model.activation（按表中顺序）"},
    {"model.hidden, in the order of the table", "model.hidden（按表中顺序）"},
    {"optimizer.name, in the order of the table", "optimizer.name（按表中顺序）"},
};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// The end of the number that begins at `begin`: "96.40", "1,234", "1e-5".
size_t end_of_number(const std::string& text, size_t begin) {
  size_t end = begin;
  while (end < text.size()) {
    const bool more = end + 1 < text.size() && is_digit(text[end + 1]);
    const bool exponent = text[end] == 'e' && end + 2 < text.size() && text[end + 1] == '-' && is_digit(text[end + 2]);
    if (is_digit(text[end]) || ((text[end] == '.' || text[end] == ',' || text[end] == 'e') && more)) {
      ++end;
    } else if (exponent) {
      end += 2;
    } else {
      break;
    }
  }
  return end;
}

/// What kWords says, "" if it says nothing.
std::string known_words(const std::string& english) {
  std::string pattern;
  std::vector<std::string> numbers;
  for (size_t at = 0; at < english.size();) {
    const size_t end = is_digit(english[at]) ? end_of_number(english, at) : at;
    if (end > at) numbers.push_back(english.substr(at, end - at));
    pattern += end > at ? '#' : english[at];
    at = end > at ? end : at + 1;
  }
  const auto found = kWords.find(pattern);
  if (found == kWords.end()) return "";
  std::string chinese;
  size_t next = 0;
  for (char letter : found->second) {
    if (letter == '#' && next < numbers.size()) {
      chinese += numbers[next++];
    } else {
      chinese += letter;
    }
  }
  return chinese;
}

}  // namespace

std::string chinese_chart_words(const std::string& english) {
  const std::string whole = known_words(english);
  const size_t colon = english.rfind(": ");
  if (!whole.empty() || colon == std::string::npos) return whole;
  // "layer1.0.conv1: activations": a name of the app's own, and known words about it.
  const std::string words = known_words(english.substr(colon + 2));
  return words.empty() ? "" : english.substr(0, colon) + "：" + words;
}

}  // namespace glassbox
