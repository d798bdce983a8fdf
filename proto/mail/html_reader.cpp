#include "proto/mail/html_reader.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "proto/base/text.h"
#include "proto/mail/html_style.h"

namespace xspamd::html {

namespace {

constexpr std::size_t kMostRoots = 16;  // further <html> and <body> change nothing
constexpr double kSmaller = 1 / 1.2;
const Style kNoStyle;

// HTML §15.3.1: <font size> 1 to 7; "+1" and "-1" count from 3.
std::optional<double> legacy_font_pixels(std::string_view size) {
  constexpr std::array<double, 7> kPixels{10, 13, 16, 18, 24, 32, 48};
  size = trim(size);
  const char sign = size.empty() ? '\0' : size.front();
  if (sign == '+' || sign == '-') size.remove_prefix(1);
  int number = parse_pixel_attribute(size);
  if (number < 0) return std::nullopt;
  if (sign == '+') number = 3 + number;
  if (sign == '-') number = 3 - number;
  return kPixels[static_cast<std::size_t>(std::clamp(number, 1, 7) - 1)];
}

// HTML §13.2.6.4.1, those that mail programs write.
bool is_quirky(const HtmlToken& doctype) {
  constexpr std::string_view kAlways[] = {"-//IETF//DTD HTML", "-//W3C//DTD HTML 3", "-//W3C//DTD HTML 4.0 ",
                                          "-//W3O//DTD W3 HTML", "-//Microsoft//DTD Internet Explorer"};
  constexpr std::string_view kWithoutSystem[] = {"-//W3C//DTD HTML 4.01 Transitional//",
                                                 "-//W3C//DTD HTML 4.01 Frameset//"};
  const auto starts = [&](std::string_view known) {
    return istarts_with(doctype.public_id, known);
  };
  if (doctype.force_quirks || doctype.name != "html") return true;
  if (std::any_of(std::begin(kAlways), std::end(kAlways), starts)) return true;
  return !doctype.has_system_id && std::any_of(std::begin(kWithoutSystem), std::end(kWithoutSystem), starts);
}

// Whose content is text for the tokenizer and shown nowhere in the page.
bool is_raw(const Element& element) {
  const bool text = element.tag == Tag::script || element.tag == Tag::style || element.tag == Tag::title;
  return text || element.name == "iframe" || element.name == "noembed" || element.name == "noframes";
}

Gap gap_of(const Element& element, const Style& style) {
  const bool line = element.is(kLine);
  if (style.flow == Flow::block) return Gap::line;
  if (line && style.flow == Flow::inline_block) return Gap::blank;
  if (line && style.flow == Flow::inline_text) return Gap::none;
  if (line) return Gap::line;
  return element.is(kBlank) ? Gap::blank : Gap::none;
}

// What the one does not declare, the other does.
Declared merged(Declared declared, const Declared& weaker) {
  if (!declared.colour) declared.colour = weaker.colour;
  if (!declared.background || declared.background->alpha == 0) declared.background = weaker.background;
  declared.has_image = declared.has_image || weaker.has_image;
  if (!declared.font_pixels && declared.font_ratio == 1) {
    declared.font_pixels = weaker.font_pixels;
    declared.font_ratio = weaker.font_ratio;
  }
  declared.opacity = std::min(declared.opacity, weaker.opacity);
  if (!declared.visible) declared.visible = weaker.visible;
  if (declared.box == Hiding::none) declared.box = weaker.box;
  return declared;
}

}  // namespace

Reader::Reader(std::string_view utf8, const HtmlLimits& limits)
    : tokenizer_(utf8), stack_(limits.depth), page_(limits.links) {}

Reader::Reader(std::string_view utf8, const HtmlLimits& limits, Context context) : Reader(utf8, limits) {
  context_ = std::move(context);
  knows_context_ = true;
  update_root();
}

Html Reader::read() {
  while (tokenizer_.next(token_))
    read_token();
  if (raw_ != nullptr) end_raw_text();
  for (const std::string& url : context_.sheet.urls())
    page_.link(HtmlLink::Kind::style, url, Looks{});
  page_.html.over_depth = stack_.over_depth();
  return page_.take();
}

void Reader::read_token() {
  switch (token_.type) {
    case HtmlToken::Type::text:
      return read_text();
    case HtmlToken::Type::start_tag:
      return read_start_tag();
    case HtmlToken::Type::end_tag:
      return read_end_tag();
    case HtmlToken::Type::comment:
      ++page_.html.comments;
      page_.html.comment_bytes += token_.text.size();
      return;
    case HtmlToken::Type::doctype:
      return read_doctype();
    case HtmlToken::Type::end:
      return;
  }
}

void Reader::read_doctype() {
  if (page_.html.tags == 0) quirks_ = is_quirky(token_);
}

void Reader::read_text() {
  if (raw_ == nullptr) {
    const bool any = page_.text(token_.text, stack_.looks());
    has_content_ = has_content_ || any;
  } else if (raw_->tag == Tag::style) {
    css_ += token_.text;
  } else if (raw_->tag == Tag::title) {
    page_.title(token_.text);
  }
}

void Reader::count(const Element& element) {
  Html& html = page_.html;
  ++html.tags;
  html.event_handlers += attributes_.event_handlers();
  switch (element.tag) {
    case Tag::unknown:
      // Names with a colon are Microsoft's or of another language.
      html.unknown_tags += token_.name.find(':') == std::string_view::npos;
      break;
    case Tag::html:
      html.has_html_tag = true;
      break;
    case Tag::form:
      ++html.forms;
      break;
    case Tag::input:
      ++html.inputs;
      html.password_inputs += iequals(trim(attributes_[Attribute::type]), "password");
      break;
    case Tag::script:
      ++html.scripts;
      break;
    case Tag::iframe:
    case Tag::frame:
      ++html.frames;
      break;
    case Tag::object:
    case Tag::embed:
    case Tag::applet:
      ++html.objects;
      break;
    case Tag::base:
      if (html.base.empty()) html.base = clean_target(attributes_[Attribute::href]);
      break;
    case Tag::meta:
      html.meta_refreshes += iequals(trim(attributes_[Attribute::http_equiv]), "refresh");
      break;
    default:
      break;
  }
}

// HTML §13.2.6.5: in SVG and MathML tags within are tags, and "/>" ends an element.
bool Reader::starts_raw_text(const Element& element, const Looks& around) {
  if (around.foreign) {
    tokenizer_.set_state(HtmlState::data, {});
    return false;
  }
  if (!is_raw(element)) return false;
  raw_ = &element;
  css_.clear();
  css_holds_ = element.tag == Tag::style && is_desktop(attributes_[Attribute::media]);
  return true;
}

void Reader::end_raw_text() {
  const Tag tag = raw_->tag;
  raw_ = nullptr;
  if (tag == Tag::title) page_.end_title();
  if (tag != Tag::style || !css_holds_ || knows_context_) return;
  Sheet& sheet = context_.sheet;
  const std::size_t before = sheet.rules_read();
  sheet.read(css_, quirks_);
  if (sheet.rules_read() == before) return;
  was_late_ = was_late_ || has_content_;
  apply_rules_to_root();
}

// Rules for the root hold without its tags, or come behind them.
void Reader::apply_rules_to_root() {
  attributes_ = {};
  const auto declared = [&](std::string_view name) {
    const Style style = context_.sheet.style_of({name, {}, {}}, {});
    return declared_of(find_element(name), style, Looks{});
  };
  context_.html = merged(context_.html, declared("html"));
  context_.body = has_body_ ? merged(context_.body, declared("body")) : declared("body");
  update_root();
}

void Reader::update_root() {
  const bool changed = stack_.change_root(merged(context_.body, context_.html));
  was_late_ = was_late_ || (changed && has_content_);
}

void Reader::read_start_tag() {
  attributes_.read(token_);
  const Element& element = find_element(token_.name);
  count(element);
  if (element.tag == Tag::html || element.tag == Tag::body) return change_root(element);
  if (element.tag == Tag::head) return;
  const bool has_place = stack_.make_way(element, quirks_);
  const Looks& around = stack_.looks_around(element);
  // Most tags change nothing.
  if (!element.is(kOwnLooks) && context_.sheet.empty() && !attributes_.may_change_looks(element))
    return enter(element, kNoStyle, {}, has_place);
  const Style style = style_of(around.font_pixels);
  enter(element, style, declared_of(element, style, around), has_place);
}

// Puts down what the tag itself shows and leads to, and opens its element unless it has no place or no
// content.
void Reader::enter(const Element& element, const Style& style, const Declared& declared, bool has_place) {
  const Looks& around = stack_.looks_around(element);
  const bool is_strange = element.tag == Tag::foreign_inner && !around.foreign;
  OpenElement open{&element,
                   key_of(element, token_.name),
                   is_strange ? 0 : element.facts,
                   gap_of(element, style),
                   declared,
                   around};
  if (&style != &kNoStyle) inherit(declared, open.looks);
  if (starts_raw_text(element, around)) {
    open.looks.left_out = around.left_out;
    add_links(element, style, open.looks);
    return;
  }
  if (element.tag == Tag::image || element.tag == Tag::input) add_image(element, style, open);
  // The gap first, so that a link stands behind it.
  page_.gap(element.tag == Tag::br ? Gap::line : open.gap, open.looks);
  open.declared.link = add_links(element, style, open.looks);
  if (open.declared.link >= 0) open.looks.link = open.declared.link;
  const bool is_nothing = element.tag == Tag::unknown && declared == Declared{};
  const bool is_foreign = around.foreign || element.tag == Tag::foreign;
  const bool ends_itself = token_.self_closing && (is_foreign || is_nothing);
  if (element.is(kVoid) || !has_place || ends_itself) return;
  has_content_ = true;
  stack_.push(open);
}

void Reader::read_end_tag() {
  if (raw_ != nullptr) return end_raw_text();
  const Element& element = find_element(token_.name);
  const bool is_root = element.tag == Tag::html || element.tag == Tag::body || element.tag == Tag::head;
  if (is_root) return;
  // HTML §13.2.6.4.7: "</br>" is a <br>, and "</p>" without a start is an empty paragraph.
  if (element.tag == Tag::br) page_.gap(Gap::line, stack_.looks());
  if (element.is(kVoid)) return;
  const auto closed = stack_.close(element, key_of(element, token_.name));
  if (closed) {
    page_.gap(closed->gap, closed->looks);
    return;
  }
  ++page_.html.unbalanced;
  if (element.tag == Tag::p) page_.gap(Gap::line, stack_.looks());
}

// HTML §13.2.6.4.7, "html" and "body": further ones add what the first has not.
void Reader::change_root(const Element& element) {
  if (roots_++ >= kMostRoots) return;
  const Style style = style_of(kUsualFontPixels);
  add_links(element, style, Looks{});
  if (knows_context_) return;
  const bool is_body = element.tag == Tag::body;
  if (is_body && attributes_.has(Attribute::link)) {
    if (const auto colour = parse_colour(attributes_[Attribute::link], true)) context_.link_colour = *colour;
  }
  if (is_body && !has_body_) context_.body = {};  // of rules alone
  Declared& declared = is_body ? context_.body : context_.html;
  declared = merged(declared, declared_of(element, style, Looks{}));
  has_body_ = has_body_ || is_body;
  update_root();
}

Style Reader::style_of(double parent_font) const {
  const std::string_view own = attributes_[Attribute::style];
  if (context_.sheet.empty()) return own.empty() ? Style{} : parse_style(own, parent_font);
  StyleRule rule;
  if (!own.empty()) rule = parse_declarations(own, parent_font);
  const Sheet::Subject subject{token_.name, attributes_[Attribute::id], attributes_[Attribute::class_]};
  Style style = context_.sheet.style_of(subject, std::move(rule));
  style.set_parent_font(parent_font);
  return style;
}

Declared Reader::declared_of(const Element& element, const Style& style, const Looks& around) const {
  Declared declared;
  declare_colours(element, style, declared);
  if (style.font_ratio)
    declared.font_ratio = *style.font_ratio;
  else if (style.font_pixels)
    declared.font_pixels = style.font_pixels;
  else if (element.tag == Tag::font)
    declared.font_pixels = legacy_font_pixels(attributes_[Attribute::size]);
  else if (element.is(kOwnSize))
    declared.font_ratio = element.tag == Tag::small ? kSmaller : 1 / kSmaller;
  declared.opacity = style.opacity.value_or(1);
  declared.visible = style.visible;
  declared.keeps_lines = style.keeps_lines;
  if (!declared.keeps_lines && element.is(kKeepsLines)) declared.keeps_lines = true;
  declared.left_out = element.is(kLeftOut) || (element.tag == Tag::title && around.foreign);
  if (element.tag == Tag::foreign) declared.foreign = true;
  const bool inner = element.tag == Tag::foreign_inner || element.tag == Tag::title;
  if (inner && around.foreign) declared.foreign = false;
  declared.box = box_of(style, !element.is(kTablePart));
  if (declared.box != Hiding::none) return declared;
  if (attributes_.has(Attribute::hidden) && !style.shown) declared.box = Hiding::attribute;
  const bool is_frame = element.tag == Tag::iframe || element.tag == Tag::object || element.tag == Tag::embed;
  if (is_frame &&
      (size_of(style.width, Attribute::width) == 0 || size_of(style.height, Attribute::height) == 0))
    declared.box = Hiding::zero_size;
  return declared;
}

// What CSS does not say, attributes of old HTML do (HTML §15.3), then what browsers do of themselves.
void Reader::declare_colours(const Element& element, const Style& style, Declared& declared) const {
  const auto legacy = [&](Attribute attribute) {
    return attributes_.has(attribute) ? parse_colour(attributes_[attribute], true) : std::nullopt;
  };
  const bool may_have_background = element.is(kTablePart) || element.tag == Tag::body;
  declared.colour = style.colour;
  declared.background = style.background;
  declared.has_image = style.background_image.value_or(may_have_background &&
                                                       !trim(attributes_[Attribute::background]).empty());
  if (!declared.background && may_have_background) declared.background = legacy(Attribute::bgcolor);
  if (element.is(kOwnColours) && !declared.background)
    declared.background = element.tag == Tag::mark ? Colour{255, 255, 0} : Colour{255, 255, 255};
  if (declared.colour || style.inherits_colour) return;
  if (element.tag == Tag::font) declared.colour = legacy(Attribute::color);
  if (element.tag == Tag::body) declared.colour = legacy(Attribute::text);
  if (element.is(kOwnColours)) declared.colour = Colour{};
  if (element.tag == Tag::a && attributes_.has(Attribute::href)) declared.colour = context_.link_colour;
}

// The position of the anchor that the element is, or -1.
int Reader::add_links(const Element& element, const Style& style, const Looks& looks) {
  int anchor = -1;
  list_leads(element, token_.name, attributes_, leads_);
  for (const Lead& lead : leads_) {
    const bool is_image = lead.kind == HtmlLink::Kind::image;
    // Pictures that the mail itself holds lead nowhere.
    if (is_image && istarts_with(trim(lead.target), "data:")) continue;
    const int link = page_.link(lead.kind, lead.target, looks);
    if (is_image && link >= 0) page_.name_link(link, attributes_[Attribute::alt]);
    if (lead.kind == HtmlLink::Kind::anchor && anchor < 0) anchor = link;
  }
  for (const std::string& url : style.urls)
    page_.link(HtmlLink::Kind::style, url, looks);
  return anchor;
}

int Reader::size_of(const std::optional<double>& pixels, Attribute attribute) const {
  constexpr double kMost = 1e6;
  return pixels ? static_cast<int>(std::lround(std::min(*pixels, kMost)))
                : parse_pixel_attribute(attributes_[attribute]);
}

void Reader::add_image(const Element& element, const Style& style, OpenElement& open) {
  const bool is_button = element.tag == Tag::input && iequals(trim(attributes_[Attribute::type]), "image");
  if (element.tag != Tag::image && !is_button) return;
  HtmlImage image;
  const bool has_source = attributes_.has(Attribute::src);
  image.source =
      clean_target(has_source ? attributes_[Attribute::src] : first_source(attributes_[Attribute::srcset]));
  image.alt = attributes_[Attribute::alt];
  image.width = size_of(style.width, Attribute::width);
  image.height = size_of(style.height, Attribute::height);
  if (is_pixel(image)) {
    open.gap = Gap::none;
    if (open.looks.box == Hiding::none) open.looks.box = Hiding::zero_size;
  }
  page_.image(std::move(image), open.looks);
}

}  // namespace xspamd::html
