#include "proto/mail/html_style.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/html_css.h"
#include "proto/mail/html_names.h"
#include "proto/mail/html_properties.h"

namespace xspamd {

namespace {

using namespace html;

constexpr double kFarPixels = -999;  // from here on nobody scrolls
constexpr double kUsualPixels = 16;  // font-size: medium
constexpr double kCutAwayPixels = 1;
constexpr std::size_t kMostUrls = 100;  // of one list of declarations
constexpr std::size_t kLongestProperty = 32;

constexpr NameIndex kIndex(kProperties);

// Reads declarations into one Style.
class StyleReader {
 public:
  explicit StyleReader(double parent_font) : parent_font_(parent_font), em_(parent_font) {}

  void read(Property property, std::string_view value);
  Style take();
  void add_urls(std::string_view value);

 private:
  void read_background(std::string_view value);
  void read_background_layer(std::string_view layer);
  void read_colour(std::string_view value);
  void read_display(std::string_view value);
  void read_font(std::string_view value);
  bool read_font_size(std::string_view value);
  void read_margin(std::string_view value);
  void read_position(std::string_view value);
  void read_clip(Property property, std::string_view value);
  void read_transform(std::string_view value);
  void read_opacity(std::string_view value);
  std::optional<double>* size_of(Property property);
  void read_size(std::string_view value, std::optional<double>& size);
  bool is_far(std::string_view value) const;

  Style style_;
  double parent_font_;
  double em_;
  bool has_fill_ = false;  // -webkit-text-fill-color wins over color
  bool absolute_ = false;
  bool relative_ = false;
  bool far_place_ = false;
  bool far_margin_ = false;
  bool cut_away_ = false;
};

std::optional<double>* StyleReader::size_of(Property property) {
  if (property == Property::height) return &style_.height;
  if (property == Property::width) return &style_.width;
  if (property == Property::max_height) return &style_.max_height;
  return property == Property::max_width ? &style_.max_width : nullptr;
}

void StyleReader::read(Property property, std::string_view value) {
  if (std::optional<double>* size = size_of(property)) return read_size(value, *size);
  switch (property) {
    case Property::background:
      return read_background(value);
    case Property::background_colour:
      if (const auto colour = parse_colour(value)) style_.background = colour;
      return;
    case Property::background_image:
      style_.background_image = value.find('(') != std::string_view::npos;
      return;
    case Property::clip:
    case Property::clip_path:
      return read_clip(property, value);
    case Property::colour:
      if (!has_fill_) read_colour(value);
      return;
    case Property::fill_colour:
      has_fill_ = true;
      return read_colour(value);
    case Property::display:
      return read_display(value);
    case Property::font:
      return read_font(value);
    case Property::font_size:
      read_font_size(value);
      return;
    case Property::margin:
      return read_margin(value);
    case Property::margin_far:
      far_margin_ = far_margin_ || is_far(value);
      return;
    case Property::opacity:
      return read_opacity(value);
    case Property::overflow:
      if (const auto clips = keyword(kOverflows, value.substr(0, value.find(' ')))) style_.clips = clips;
      return;
    case Property::place:
      far_place_ = far_place_ || is_far(value);
      return;
    case Property::position:
      return read_position(value);
    case Property::text_indent:
      if (const auto indent = parse_pixels(value, em_)) style_.text_indent = indent;
      return;
    case Property::transform:
      return read_transform(value);
    case Property::visibility:
      if (const auto visible = keyword(kVisibilities, value)) style_.visible = visible;
      return;
    case Property::white_space:
      if (const auto keeps = keyword(kWhiteSpaces, value)) style_.keeps_lines = keeps;
      return;
    default:
      return;
  }
}

void StyleReader::read_colour(std::string_view value) {
  if (iequals(value, "inherit") || iequals(value, "currentcolor") || iequals(value, "unset")) {
    style_.colour.reset();
    style_.inherits_colour = true;
    return;
  }
  auto colour = parse_colour(value);
  if (iequals(value, "initial")) colour = Colour{};
  if (!colour) return;
  style_.colour = colour;
  style_.inherits_colour = false;
}

// CSS Backgrounds 3 §2.10: layers behind commas; the colour stands in the last. What is not said is as if it
// were "none" and "transparent".
void StyleReader::read_background(std::string_view value) {
  style_.background_image = false;
  style_.background = Colour{0, 0, 0, 0};
  std::string_view layer;
  while (take_piece(value, ',', layer))
    read_background_layer(layer);
}

void StyleReader::read_background_layer(std::string_view layer) {
  std::string_view piece;
  while (take_piece(layer, ' ', piece)) {
    if (const auto colour = parse_colour(piece))
      style_.background = colour;
    else if (piece.find('(') != std::string_view::npos)
      style_.background_image = true;  // url(), a gradient, or what is not known here
    // "url(x)#fff": a blank may be missing.
    const std::size_t close = piece.rfind(')');
    if (close == std::string_view::npos || close + 1 == piece.size()) continue;
    if (const auto colour = parse_colour(piece.substr(close + 1))) style_.background = colour;
  }
}

void StyleReader::read_display(std::string_view value) {
  if (iequals(value, "none")) {
    style_.shown = false;
    return;
  }
  const auto flow = keyword(kDisplays, value);
  if (!flow) return;
  style_.shown = true;
  style_.flow = flow;
}

bool StyleReader::read_font_size(std::string_view value) {
  std::optional<double> ratio = keyword(kFontRatios, value);
  std::optional<double> pixels = keyword(kFontSizes, value);
  if (!ratio && !pixels) {
    const auto dimension = parse_dimension(value);
    if (!dimension || dimension->number < 0) return false;
    if (dimension->unit == "%")
      ratio = dimension->number / 100;
    else if (iequals(dimension->unit, "em"))
      ratio = dimension->number;
    else if (iequals(dimension->unit, "ex") || iequals(dimension->unit, "ch"))
      ratio = dimension->number / 2;
    else
      pixels = parse_pixels(value, parent_font_);
    if (!ratio && !pixels) return false;
  }
  style_.font_ratio = ratio;
  style_.font_pixels = ratio ? *ratio * parent_font_ : *pixels;
  em_ = *style_.font_pixels;
  return true;
}

// CSS Fonts 4 §3.7: the size is the first that is a length or 0; other numbers are weights.
void StyleReader::read_font(std::string_view value) {
  if (iequals(value, "inherit") || iequals(value, "initial")) {
    read_font_size(value);
    return;
  }
  std::string_view piece;
  while (take_piece(value, ' ', piece)) {
    piece = piece.substr(0, piece.find('/'));
    const auto dimension = parse_dimension(piece);
    if (dimension && dimension->unit.empty() && dimension->number != 0) continue;
    if (read_font_size(piece)) return;
  }
}

bool StyleReader::is_far(std::string_view value) const {
  const auto pixels = parse_pixels(value, em_);
  if (pixels) return *pixels <= kFarPixels;
  const auto dimension = parse_dimension(value);
  return dimension && dimension->unit == "%" && dimension->number <= kFarPixels;
}

// One to four sizes; the first is that at the top, the last that at the left if there are four.
void StyleReader::read_margin(std::string_view value) {
  std::string_view piece;
  bool far = false;
  for (int i = 0; i < 4 && take_piece(value, ' ', piece); ++i)
    far = far || is_far(piece);
  far_margin_ = far;
}

void StyleReader::read_position(std::string_view value) {
  absolute_ = iequals(value, "absolute") || iequals(value, "fixed");
  relative_ = iequals(value, "relative");
}

// What is cut off everywhere: clip: rect(0,0,0,0) and rect(1px,1px,1px,1px), clip-path: inset(50%),
// circle(0).
void StyleReader::read_clip(Property property, std::string_view value) {
  cut_away_ = false;
  std::string_view piece;
  if (auto rect = property == Property::clip ? arguments_of(value, "rect") : std::nullopt) {
    bool all = true;
    while (*rect != "" && take_piece(*rect, rect->find(',') == std::string_view::npos ? ' ' : ',', piece)) {
      const auto pixels = parse_pixels(piece, em_);
      all = all && pixels && *pixels <= kCutAwayPixels;
    }
    cut_away_ = all;
  }
  if (property == Property::clip) return;
  const auto inset = arguments_of(value, "inset");
  const auto circle = arguments_of(value, "circle");
  const auto size = parse_dimension(inset ? *inset : circle ? *circle : std::string_view());
  if (!size) return;
  if (inset) style_.off_screen = size->unit.starts_with('%') && size->number >= 50;
  if (circle) style_.off_screen = size->number == 0;
}

void StyleReader::read_transform(std::string_view value) {
  constexpr std::array<std::string_view, 3> kScales{"scale", "scalex", "scaley"};
  for (const std::string_view name : kScales) {
    const auto factor = arguments_of(value, name);
    const auto number = factor ? parse_dimension(factor->substr(0, factor->find(','))) : std::nullopt;
    if (!number || number->number != 0) continue;
    style_.width = 0;
    style_.clips = true;
  }
}

void StyleReader::read_opacity(std::string_view value) {
  const auto dimension = parse_dimension(value);
  if (!dimension || (!dimension->unit.empty() && dimension->unit != "%")) return;
  const double share = dimension->unit.empty() ? dimension->number : dimension->number / 100;
  style_.opacity = std::clamp(share, 0.0, 1.0);
}

void StyleReader::read_size(std::string_view value, std::optional<double>& size) {
  const auto pixels = parse_pixels(value, em_);
  if (pixels && *pixels >= 0) size = pixels;
}

void StyleReader::add_urls(std::string_view value) {
  for (std::size_t at = ifind(value, "url("); at < value.size() && style_.urls.size() < kMostUrls;) {
    const auto url = url_argument(value.substr(at));
    if (url && !url->empty()) style_.urls.push_back(unescape_css(*url));
    at += 4 + (url ? url->size() : 0);
    const std::size_t next = ifind(value.substr(at), "url(");
    if (next == std::string_view::npos) return;
    at += next;
  }
}

Style StyleReader::take() {
  const bool moved = far_place_ && (absolute_ || relative_);
  const bool indented = style_.text_indent && *style_.text_indent <= kFarPixels;
  if (moved || indented || far_margin_ || (cut_away_ && absolute_)) style_.off_screen = true;
  return std::move(style_);
}

// `name` in any case.
Property find_property(std::string_view name, bool& known) {
  std::array<char, kLongestProperty> lower{};
  known = false;
  if (name.size() > lower.size()) return {};
  std::transform(name.begin(), name.end(), lower.begin(), [](char c) { return to_lower(c); });
  const std::size_t at = kIndex.find({lower.data(), name.size()});
  known = at < std::size(kProperties);
  return known ? kProperties[at].property : Property{};
}

template <typename Value>
void fill(std::optional<Value>& value, const std::optional<Value>& weaker) {
  if (!value) value = weaker;
}

}  // namespace

void Style::inherit_missing(const Style& weaker) {
  if (!shown) {
    shown = weaker.shown;
    flow = weaker.flow;
  }
  if (!font_pixels) {
    font_pixels = weaker.font_pixels;
    font_ratio = weaker.font_ratio;
  }
  if (!colour && !inherits_colour) {
    colour = weaker.colour;
    inherits_colour = weaker.inherits_colour;
  }
  fill(visible, weaker.visible);
  fill(opacity, weaker.opacity);
  fill(background, weaker.background);
  fill(background_image, weaker.background_image);
  fill(keeps_lines, weaker.keeps_lines);
  fill(width, weaker.width);
  fill(height, weaker.height);
  fill(max_height, weaker.max_height);
  fill(max_width, weaker.max_width);
  fill(clips, weaker.clips);
  fill(text_indent, weaker.text_indent);
  off_screen = off_screen || weaker.off_screen;
  urls.insert(urls.end(), weaker.urls.begin(), weaker.urls.end());
}

void Style::set_parent_font(double pixels) {
  if (font_ratio) font_pixels = *font_ratio * pixels;
}

StyleRule parse_declarations(std::string_view declarations, double parent_font_pixels) {
  std::string buffer;
  declarations = without_comments(declarations, buffer);
  const bool escaped = declarations.find('\\') != std::string_view::npos;
  StyleReader usual(parent_font_pixels);
  StyleReader important(parent_font_pixels);
  bool has_important = false;
  std::string property;
  std::string value;
  for (Declaration declaration; take_declaration(declarations, declaration);) {
    const bool has_function = declaration.value.find('(') != std::string_view::npos;
    if (has_function) usual.add_urls(declaration.value);
    if (escaped) {
      property = unescape_css(declaration.property);
      value = unescape_css(declaration.value);
      declaration.property = property;
      declaration.value = value;
    }
    bool known = false;
    const Property found = find_property(declaration.property, known);
    if (!known) continue;
    has_important = has_important || declaration.important;
    (declaration.important ? important : usual).read(found, declaration.value);
  }
  StyleRule rule{usual.take(), std::nullopt};
  if (has_important) rule.important = important.take();
  return rule;
}

Style parse_style(std::string_view declarations, double parent_font_pixels) {
  StyleRule rule = parse_declarations(declarations, parent_font_pixels);
  if (!rule.important) return std::move(rule.usual);
  rule.important->inherit_missing(rule.usual);
  return std::move(*rule.important);
}

}  // namespace xspamd
