#include "proto/mail/html_css.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "proto/base/text.h"
#include "proto/base/utf8.h"

namespace xspamd::html {

namespace {

constexpr double kMostNumber = 1e9;

// Behind the string that starts at `at`; a line end in it ends it too (CSS Syntax 3 §4.3.5).
std::size_t string_end(std::string_view css, std::size_t at) {
  const char quote = css[at++];
  while (at < css.size() && css[at] != quote && css[at] != '\n') {
    if (css[at] == '\\' && at + 1 < css.size()) ++at;
    ++at;
  }
  return std::min(at + 1, css.size());
}

constexpr std::array<bool, 256> make_marks() {
  std::array<bool, 256> marks{};
  for (const char c : std::string_view("\"'\\()[]{};:,!/ \t\r\n\f"))
    marks[static_cast<unsigned char>(c)] = true;
  return marks;
}

// Bytes that css_end() may stop or turn at.
constexpr auto kMarks = make_marks();

}  // namespace

std::string_view without_comments(std::string_view css, std::string& buffer) {
  if (css.find("/*") == std::string_view::npos) return css;
  buffer.clear();
  buffer.reserve(css.size());
  std::size_t from = 0;
  for (std::size_t at = 0; at < css.size();) {
    at = css.find_first_of("/\"'\\", at);
    if (at == std::string_view::npos) break;
    if (css[at] == '\\') {
      at += 2;
    } else if (css[at] != '/') {
      at = string_end(css, at);
    } else if (at + 1 < css.size() && css[at + 1] == '*') {
      buffer.append(css, from, at - from);
      buffer += ' ';
      const std::size_t close = css.find("*/", at + 2);
      at = from = close == std::string_view::npos ? css.size() : close + 2;
    } else {
      ++at;
    }
  }
  buffer.append(css, std::min(from, css.size()), std::string_view::npos);
  return buffer;
}

std::string unescape_css(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      plain += text[at++];
      continue;
    }
    std::size_t end = ++at;
    std::uint32_t code = 0;
    while (end < text.size() && end - at < 6 && hex_value(text[end]) >= 0)
      code = code * 16 + static_cast<std::uint32_t>(hex_value(text[end++]));
    if (end == at) {
      // What follows stands for itself, and a line end for nothing: the string goes on.
      if (text[at] != '\n') plain += text[at];
      ++at;
      continue;
    }
    append_code_point(plain, code == 0 ? kReplacementCharacter : code);
    at = end < text.size() && is_space(text[end]) ? end + 1 : end;
  }
  return plain;
}

std::size_t css_end(std::string_view css, std::size_t at, std::string_view stop) {
  std::size_t depth = 0;
  while (at < css.size()) {
    const char c = css[at];
    if (!kMarks[static_cast<unsigned char>(c)]) {
      ++at;
      continue;
    }
    if (depth == 0 && stop.find(c) != std::string_view::npos) return at;
    if (c == '"' || c == '\'') {
      at = string_end(css, at);
      continue;
    }
    if (c == '\\') ++at;
    if (c == '(' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
    ++at;
  }
  return css.size();
}

bool take_declaration(std::string_view& list, Declaration& declaration) {
  constexpr std::string_view kImportant = "important";
  while (!list.empty() && (list.front() == ';' || is_space(list.front())))
    list.remove_prefix(1);
  if (list.empty()) return false;
  const std::size_t end = css_end(list, 0, ";");
  const std::string_view whole = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  const std::size_t colon = whole.find(':');
  declaration = {};
  if (colon == std::string_view::npos) return true;
  declaration.property = trim(whole.substr(0, colon));
  std::string_view value = trim(whole.substr(colon + 1));
  if (value.size() > kImportant.size() &&
      iequals(value.substr(value.size() - kImportant.size()), kImportant)) {
    const std::string_view before = trim(value.substr(0, value.size() - kImportant.size()));
    if (before.ends_with('!')) {
      declaration.important = true;
      value = trim(before.substr(0, before.size() - 1));
    }
  }
  declaration.value = value;
  return true;
}

bool take_piece(std::string_view& text, char separator, std::string_view& piece) {
  if (separator == ' ') text = trim(text);
  if (text.empty()) return false;
  const std::string_view stop = separator == ' ' ? " \t\r\n\f" : std::string_view(&separator, 1);
  const std::size_t end = css_end(text, 0, stop);
  piece = trim(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return true;
}

std::optional<std::string_view> arguments_of(std::string_view text, std::string_view name) {
  if (text.size() <= name.size() || text[name.size()] != '(' || !istarts_with(text, name))
    return std::nullopt;
  const std::size_t begin = name.size() + 1;
  return trim(text.substr(begin, css_end(text, begin, ")") - begin));
}

std::optional<std::string_view> url_argument(std::string_view text) {
  constexpr std::string_view kUrl = "url";
  if (text.size() <= kUrl.size() || text[kUrl.size()] != '(' || !istarts_with(text, kUrl))
    return std::nullopt;
  const std::string_view inside = trim(text.substr(kUrl.size() + 1));
  if (!inside.empty() && (inside.front() == '"' || inside.front() == '\'')) {
    std::string_view string = inside.substr(1, string_end(inside, 0) - 1);
    if (string.ends_with(inside.front())) string.remove_suffix(1);
    return trim(string);
  }
  // CSS Syntax 3 §4.3.6: without quotes brackets and quotes in it end nothing.
  return trim(inside.substr(0, inside.find(')')));
}

std::optional<Dimension> parse_dimension(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const std::size_t sign = !text.empty() && text.front() == '-' ? 1 : 0;
  if (text.size() <= sign || !(is_digit(text[sign]) || text[sign] == '.')) return std::nullopt;
  Dimension dimension;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), dimension.number);
  if (error != std::errc{}) return std::nullopt;
  dimension.number = std::clamp(dimension.number, -kMostNumber, kMostNumber);
  dimension.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return dimension;
}

std::optional<double> parse_pixels(std::string_view text, double em) {
  const auto dimension = parse_dimension(text);
  if (!dimension) return std::nullopt;
  struct Unit {
    std::string_view name;
    double pixels;
  };
  // CSS Values 4 §6.2; those of the window for one of 1000 x 800 pixels.
  constexpr Unit kUnits[] = {{"px", 1},         {"pt", 96.0 / 72}, {"pc", 16},        {"in", 96},
                             {"cm", 96 / 2.54}, {"mm", 96 / 25.4}, {"q", 96 / 101.6}, {"rem", 16},
                             {"vw", 10},        {"vh", 8},         {"vmin", 8},       {"vmax", 10}};
  const std::string_view unit = dimension->unit;
  const double number = dimension->number;
  if (unit.empty()) return number;
  if (iequals(unit, "em")) return number * em;
  if (iequals(unit, "ex") || iequals(unit, "ch")) return number * em / 2;
  for (const Unit& known : kUnits) {
    if (iequals(unit, known.name)) return number * known.pixels;
  }
  if (unit == "%" && number == 0) return 0;
  return std::nullopt;
}

}  // namespace xspamd::html
