#include "common/report/html.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "common/base/atomic_file.h"
#include "common/base/checksum.h"
#include "common/base/error.h"
#include "common/report/encode.h"
#include "common/report/html_style.h"

namespace glassbox {

extern const char* const kFilmScript;  // film.js

namespace {

constexpr int kSmallImage = 200;  // pixels; smaller ones are enlarged, and blur would hide what the network sees

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// "-1,234.5e-3" and the like.
bool is_number(const std::string& word) {
  const size_t sign = !word.empty() && (word[0] == '-' || word[0] == '+') ? 1 : 0;
  if (word.size() == sign || !is_digit(word[sign])) return false;
  return word.find_first_not_of("0123456789.,eE+-", sign) == std::string::npos;
}

/// Numbers with short units: "12", "96.40 %", "1 min 12 s", "0.8 s", "n/a" and nothing at all.
bool reads_as_number(const std::string& cell) {
  if (cell.empty() || cell == "n/a" || cell == "-") return true;
  std::istringstream words(cell);
  bool number_before = false;
  for (std::string word; words >> word;) {
    const bool number = is_number(word);
    const bool unit = number_before && word.size() <= 4 && std::none_of(word.begin(), word.end(), is_digit);
    if (!number && !unit) return false;
    number_before = number;
  }
  return is_number(cell.substr(0, cell.find(' ')));
}

std::vector<std::string> column_classes(size_t columns, const std::vector<std::vector<Text>>& rows) {
  std::vector<std::string> classes(columns, rows.empty() ? "" : " class=\"number\"");
  for (const auto& row : rows) {
    for (size_t i = 0; i < columns; ++i) {
      if (!reads_as_number(row[i].en)) classes[i].clear();
    }
  }
  return classes;
}

/// Escaped; both languages where they differ, and the page's switch hides one of them.
std::string both(const Text& text) {
  if (text.same()) return escape_xml(text.en);
  return as_text("<span lang=\"en\">", escape_xml(text.en), "</span><span lang=\"zh\">", escape_xml(text.zh),
                 "</span>");
}

std::string cell_html(const char* element, const std::string& attributes, const std::string& inner) {
  return as_text("<", element, attributes, ">", inner, "</", element, ">");
}

/// "Worst cases" -> "worst-cases".
std::string slug(const std::string& title) {
  std::string text;
  for (char letter : title) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x80 && std::isalnum(code)) {
      text += char(std::tolower(code));
    } else if (!text.empty() && text.back() != '-') {
      text += '-';
    }
  }
  while (!text.empty() && text.back() == '-') text.pop_back();
  return text;
}

std::string caption_html(const char* element, const Text& caption) {
  return caption.empty() ? "" : as_text("<", element, ">", both(caption), "</", element, ">\n");
}

std::string image_html(const std::string& png, const std::string& attributes, const std::string& alternative) {
  const PngSize size = png_size(png);
  return as_text("<img", attributes, " width=\"", size.width, "\" height=\"", size.height, "\" alt=\"",
                 escape_xml(alternative), "\" src=\"", png_data_uri(png), "\">");
}

std::string image_html(const GalleryItem& item) {
  const PngSize size = png_size(item.png);
  const bool small = std::max(size.width, size.height) < kSmallImage;
  std::string alternative;
  for (const Text& line : item.lines) alternative += (alternative.empty() ? "" : ", ") + line.en;
  std::string html = "<li>" + image_html(item.png, small ? " class=\"small\"" : "", alternative);
  for (const Text& line : item.lines) html += "<div>" + both(line) + "</div>";
  return html + "</li>\n";
}

std::string paragraphs(const std::string& text, const std::string& attributes) {
  std::string html;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find("\n\n", begin), text.size());
    if (end > begin) html += cell_html("p", attributes, escape_xml(text.substr(begin, end - begin))) + "\n";
    begin = end + 2;
  }
  return html;
}

std::string percent(double part, double whole) { return as_text(100 * part / whole, "%"); }

/// Even a page made of somebody else's class names must not be able to reach the network or run what is not ours.
std::string policy(const std::vector<std::string>& scripts) {
  std::string text = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  for (const std::string& script : scripts)
    text += as_text(&script == &scripts.front() ? "; script-src" : "", " 'sha256-", base64(sha256(script)), "'");
  return text;
}

// The switch lies before everything it switches: that is how a style sheet can ask which one is on.
constexpr const char* kLanguageSwitch =
    "<input type=\"radio\" name=\"language\" id=\"language-en\" checked=\"checked\"/>"
    "<label for=\"language-en\">English</label>\n"
    "<input type=\"radio\" name=\"language\" id=\"language-zh\"/>"
    "<label for=\"language-zh\" lang=\"zh\">中文</label>\n";

}  // namespace

HtmlPage::HtmlPage(Text title, Text subtitle) : title_(std::move(title)), subtitle_(std::move(subtitle)) {}

void HtmlPage::card(const Text& label, const Text& value, const Text& remark) {
  cards_ += as_text("<div class=\"card\"><dt>", both(label), "</dt><dd><div class=\"value\">", both(value), "</div>",
                    caption_html("small", remark), "</dd></div>\n");
}

void HtmlPage::section(const Text& title) {
  const std::string tail = slug(title.en), id = as_text("s", ++sections_, tail.empty() ? "" : "-", tail);
  const std::string text = both(title);
  contents_ += as_text("<li><a href=\"#", id, "\">", text, "</a></li>\n");
  if (sections_ > 1) body_ += "</section>\n";
  body_ += as_text("<section id=\"", id, "\">\n<h2><a href=\"#", id, "\">", text, "</a></h2>\n");
}

void HtmlPage::note(const Text& text) {
  if (text.same()) {
    body_ += paragraphs(text.en, "");
  } else {
    body_ += paragraphs(text.en, " lang=\"en\"") + paragraphs(text.zh, " lang=\"zh\"");
  }
}

void HtmlPage::figure(const Figure& figure, const Text& caption) {
  SvgOptions options;
  options.bilingual = true;
  body_ += "<figure class=\"plot\">\n" + to_svg(figure, options) + caption_html("figcaption", caption) + "</figure>\n";
}

void HtmlPage::table(const std::vector<Text>& header, const std::vector<std::vector<Text>>& rows, const Text& caption) {
  for (const auto& row : rows) {
    if (row.size() != header.size()) throw std::logic_error("HtmlPage::table: want rows as long as the header");
  }
  const std::vector<std::string> classes = column_classes(header.size(), rows);
  // The tab stop lets the keyboard scroll a table wider than the window.
  body_ += "<div class=\"scroll\" tabindex=\"0\"><table>\n" + caption_html("caption", caption) + "<thead><tr>";
  for (size_t i = 0; i < header.size(); ++i) body_ += cell_html("th", " scope=\"col\"" + classes[i], both(header[i]));
  body_ += "</tr>\n</thead>\n<tbody>\n";
  for (const auto& row : rows) {
    body_ += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) body_ += cell_html("td", classes[i], both(row[i]));
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table></div>\n";
}

void HtmlPage::gallery(const std::vector<GalleryItem>& items, const Text& caption, GalleryLook look) {
  const char* classes = "";
  if (look == GalleryLook::kSmall) classes = " dense";
  if (look == GalleryLook::kSmallAndSmooth) classes = " dense smooth";
  if (look == GalleryLook::kLarge) classes = " large";
  body_ += as_text("<figure>\n", caption_html("figcaption", caption), "<ul class=\"gallery", classes, "\">\n");
  for (const GalleryItem& item : items) body_ += image_html(item);
  body_ += "</ul></figure>\n";
}

void HtmlPage::film(const Film& film, const Text& caption) {
  body_ += "<figure class=\"plot film\">\n";
  add_film(film, "", "");
  body_ += caption_html("figcaption", caption) + "</figure>\n";
}

void HtmlPage::film(const Film& film, const Figure& stage, const PlotBox& screen, const Text& caption) {
  SvgOptions options;
  options.bilingual = true;
  options.background = false;
  const std::string place = as_text(
      " style=\"position:absolute;left:", percent(screen.x, stage.width), ";top:", percent(screen.y, stage.height),
      ";width:", percent(screen.width, stage.width), ";height:", percent(screen.height, stage.height), "\"");
  body_ += "<figure class=\"plot film\">\n";
  add_film(film, place, to_svg(stage, options));
  body_ += caption_html("figcaption", caption) + "</figure>\n";
}

void HtmlPage::add_film(const Film& film, const std::string& frame_style, const std::string& over) {
  const size_t frames = film.frames.size();
  if (frames == 0 || film.labels.size() != frames) throw std::logic_error("HtmlPage::film: want one label a frame");
  const auto hidden = [&](size_t i) { return i + 1 < frames ? " hidden=\"hidden\"" : ""; };
  body_ += "<div class=\"stage\">\n";
  for (size_t i = 0; i < frames; ++i)
    body_ += image_html(film.frames[i], as_text(" class=\"frame\"", hidden(i), frame_style), film.labels[i].en) + "\n";
  body_ += over + "</div>\n<div class=\"labels\">";
  for (size_t i = 0; i < frames; ++i)
    body_ += cell_html("div", as_text(" class=\"label\"", hidden(i)), both(film.labels[i]));
  body_ += as_text(
      "</div>\n<div class=\"controls\" hidden=\"hidden\"><button type=\"button\"><span class=\"when-paused\">▶ ",
      both({"Play", "播放"}), "</span><span class=\"when-playing\">❚❚ ", both({"Pause", "暂停"}),
      "</span></button><input type=\"range\" aria-label=\"frame 帧\" min=\"0\" max=\"", frames - 1, "\" value=\"",
      frames - 1, "\"/></div>\n");
  script(kFilmScript);
}

void HtmlPage::details(const Text& summary, const std::string& text) {
  body_ += as_text("<details><summary>", both(summary), "</summary>\n<pre tabindex=\"0\">", escape_xml(text),
                   "</pre></details>\n");
}

void HtmlPage::script(const std::string& source) {
  if (source.find("</script") != std::string::npos || source.find("<!--") != std::string::npos)
    throw std::logic_error("HtmlPage::script: want no </script and no <!-- in it");
  if (std::find(scripts_.begin(), scripts_.end(), source) == scripts_.end()) scripts_.push_back(source);
}

void HtmlPage::data(const std::string& id, const std::string& json) {
  std::string safe;
  for (char letter : json) safe += letter == '<' ? std::string("\\u003c") : std::string(1, letter);
  body_ += as_text("<script type=\"application/json\" id=\"", escape_xml(id), "\">", safe, "</script>\n");
}

void HtmlPage::place(const std::string& id) { body_ += as_text("<div id=\"", escape_xml(id), "\"></div>\n"); }

void HtmlPage::style(const std::string& css) { style_ += css; }

std::string HtmlPage::html() const {
  std::string header = "<h1>" + both(title_) + "</h1>\n";
  if (!subtitle_.empty()) header += "<p class=\"subtitle\">" + both(subtitle_) + "</p>\n";
  if (!cards_.empty()) header += "<dl class=\"cards\">\n" + cards_ + "</dl>\n";
  if (sections_ > 1) header += "<nav aria-label=\"Contents\"><ol>\n" + contents_ + "</ol></nav>\n";
  const bool bilingual = (header + body_).find("lang=\"zh\"") != std::string::npos;

  std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  page += as_text("<meta http-equiv=\"Content-Security-Policy\" content=\"", policy(scripts_), "\">\n");
  page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  page +=
      as_text("<link rel=\"icon\" href=\"data:,\">\n<title>", escape_xml(title_.en), "</title>\n<style>", kPageStyle,
              style_, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">Skip to the content",
              bilingual ? " · 跳到正文" : "", "</a>\n");
  if (bilingual) page += kLanguageSwitch;
  page += "<header>\n" + header + "</header>\n<main id=\"content\">\n" + body_;
  page += as_text(sections_ > 0 ? "</section>\n" : "", "</main>\n<footer></footer>\n");
  for (const std::string& script : scripts_) page += "<script>" + script + "</script>\n";
  return page + "</body>\n</html>\n";
}

void HtmlPage::write(const FileAt& file) const { write_file(file, html()); }

}  // namespace glassbox
