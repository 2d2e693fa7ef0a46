/// One self-contained page: no network, no script, light and dark, printable. Everything handed in is escaped.
///
///   HtmlPage page("mnist-256-128", "mlp on MNIST");
///   page.card("test accuracy", "98.12 %", "epoch 9 of 10");
///   page.section("Learning");
///   page.figure(loss_chart, "Loss on data it learns from and on data it does not.");
///   page.write(run.file("report.html"));
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/report/plot.h"

namespace glassbox {

/// A picture of a gallery.
struct GalleryItem {
  std::string png;                 ///< the bytes of a PNG file (see encode_png)
  std::vector<std::string> lines;  ///< below the picture; the first one is bold
};

class HtmlPage {
 public:
  explicit HtmlPage(std::string title, std::string subtitle = "");

  /// A key figure in the header.
  void card(const std::string& label, const std::string& value, const std::string& remark = "");

  /// Begins a section: what is added from here on belongs to it, and the table of contents lists it.
  void section(const std::string& title);

  /// A paragraph of plain language. A blank line begins another one.
  void note(const std::string& text);

  void figure(const Figure& figure, const std::string& caption = "");

  /// A column whose cells all read as numbers ("1,234", "96.40 %", "-0.3", "") is right aligned.
  /// Throws std::logic_error if a row is not as long as the header.
  void table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
             const std::string& caption = "");

  /// Small pictures are enlarged without blur. Throws std::logic_error for bytes that are no PNG file.
  void gallery(const std::vector<GalleryItem>& items, const std::string& caption = "");

  /// Preformatted text (a config, an environment), folded away behind `summary`.
  void details(const std::string& summary, const std::string& text);

  std::string html() const;
  void write(const std::filesystem::path& path) const;  ///< atomically; throws UserError

 private:
  std::string title_, subtitle_, cards_, contents_, body_;
  int sections_ = 0;
};

}  // namespace glassbox
