#include "proto/mail/html_links.h"

#include <algorithm>
#include <iterator>

#include "proto/base/text.h"
#include "proto/mail/html_names.h"

namespace xspamd::html {

namespace {

using Kind = HtmlLink::Kind;

struct AttributeName {
  std::string_view name;
  Attribute attribute;
};

constexpr AttributeName kNames[] = {
    {"action", Attribute::action},
    {"alt", Attribute::alt},
    {"background", Attribute::background},
    {"bgcolor", Attribute::bgcolor},
    {"cite", Attribute::cite},
    {"class", Attribute::class_},
    {"code", Attribute::code},
    {"codebase", Attribute::codebase},
    {"color", Attribute::color},
    {"content", Attribute::content},
    {"data", Attribute::data},
    {"dynsrc", Attribute::dynsrc},
    {"formaction", Attribute::formaction},
    {"height", Attribute::height},
    {"hidden", Attribute::hidden},
    {"href", Attribute::href},
    {"http-equiv", Attribute::http_equiv},
    {"id", Attribute::id},
    {"link", Attribute::link},
    {"longdesc", Attribute::longdesc},
    {"lowsrc", Attribute::lowsrc},
    {"manifest", Attribute::manifest},
    {"media", Attribute::media},
    {"name", Attribute::name},
    {"ping", Attribute::ping},
    {"poster", Attribute::poster},
    {"profile", Attribute::profile},
    {"rel", Attribute::rel},
    {"size", Attribute::size},
    {"src", Attribute::src},
    {"srcset", Attribute::srcset},
    {"style", Attribute::style},
    {"text", Attribute::text},
    {"type", Attribute::type},
    {"value", Attribute::value},
    {"width", Attribute::width},
    {"xlink:href", Attribute::xlink_href},
};

constexpr NameIndex kIndex(kNames);

// The kind by tag and attribute; the first row that fits counts.
struct Row {
  Tag tag;
  Attribute attribute;
  Kind kind;
};
constexpr Row kRows[] = {
    {Tag::a, Attribute::href, Kind::anchor},          {Tag::a, Attribute::xlink_href, Kind::anchor},
    {Tag::area, Attribute::href, Kind::area},         {Tag::image, Attribute::src, Kind::image},
    {Tag::image, Attribute::srcset, Kind::image},     {Tag::image, Attribute::lowsrc, Kind::image},
    {Tag::image, Attribute::dynsrc, Kind::image},     {Tag::image, Attribute::href, Kind::image},
    {Tag::image, Attribute::xlink_href, Kind::image}, {Tag::input, Attribute::src, Kind::image},
    {Tag::input, Attribute::formaction, Kind::form},  {Tag::button, Attribute::formaction, Kind::form},
    {Tag::form, Attribute::action, Kind::form},       {Tag::iframe, Attribute::src, Kind::frame},
    {Tag::frame, Attribute::src, Kind::frame},        {Tag::object, Attribute::data, Kind::object},
    {Tag::object, Attribute::codebase, Kind::object}, {Tag::applet, Attribute::code, Kind::object},
    {Tag::applet, Attribute::codebase, Kind::object}, {Tag::embed, Attribute::src, Kind::object},
    {Tag::video, Attribute::src, Kind::object},       {Tag::video, Attribute::poster, Kind::image},
    {Tag::audio, Attribute::src, Kind::object},       {Tag::source, Attribute::src, Kind::object},
    {Tag::source, Attribute::srcset, Kind::image},    {Tag::track, Attribute::src, Kind::object},
    {Tag::script, Attribute::src, Kind::object},      {Tag::base, Attribute::href, Kind::other},
    {Tag::html, Attribute::manifest, Kind::other},
};

// Those that lead somewhere wherever they stand.
constexpr Row kAnyRows[] = {
    {Tag::other, Attribute::background, Kind::background}, {Tag::other, Attribute::cite, Kind::other},
    {Tag::other, Attribute::longdesc, Kind::other},        {Tag::other, Attribute::ping, Kind::other},
    {Tag::other, Attribute::profile, Kind::other},         {Tag::other, Attribute::xlink_href, Kind::other},
};

constexpr std::uint64_t bit(Attribute attribute) {
  return std::uint64_t{1} << static_cast<unsigned>(attribute);
}

constexpr std::uint64_t leading_attributes() {
  // Of <param>, <link>, <meta> and Microsoft's elements.
  std::uint64_t bits =
      bit(Attribute::value) | bit(Attribute::content) | bit(Attribute::href) | bit(Attribute::src);
  for (const Row& row : kRows)
    bits |= bit(row.attribute);
  for (const Row& row : kAnyRows)
    bits |= bit(row.attribute);
  return bits;
}

constexpr std::uint64_t kLeading = leading_attributes();

// Controls and blanks (WHATWG URL §4.4).
bool is_edge(char c) {
  return static_cast<unsigned char>(c) <= 0x20;
}

bool is_url_parameter(std::string_view name) {
  constexpr std::string_view kParameters[] = {"movie", "src", "url", "filename", "href"};
  return std::any_of(std::begin(kParameters), std::end(kParameters),
                     [&](std::string_view known) { return iequals(trim(name), known); });
}

}  // namespace

void Attributes::read(const HtmlToken& token) {
  constexpr std::size_t kLeastHandler = 5;  // "oncut"
  present_ = 0;
  handlers_ = 0;
  for (const HtmlAttribute& attribute : token.attributes) {
    const std::size_t at = kIndex.find(attribute.name);
    if (at < std::size(kNames)) {
      const Attribute known = kNames[at].attribute;
      present_ |= bit(known);
      values_[static_cast<std::size_t>(known)] = attribute.value;
    } else if (attribute.name.size() >= kLeastHandler && attribute.name.starts_with("on")) {
      ++handlers_;
    }
  }
}

bool Attributes::may_change_looks(const Element& element) const {
  constexpr std::uint64_t kAll = bit(Attribute::style) | bit(Attribute::hidden);
  constexpr std::uint64_t kTables = bit(Attribute::bgcolor) | bit(Attribute::background);
  constexpr std::uint64_t kFonts = bit(Attribute::color) | bit(Attribute::size);
  constexpr std::uint64_t kFrames = bit(Attribute::width) | bit(Attribute::height);
  if (has_any(kAll) || (element.is(kTablePart) && has_any(kTables))) return true;
  switch (element.tag) {
    case Tag::a:
      return has(Attribute::href);
    case Tag::font:
      return has_any(kFonts);
    case Tag::iframe:
    case Tag::object:
    case Tag::embed:
      return has_any(kFrames);
    default:
      return false;
  }
}

void list_leads(const Element& element, std::string_view tag, const Attributes& attributes,
                std::vector<Lead>& leads) {
  leads.clear();
  if (!attributes.has_any(kLeading)) return;
  const auto add = [&](Kind kind, std::string_view target) {
    leads.push_back({kind, target});
  };
  for (const Row& row : kRows) {
    if (row.tag != element.tag || !attributes.has(row.attribute)) continue;
    const std::string_view value = attributes[row.attribute];
    add(row.kind, row.attribute == Attribute::srcset ? first_source(value) : value);
  }
  for (const Row& row : kAnyRows) {
    const bool taken = element.tag == Tag::a || element.tag == Tag::image;
    if (row.attribute == Attribute::xlink_href && taken) continue;
    if (attributes.has(row.attribute)) add(row.kind, attributes[row.attribute]);
  }
  if (element.tag == Tag::link && attributes.has(Attribute::href)) {
    const bool sheet = ifind(attributes[Attribute::rel], "stylesheet") != std::string_view::npos;
    add(sheet ? Kind::style : Kind::other, attributes[Attribute::href]);
  }
  if (element.tag == Tag::param && is_url_parameter(attributes[Attribute::name]))
    add(Kind::object, attributes[Attribute::value]);
  if (element.tag == Tag::meta && iequals(trim(attributes[Attribute::http_equiv]), "refresh"))
    add(Kind::refresh, refresh_target(attributes[Attribute::content]));
  // Microsoft's, such as <v:fill src> and <v:rect href>.
  if (element.tag == Tag::unknown && tag.find(':') != std::string_view::npos) {
    add(Kind::other, attributes[Attribute::src]);
    add(Kind::other, attributes[Attribute::href]);
  }
}

std::string clean_target(std::string_view target) {
  while (!target.empty() && is_edge(target.front()))
    target.remove_prefix(1);
  while (!target.empty() && is_edge(target.back()))
    target.remove_suffix(1);
  const auto is_removed = [](char c) {
    return c == '\t' || c == '\r' || c == '\n';
  };
  std::string clean(target);
  if (std::any_of(target.begin(), target.end(), is_removed)) std::erase_if(clean, is_removed);
  return clean;
}

std::string_view refresh_target(std::string_view content) {
  constexpr std::string_view kUrl = "url";
  std::size_t at = 0;
  const auto skip_space = [&] {
    while (at < content.size() && is_space(content[at]))
      ++at;
  };
  skip_space();
  while (at < content.size() && (is_digit(content[at]) || content[at] == '.'))
    ++at;
  skip_space();
  if (at < content.size() && (content[at] == ';' || content[at] == ',')) ++at;
  skip_space();
  if (istarts_with(content.substr(at), kUrl)) {
    const std::size_t before = at;
    at += kUrl.size();
    skip_space();
    if (at < content.size() && content[at] == '=') {
      ++at;
      skip_space();
    } else {
      at = before;
    }
  }
  std::string_view target = content.substr(at);
  if (target.starts_with('"') || target.starts_with('\'')) {
    const std::size_t close = target.find(target.front(), 1);
    return target.substr(1, close == std::string_view::npos ? close : close - 1);
  }
  return target;
}

std::string_view first_source(std::string_view srcset) {
  const std::size_t begin = std::min(srcset.find_first_not_of(" \t\r\n\f,"), srcset.size());
  std::string_view source = srcset.substr(begin);
  source = source.substr(0, source.find_first_of(" \t\r\n\f"));
  while (source.ends_with(','))
    source.remove_suffix(1);
  return source;
}

int parse_pixel_attribute(std::string_view value) {
  constexpr int kMost = 1'000'000;
  value = trim(value);
  std::size_t at = 0;
  int pixels = 0;
  for (; at < value.size() && is_digit(value[at]); ++at)
    pixels = std::min(pixels * 10 + (value[at] - '0'), kMost);
  if (at == 0) return -1;
  while (at < value.size() && (is_digit(value[at]) || value[at] == '.'))
    ++at;
  return at < value.size() && value[at] == '%' ? -1 : pixels;
}

}  // namespace xspamd::html
