/// The report page and what makes text and bytes fit for it.
#include "common/report/html.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/report/encode.h"
#include "tests/common/report/xml_check.h"

namespace glassbox {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string without(std::string text, const std::string& part) {
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part)) text.erase(at, part.size());
  return text;
}

/// An image of one colour.
std::string plain_png(int width, int height) {
  return encode_png({width, height, std::vector<uint8_t>(size_t(width) * size_t(height) * 3, 7)});
}

LineChart loss_chart() {
  LineChart chart;
  chart.title = {"Loss", "损失"};
  chart.series = {{{"training", "训练集"}, {1, 2, 3}, {3, 2, 1}, false}};
  return chart;
}

/// A page with one of everything, all of it hostile.
HtmlPage full_page(const std::string& text) {
  HtmlPage page(text, text);
  page.card(text, text, text);
  page.section(text);
  page.note(text + "\n\n" + text);
  LineChart chart = loss_chart();
  chart.title = chart.x_label = chart.y_label = chart.series[0].name = text;
  page.figure(chart, text);
  page.table({text, "count"}, {{text, "12"}}, text);
  page.gallery({{plain_png(8, 8), {text, text}}}, text);
  page.section(text);
  page.details(text, text);
  return page;
}

TEST(Base64, OfTheVectorsOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64(std::string("\xff\xfe\x00", 3)), "//4A");
}

TEST(EscapeXml, KeepsTextAndMendsTheRest) {
  EXPECT_EQ(escape_xml("a < b & \"c\" > 'd'"), "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
  EXPECT_EQ(escape_xml("数字 é 🙂\n\t"), "数字 é 🙂\n\t");
  const std::string mended = "\xEF\xBF\xBD";
  EXPECT_EQ(escape_xml(std::string("a\0b", 3)), "a" + mended + "b");
  EXPECT_EQ(escape_xml("\x1b[0m"), mended + "[0m");
  EXPECT_EQ(escape_xml("\xff"), mended);
  EXPECT_EQ(escape_xml("\xc3"), mended);  // cut short
  EXPECT_EQ(escape_xml("\xc3("), mended + "(");
  EXPECT_EQ(escape_xml("\xc0\xaf"), mended);      // an overlong slash
  EXPECT_EQ(escape_xml("\xed\xa0\x80"), mended);  // half of a surrogate pair
  EXPECT_EQ(escape_xml("\xef\xbf\xbe"), mended);  // U+FFFE, which XML forbids
}

TEST(Png, SurvivesTheWayToThePage) {
  Raster raster{5, 3, std::vector<uint8_t>(45, 0)};
  raster.rgb[42] = 1;
  raster.rgb[43] = 2;
  raster.rgb[44] = 3;
  const std::string png = encode_png(raster);
  EXPECT_EQ(png_size(png).width, 5);
  EXPECT_EQ(png_size(png).height, 3);
  const cv::Mat bytes(1, int(png.size()), CV_8U, const_cast<char*>(png.data()));
  EXPECT_EQ(cv::imdecode(bytes, cv::IMREAD_COLOR).at<cv::Vec3b>(2, 4), cv::Vec3b(3, 2, 1));  // OpenCV has blue first
  EXPECT_EQ(png_data_uri(png).rfind("data:image/png;base64,iVBORw0KGgo", 0), 0u);
  EXPECT_THROW(png_size("no image"), std::logic_error);
  EXPECT_THROW(encode_png({2, 2, {1, 2, 3}}), std::logic_error);
}

TEST(HtmlPage, HasWhatItWasGiven) {
  const std::string html = full_page("plain words").html();
  EXPECT_EQ(html.rfind("<!DOCTYPE html>\n<html lang=\"en\">", 0), 0u);
  for (const char* part : {"<title>plain words</title>", "<h1>plain words</h1>", "<link rel=\"icon\" href=\"data:,\">",
                           "<a href=\"#s1-plain-words\">plain words</a>", "<section id=\"s1-plain-words\">",
                           "<section id=\"s2-plain-words\">", "<svg ", "<figcaption>plain words</figcaption>",
                           "<td class=\"number\">12</td>", "<details><summary>plain words</summary>",
                           "alt=\"plain words, plain words\"", "prefers-color-scheme: dark", "@media print"})
    EXPECT_TRUE(has(html, part)) << part;
}

TEST(HtmlPage, ClosesWhatItOpens) {
  for (const std::string& text : {std::string("words"), std::string("</div></section><b>")}) {
    std::string body = full_page(text).html();
    body = body.substr(body.find("<body>"), body.find("</html>") - body.find("<body>"));
    // <img> is the one element of the page that HTML never closes and we neither.
    for (size_t at = body.find("<img"); at != std::string::npos; at = body.find("<img", at + 1))
      body.insert(body.find('>', at), "/");
    EXPECT_EQ(xml_problem(body), "");
  }
}

TEST(HtmlPage, EscapesEverything) {
  const std::string html = full_page("<script>alert('1')</script>\" onload=\"x").html();
  EXPECT_FALSE(has(html, "<script"));
  EXPECT_FALSE(has(html, "\" onload"));
}

TEST(HtmlPage, NeedsNoNetwork) {
  const std::string html = without(full_page("words").html(), "http://www.w3.org/2000/svg");
  for (const char* part : {"http://", "https://", "src=\"/", "url(", "@import", "<script"})
    EXPECT_FALSE(has(html, part)) << part;
  EXPECT_TRUE(has(html, "default-src 'none'"));
}

TEST(HtmlPage, AlignsColumnsOfNumbersToTheRight) {
  HtmlPage page("t");
  page.table({"n", "fraction", "time", "name", "mixed", "layer"},
             {{"1,234", "96.40 %", "1 min 12 s", "cat", "12", "3x3 conv"}, {"-0.3e-5", "", "n/a", "7", "abc", "1"}});
  const std::string html = page.html();
  for (const char* part : {"<th scope=\"col\" class=\"number\">n<", "<td class=\"number\">96.40 %<",
                           "<td class=\"number\">1 min 12 s<", "<td>cat<", "<td>12<", "<td>3x3 conv<"})
    EXPECT_TRUE(has(html, part)) << part;
}

TEST(HtmlPage, RefusesRaggedTablesAndBrokenImages) {
  HtmlPage page("t");
  EXPECT_THROW(page.table({"a", "b"}, {{"1"}}), std::logic_error);
  EXPECT_THROW(page.gallery({{"no png", {}}}), std::logic_error);
}

TEST(HtmlPage, EnlargesSmallImagesWithoutBlur) {
  HtmlPage page("t");
  page.gallery({{plain_png(28, 28), {}}});
  EXPECT_TRUE(has(page.html(), "<img class=\"small\" width=\"28\" height=\"28\""));
  HtmlPage large("t");
  large.gallery({{plain_png(200, 300), {}}});
  EXPECT_TRUE(has(large.html(), "<img width=\"200\" height=\"300\""));
}

TEST(HtmlPage, TitlesWithoutLettersGetAnAnchorToo) {
  HtmlPage page("t");
  page.section("学习");
  page.section("¿?");
  EXPECT_TRUE(has(page.html(), "<section id=\"s1\">"));
  EXPECT_TRUE(has(page.html(), "<section id=\"s2\">"));
}

TEST(HtmlPage, SaysWhatDiffersInBothLanguagesAndSwitchesWithoutScript) {
  HtmlPage page({"Inside <x>", "<x> 的内部"}, "mnist");
  page.card({"test accuracy", "测试准确率"}, "98 %");
  page.section({"Learning", "学习过程"});
  page.note({"One.\n\nTwo.", "一。\n\n二。"});
  page.table({{"class", "类别"}, "F1"}, {{"a", "1"}}, {"Scores.", "得分。"});
  const std::string html = page.html();
  for (const char* part :
       {"<h1><span lang=\"en\">Inside &lt;x&gt;</span><span lang=\"zh\">&lt;x&gt; 的内部</span></h1>",
        "<p class=\"subtitle\">mnist</p>", "<span lang=\"zh\">测试准确率</span>", "<p lang=\"en\">Two.</p>",
        "<p lang=\"zh\">二。</p>", "<section id=\"s1-learning\">", "<span lang=\"zh\">类别</span></th>", ">F1</th>",
        "<label for=\"language-en\">English</label>", "<label for=\"language-zh\" lang=\"zh\">中文</label>",
        "id=\"language-en\" checked=\"checked\"", "#language-en:checked ~ * [lang=\"zh\"]"})
    EXPECT_TRUE(has(html, part)) << part;
  EXPECT_FALSE(has(html, "<script"));
  EXPECT_LT(html.find("id=\"language-zh\""), html.find("<header>"));  // a style sheet only looks forward
}

TEST(HtmlPage, OfOneLanguageHasNoSwitch) { EXPECT_FALSE(has(full_page("words").html(), "id=\"language-zh\"")); }

TEST(HtmlPage, SaysTheWordsOfChartsInBothLanguages) {
  HtmlPage page("t");
  LineChart chart = loss_chart();
  chart.x_label = "one for both";
  page.figure(chart);
  const std::string html = page.html();
  EXPECT_TRUE(has(html, "<text lang=\"en\"") && has(html, ">Loss</text>"));
  EXPECT_TRUE(has(html, "<text lang=\"zh\"") && has(html, ">损失</text>"));
  EXPECT_TRUE(has(html, ">one for both</text>"));
  EXPECT_TRUE(has(html, "<rect fill-opacity=\"0\" lang=\"en\"") && has(html, ">training, one for both 2: 2</title>"));
  EXPECT_TRUE(has(html, "<rect fill-opacity=\"0\" lang=\"zh\"") && has(html, ">训练集, one for both 2: 2</title>"));
  EXPECT_FALSE(has(to_svg(chart), "lang="));
}

TEST(HtmlPage, SaysWhatChartsAddOfTheirOwnInBothLanguages) {
  HtmlPage page("t");
  page.figure(ConfusionChart{{"Confusion", "混淆矩阵"}, {"cat", "dog"}, {{1481, 18}, {0, 1}}});
  page.figure(ReliabilityChart{});
  const std::string html = page.html();
  for (const char* part : {">1,482 of 1,500 right: 98.80 %. Shade: fraction of the true class.<",
                           ">答对 1,482 个，共 1,500 个：98.80 %。颜色深浅：占真实类别的比例。<", ">真实的类别<",
                           ">预测的类别<", ">cat 判为 dog：18（1.2 %）<", ">校准：期望校准误差 0.00 %<", ">没有数据<"})
    EXPECT_TRUE(has(html, part)) << part;
}

Film three_frames() {
  const std::string png = plain_png(8, 8);
  return {{png, png, png}, {{"step 0", "第 0 步"}, "step 1", "step <2>"}};
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(HtmlPage, AFilmShowsItsLastFrameUntilAScriptPlaysIt) {
  HtmlPage page("t");
  page.film(three_frames(), "one");
  page.film(three_frames(), loss_chart(), {10, 20, 280, 175}, "two");
  const std::string html = page.html();
  EXPECT_EQ(count(html, "class=\"frame\" hidden=\"hidden\""), 4u);
  EXPECT_EQ(count(html, "class=\"frame\""), 6u);
  EXPECT_EQ(count(html, "<input type=\"range\""), 2u);
  EXPECT_EQ(count(html, "class=\"controls\" hidden=\"hidden\""), 2u);  // nothing to click on without script
  EXPECT_EQ(count(html, "</script>"), 1u);                             // one for all films
  EXPECT_TRUE(has(html, "left:1.78571%;"));                            // 10 of the chart's 560 units
  EXPECT_TRUE(has(html, "alt=\"step &lt;2&gt;\""));
  EXPECT_FALSE(has(html, "autoplay"));
}

TEST(HtmlPage, RefusesFilmsWithoutFramesOrLabels) {
  HtmlPage page("t");
  EXPECT_THROW(page.film(Film()), std::logic_error);
  Film film = three_frames();
  film.labels.pop_back();
  EXPECT_THROW(page.film(film), std::logic_error);
}

TEST(HtmlPage, ThePolicyNamesExactlyItsScripts) {
  HtmlPage page("t");
  EXPECT_FALSE(has(page.html(), "script-src"));
  page.script("alert(1)");
  page.script("alert(1)");
  page.script("alert('two')");
  const std::string html = page.html();
  // printf '%s' "alert(1)" | openssl dgst -sha256 -binary | base64
  EXPECT_TRUE(has(html, "; script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=' 'sha256-"));
  EXPECT_EQ(count(html, "'sha256-"), 2u);
  EXPECT_EQ(count(html, "<script>alert(1)</script>"), 1u);
  EXPECT_LT(html.find("</footer>"), html.find("<script>alert(1)"));
  EXPECT_THROW(page.script("'</script>'"), std::logic_error);
}

TEST(HtmlPage, HandsNumbersToItsScripts) {
  HtmlPage page("t");
  page.data("numbers", R"({"text": "</script><b>"})");
  page.place("here");
  page.style(".own { color: red; }");
  const std::string html = page.html();
  EXPECT_TRUE(has(html, R"(<script type="application/json" id="numbers">{"text": "\u003c/script>\u003cb>"}</script>)"));
  EXPECT_TRUE(has(html, "<div id=\"here\"></div>"));
  EXPECT_TRUE(has(html, ".own { color: red; }\n</style>") || has(html, ".own { color: red; }</style>"));
  EXPECT_FALSE(has(html, "script-src"));  // data is not run
}

TEST(HtmlPage, IsWrittenAsItIs) {
  const auto path = std::filesystem::temp_directory_path() / as_text("glassbox_html_test_", getpid()) / "report.html";
  const HtmlPage page = full_page("words");
  page.write(path);
  EXPECT_EQ(read_file(path), page.html());
  std::filesystem::remove_all(path.parent_path());
}

}  // namespace
}  // namespace glassbox
