// HTML, styles and colours from any bytes: text comes out as folded UTF-8, counts agree with what is there,
// and limits hold.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>

#include "proto/base/text.h"
#include "proto/mail/html.h"
#include "proto/mail/html_style.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

std::string valid_utf8(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    text += length == 0 ? "\xEF\xBF\xBD" : bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// No white space but single blanks and line ends, none at the ends, and well-formed.
void check_folded(std::string_view text) {
  require(is_utf8(text));
  char before = ' ';
  for (const char c : text) {
    require(c == ' ' || c == '\n' || !(is_space(c) || c == '\0'));
    require(!(is_space(c) && is_space(before)));
    before = c;
  }
  require(text.empty() || !is_space(before));
  require(text.find("\xC2\xA0") == std::string_view::npos);
}

void check_html(std::string_view utf8) {
  HtmlLimits limits;
  limits.depth = 20;
  limits.links = 10;
  const Html html = read_html(utf8, limits);
  for (const std::string* text : {&html.visible, &html.hidden, &html.title})
    check_folded(*text);
  require(is_utf8(html.base));
  require(html.links.size() == std::min(html.link_count, limits.links));
  require(html.images.size() <= limits.links);
  for (const HtmlLink& link : html.links) {
    require(!link.target.empty() && is_utf8(link.target) && !name(link.kind).empty());
    require(link.target.find_first_of("\t\r\n") == std::string::npos);
    require(link.text_at <= html.visible.size());
    check_folded(link.text);
  }
  for (const HtmlImage& image : html.images)
    require(is_utf8(image.source) && is_utf8(image.alt) && image.width >= -1 && image.height >= -1);
  const auto sum =
      std::accumulate(std::begin(html.hidden_characters), std::end(html.hidden_characters), std::size_t{0});
  require(sum == characters(html.hidden) && html.hidden_characters[0] == 0 && name(Hiding::none) == "none");
  require(html.unknown_tags <= html.tags && html.forms + html.inputs + html.scripts <= html.tags);
  require(html.password_inputs <= html.inputs);
}

void check_style(std::string_view utf8) {
  Style style = parse_style(utf8, 16);
  for (const auto& pixels : {style.font_pixels, style.width, style.height, style.max_width, style.max_height})
    require(!pixels || (std::isfinite(*pixels) && *pixels >= 0));
  require(!style.opacity || (*style.opacity >= 0 && *style.opacity <= 1));
  for (const std::string& url : style.urls)
    require(is_utf8(url));
  // Nothing is missing in it that it has itself.
  const Style same = style;
  style.urls.clear();
  style.inherit_missing(same);
  require(style == same);
}

void check_colour(std::string_view utf8) {
  const auto colour = parse_colour(utf8);
  if (colour) {
    require(colour->alpha >= 0 && colour->alpha <= 1);
    require(!is_readable(*colour, *colour));
  }
  require(parse_colour(utf8, true).has_value() || trim(utf8).empty() || iequals(trim(utf8), "transparent"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = valid_utf8({reinterpret_cast<const char*>(data), size});
  check_html(text);
  check_style(text);
  check_colour(text);
  check_html("<style>" + text + "</style><p class=a id=b>x<body>y");
  return 0;
}
