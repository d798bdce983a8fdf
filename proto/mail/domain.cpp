#include "proto/mail/domain.h"

#include "proto/base/punycode.h"
#include "proto/base/text.h"
#include "proto/base/utf8.h"

namespace xspamd::mail {

namespace {

std::string ascii_label(std::string_view label) {
  if (ascii_length(label) == label.size() || !is_utf8(label)) return std::string(label);
  std::u32string characters;
  for (std::size_t at = 0; at < label.size();) {
    const CodePoint character = code_point_at(label, at);
    characters += character.value;
    at += character.length;
  }
  const auto encoded = encode_punycode(characters);
  return encoded ? "xn--" + *encoded : std::string(label);
}

}  // namespace

std::string ascii_domain(std::string_view domain) {
  constexpr std::size_t kLongest = 253 * 4;  // RFC 1035 §2.3.4, as UTF-8
  if (domain.ends_with('.')) domain.remove_suffix(1);
  const std::string lower = to_lower(domain);
  if (ascii_length(lower) == lower.size() || lower.size() > kLongest) return lower;
  std::string ascii;
  for (const std::string_view label : split(lower, '.')) {
    if (label.data() != lower.data()) ascii += '.';
    ascii += ascii_label(label);
  }
  return ascii;
}

bool same_domain(std::string_view a, std::string_view b) {
  return iequals(a, b) || ascii_domain(a) == ascii_domain(b);
}

}  // namespace xspamd::mail
