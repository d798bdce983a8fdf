#include "rules/auth/tag_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "proto/base/text.h"
#include "proto/mail/encoding.h"
#include "proto/mail/header.h"

namespace xspamd::auth {

namespace {

constexpr std::size_t kMostTags = 100;
constexpr std::size_t kMostName = 60;  // of which a sentence tells
constexpr std::string_view kSpace = " \t\r\n";

constexpr bool is_letter(char c) {
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'z';
}

// tag-name of §3.2.
bool is_tag_name(std::string_view text) {
  const auto fits = [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  };
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), fits);
}

// tag-value of §3.2.
bool is_tag_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return is_control(c) && kSpace.find(c) == std::string_view::npos; });
}

Result<Tag> parse_tag(std::string_view spec) {
  const std::size_t equals = spec.find('=');
  if (equals == std::string_view::npos)
    return fail(Errc::invalid, fmt::format("{} is no tag", shown(trim_space(spec))));
  Tag tag;
  tag.name = trim_space(spec.substr(0, equals));
  tag.raw = spec.substr(equals + 1);
  tag.value = trim_space(tag.raw);
  if (!is_tag_name(tag.name))
    return fail(Errc::invalid, fmt::format("{} is no name of a tag", shown(tag.name)));
  if (!is_tag_value(tag.value))
    return fail(Errc::invalid, fmt::format("the value of {}= is none", tag.name.substr(0, kMostName)));
  return tag;
}

std::string without_space(std::string_view value) {
  std::string text;
  text.reserve(value.size());
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find_first_of(kSpace, at), value.size());
    text += value.substr(at, end - at);
    at = end + 1;
  }
  return text;
}

}  // namespace

Result<std::vector<Tag>> parse_tag_list(std::string_view text) {
  std::vector<Tag> tags;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    const std::string_view spec = text.substr(at, end - at);
    at = end + 1;
    if (end == text.size() && !tags.empty() && trim_space(spec).empty()) break;  // behind the last ";"
    auto tag = parse_tag(spec);
    if (!tag) return tl::unexpected(std::move(tag.error()));
    if (tags.size() == kMostTags) return fail(Errc::limit, fmt::format("more than {} tags", kMostTags));
    if (find_tag(tags, tag->name) != nullptr)
      return fail(Errc::invalid, fmt::format("{}= is there twice", tag->name.substr(0, kMostName)));
    tags.push_back(*tag);
  }
  return tags;
}

const Tag* find_tag(std::span<const Tag> tags, std::string_view name) {
  const auto found = std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) { return tag.name == name; });
  return found == tags.end() ? nullptr : &*found;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMostShown = 100;
  return quoted(cut_utf8(mail::unfold(text), kMostShown));
}

std::string_view trim_space(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

std::vector<std::string_view> split_value(std::string_view value) {
  std::vector<std::string_view> pieces = split(value, ':');
  for (std::string_view& piece : pieces)
    piece = trim_space(piece);
  return pieces;
}

bool value_has(std::string_view value, std::string_view piece) {
  const auto pieces = split_value(value);
  return std::find(pieces.begin(), pieces.end(), piece) != pieces.end();
}

std::optional<std::uint64_t> parse_number(std::string_view value) {
  if (value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) return std::nullopt;
  return parse_unsigned(value).value_or(std::numeric_limits<std::uint64_t>::max());
}

std::optional<std::string> parse_base64(std::string_view value) {
  const std::string text = without_space(value);
  const std::size_t end = std::min(text.find('='), text.size());
  const std::string_view digits = std::string_view(text).substr(0, end);
  const bool padded = text.size() - end <= 2 && text.find_first_not_of('=', end) == std::string::npos;
  if (!padded || digits.size() % 4 == 1 || !std::all_of(digits.begin(), digits.end(), mail::is_base64))
    return std::nullopt;
  return mail::decode_base64(digits);
}

std::optional<std::string> parse_quoted_printable(std::string_view value) {
  const std::string text = without_space(value);
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('=', at), text.size());
    bytes.append(text, at, end - at);
    at = end;
    if (end == text.size()) break;
    const int high = end + 1 < text.size() ? hex_value(text[end + 1]) : -1;
    const int low = end + 2 < text.size() ? hex_value(text[end + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
    at = end + 3;
  }
  return bytes;
}

}  // namespace xspamd::auth
