/// One self-contained page: no network, light and dark, printable, in English and Chinese. Everything handed in is
/// escaped. There is no script but what film() and script() add, and the page's policy names exactly those.
///
///   HtmlPage page("mnist-256-128", {"mlp on MNIST", "MNIST 上的多层感知机"});
///   page.card({"test accuracy", "测试准确率"}, "98.12 %", {"epoch 9 of 10", "第 9 轮，共 10 轮"});
///   page.section({"Learning", "学习过程"});
///   page.figure(loss_chart, {"Loss on data it learns from and on data it does not.", "训练数据与验证数据上的损失。"});
///   page.write(run.file("report.html"));
///
/// A page in both languages begins with a switch between them that needs no script.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/file_at.h"
#include "common/report/plot.h"
#include "common/report/text.h"

namespace glassbox {

/// An image of a gallery.
struct GalleryItem {
  std::string png;          ///< the bytes of a PNG file (see encode_png)
  std::vector<Text> lines;  ///< below the image; the first one is bold
};

enum class GalleryLook { kUsual, kSmall, kSmallAndSmooth, kLarge };

/// Images shown one after the other, with a button and a slider; without script the last one is seen.
struct Film {
  std::vector<std::string> frames;  ///< PNG files, all of one size; at least one
  std::vector<Text> labels;         ///< one a frame
};

class HtmlPage {
 public:
  explicit HtmlPage(Text title, Text subtitle = "");

  /// A key figure in the header.
  void card(const Text& label, const Text& value, const Text& remark = "");

  /// Begins a section: what is added from here on belongs to it, and the table of contents lists it.
  void section(const Text& title);

  /// A paragraph of plain language. A blank line begins another one.
  void note(const Text& text);

  /// Texts of the chart that differ are in both languages.
  void figure(const Figure& figure, const Text& caption = "");

  /// A column whose cells all read as numbers ("1,234", "96.40 %", "-0.3", "") is right aligned.
  /// Throws std::logic_error if a row is not as long as the header.
  void table(const std::vector<Text>& header, const std::vector<std::vector<Text>>& rows, const Text& caption = "");

  /// Images of few pixels are enlarged without blur, unless they are samples of something smooth.
  /// Throws std::logic_error for bytes that are no PNG file.
  void gallery(const std::vector<GalleryItem>& items, const Text& caption = "", GalleryLook look = GalleryLook::kUsual);

  /// Throws std::logic_error if there is no frame or not one label a frame.
  void film(const Film& film, const Text& caption = "");

  /// The frames are shown in the box `screen` of `stage`, stretched and smoothed, below everything the stage draws.
  void film(const Film& film, const Figure& stage, const PlotBox& screen, const Text& caption = "");

  /// Preformatted text (a config, an environment), folded away behind `summary`.
  void details(const Text& summary, const std::string& text);

  /// For an app's own script: runs when the page is read; the same source is added once only. It finds its numbers in
  /// data() and fills place(). Throws std::logic_error if it holds "</script" or "<!--", which no escape can mend.
  void script(const std::string& source);
  void data(const std::string& id, const std::string& json);  ///< JSON.parse(document.getElementById(id).textContent)
  void place(const std::string& id);                          ///< an empty <div>
  void style(const std::string& css);                         ///< our own: it is not escaped

  std::string html() const;
  void write(const FileAt& file) const;  ///< atomically; throws UserError

 private:
  void add_film(const Film& film, const std::string& frame_style, const std::string& over);

  Text title_, subtitle_;
  std::string cards_, contents_, body_, style_;
  std::vector<std::string> scripts_;
  int sections_ = 0;
};

}  // namespace glassbox
