#include "rules/bayes/html_tags.h"

#include <algorithm>
#include <array>

#include "proto/base/text.h"

namespace xspamd::bayes {

namespace {

constexpr std::size_t kLongestTag = 1000;  // bytes of a tag that are read
constexpr std::size_t kLongestName = 16;
constexpr std::size_t kLongestValue = 24;

// Attributes whose values tell of templates and taste.
constexpr std::array<std::string_view, 11> kTelling{"align", "bgcolor", "border", "cellpadding",
                                                    "color", "content", "face",   "height",
                                                    "name",  "size",    "width"};

bool is_name(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-';
}

std::string_view take_name(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_name(text[end]))
    ++end;
  const std::string_view name = text.substr(0, end);
  text.remove_prefix(end);
  return name;
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
}

std::string_view take_value(std::string_view& text) {
  skip_spaces(text);
  if (!text.starts_with('=')) return {};
  text.remove_prefix(1);
  skip_spaces(text);
  const bool quotes = text.starts_with('"') || text.starts_with('\'');
  std::size_t begin = 0;
  std::size_t end = 0;
  if (quotes) {
    begin = 1;
    end = std::min(text.find(text.front(), 1), text.size());
  } else {
    while (end < text.size() && !is_space(text[end]))
      ++end;
  }
  const std::string_view value = text.substr(begin, end - begin);
  text.remove_prefix(std::min(end + (quotes ? 1 : 0), text.size()));
  return value;
}

void add_attributes(TokenSet& tokens, std::string_view tag) {
  while (!tag.empty()) {
    const std::string_view name = take_name(tag);
    if (name.empty()) {
      tag.remove_prefix(1);
      continue;
    }
    const std::string_view value = take_value(tag);
    const auto tells = [&](std::string_view telling) {
      return iequals(name, telling);
    };
    if (value.empty() || value.size() > kLongestValue) continue;
    if (std::any_of(kTelling.begin(), kTelling.end(), tells)) tokens.add(TokenKind::html_tag, name, value);
  }
}

}  // namespace

void add_html_tags(TokenSet& tokens, std::string_view source, std::size_t& tags) {
  std::size_t at = 0;
  while (tags > 0 && (at = source.find('<', at)) != std::string_view::npos) {
    ++at;
    std::string_view tag = source.substr(at, kLongestTag);
    const std::string_view name = take_name(tag);
    if (name.empty() || name.size() > kLongestName) continue;
    --tags;
    tokens.add(TokenKind::html_tag, name);
    tag = tag.substr(0, std::min(tag.find('>'), tag.size()));
    add_attributes(tokens, tag);
    at += name.size() + tag.size();
  }
}

}  // namespace xspamd::bayes
