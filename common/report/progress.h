/// The live line of a training run, on stderr: stdout belongs to the answer.
#pragma once

#include <chrono>
#include <string>

namespace glassbox {

/// Not for several threads at once.
class ProgressBar {
 public:
  /// Draws only if stderr is a terminal, TERM is not "dumb" and `quiet` is off. NO_COLOR takes the colour away.
  explicit ProgressBar(bool quiet);
  ~ProgressBar();  ///< clears the bar
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// fraction in [0, 1]. Cheap to call every step: at most 10 lines a second are drawn.
  void show(double fraction, const std::string& label, const std::string& details);

  void clear();

  /// Clears the bar and prints one full line, to a log file too. Nothing when quiet.
  void line(const std::string& text);

 private:
  bool quiet_, live_, drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

/// How a bar is drawn on this terminal.
struct BarLook {
  int columns = 80;   ///< the line stays one column shorter: the last one would scroll some terminals
  bool utf8 = true;   ///< else ASCII
  bool color = true;  ///< escape sequences
};

/// "epoch 3/10  ━━━━━━━━━━━━───────────  50 %  loss 0.123  0:12 left", cut to the terminal's width.
std::string progress_text(double fraction, const std::string& label, const std::string& details, const BarLook& look);

}  // namespace glassbox
