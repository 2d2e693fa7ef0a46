#include "common/report/html.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/report/encode.h"
#include "common/report/html_style.h"

namespace glassbox {
namespace {

constexpr int kSmallPicture = 200;  // pixels; smaller ones are enlarged, and blur would hide what the network sees

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

std::vector<std::string> column_classes(size_t columns, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::string> classes(columns, rows.empty() ? "" : " class=\"number\"");
  for (const auto& row : rows) {
    for (size_t i = 0; i < columns; ++i) {
      if (!reads_as_number(row[i])) classes[i].clear();
    }
  }
  return classes;
}

std::string row_html(const char* element, const std::vector<std::string>& cells,
                     const std::vector<std::string>& classes) {
  std::string html = "<tr>";
  const std::string scope = std::string(element) == "th" ? " scope=\"col\"" : "";
  for (size_t i = 0; i < cells.size(); ++i)
    html += concat("<", element, scope, classes[i], ">", escape_xml(cells[i]), "</", element, ">");
  return html + "</tr>\n";
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

std::string caption_html(const char* element, const std::string& caption) {
  return caption.empty() ? "" : concat("<", element, ">", escape_xml(caption), "</", element, ">\n");
}

std::string picture_html(const GalleryItem& item) {
  const PngSize size = png_size(item.png);
  const bool small = std::max(size.width, size.height) < kSmallPicture;
  std::string alternative;
  for (const std::string& line : item.lines) alternative += (alternative.empty() ? "" : ", ") + line;
  std::string html =
      concat("<li><img", small ? " class=\"small\"" : "", " width=\"", size.width, "\" height=\"", size.height,
             "\" alt=\"", escape_xml(alternative), "\" src=\"", png_data_uri(item.png), "\">");
  for (const std::string& line : item.lines) html += "<div>" + escape_xml(line) + "</div>";
  return html + "</li>\n";
}

}  // namespace

HtmlPage::HtmlPage(std::string title, std::string subtitle)
    : title_(std::move(title)), subtitle_(std::move(subtitle)) {}

void HtmlPage::card(const std::string& label, const std::string& value, const std::string& remark) {
  cards_ += concat("<div class=\"card\"><dt>", escape_xml(label), "</dt><dd><div class=\"value\">", escape_xml(value),
                   "</div>", caption_html("small", remark), "</dd></div>\n");
}

void HtmlPage::section(const std::string& title) {
  const std::string tail = slug(title), id = concat("s", ++sections_, tail.empty() ? "" : "-", tail);
  const std::string text = escape_xml(title);
  contents_ += concat("<li><a href=\"#", id, "\">", text, "</a></li>\n");
  if (sections_ > 1) body_ += "</section>\n";
  body_ += concat("<section id=\"", id, "\">\n<h2><a href=\"#", id, "\">", text, "</a></h2>\n");
}

void HtmlPage::note(const std::string& text) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find("\n\n", begin), text.size());
    if (end > begin) body_ += "<p>" + escape_xml(text.substr(begin, end - begin)) + "</p>\n";
    begin = end + 2;
  }
}

void HtmlPage::figure(const Figure& figure, const std::string& caption) {
  body_ += "<figure class=\"plot\">\n" + to_svg(figure) + caption_html("figcaption", caption) + "</figure>\n";
}

void HtmlPage::table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                     const std::string& caption) {
  for (const auto& row : rows) {
    if (row.size() != header.size()) throw std::logic_error("HtmlPage::table: want rows as long as the header");
  }
  const std::vector<std::string> classes = column_classes(header.size(), rows);
  // The tab stop lets the keyboard scroll a table wider than the window.
  body_ += "<div class=\"scroll\" tabindex=\"0\"><table>\n" + caption_html("caption", caption) + "<thead>" +
           row_html("th", header, classes) + "</thead>\n<tbody>\n";
  for (const auto& row : rows) body_ += row_html("td", row, classes);
  body_ += "</tbody></table></div>\n";
}

void HtmlPage::gallery(const std::vector<GalleryItem>& items, const std::string& caption) {
  body_ += "<figure>\n" + caption_html("figcaption", caption) + "<ul class=\"gallery\">\n";
  for (const GalleryItem& item : items) body_ += picture_html(item);
  body_ += "</ul></figure>\n";
}

void HtmlPage::details(const std::string& summary, const std::string& text) {
  body_ += concat("<details><summary>", escape_xml(summary), "</summary>\n<pre tabindex=\"0\">", escape_xml(text),
                  "</pre></details>\n");
}

std::string HtmlPage::html() const {
  const std::string title = escape_xml(title_);
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  // Even a page made of somebody else's class names must not be able to reach the network.
  page +=
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  page += concat("<link rel=\"icon\" href=\"data:,\">\n<title>", title, "</title>\n<style>", kPageStyle,
                 "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">Skip to the content</a>\n");
  page += "<header>\n<h1>" + title + "</h1>\n";
  if (!subtitle_.empty()) page += "<p class=\"subtitle\">" + escape_xml(subtitle_) + "</p>\n";
  if (!cards_.empty()) page += "<dl class=\"cards\">\n" + cards_ + "</dl>\n";
  if (sections_ > 1) page += "<nav aria-label=\"Contents\"><ol>\n" + contents_ + "</ol></nav>\n";
  page += "</header>\n<main id=\"content\">\n" + body_ + (sections_ > 0 ? "</section>\n" : "") + "</main>\n";
  return page + "<footer></footer>\n</body>\n</html>\n";
}

void HtmlPage::write(const std::filesystem::path& path) const { write_file(path, html()); }

}  // namespace glassbox
