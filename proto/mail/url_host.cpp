#include "proto/mail/url_host.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "proto/base/text.h"
#include "proto/mail/url_encode.h"
#include "proto/mail/url_idna.h"
#include "proto/mail/url_ip.h"

namespace xspamd {

namespace {

// Classes of bytes in hosts.
constexpr unsigned kForbidden = 1;        // "forbidden host code points"
constexpr unsigned kForbiddenDomain = 2;  // "forbidden domain code points"
constexpr unsigned kUpper = 4;
constexpr unsigned kOther = 8;  // beyond ASCII

constexpr std::array<std::uint8_t, 256> make_classes() {
  constexpr std::string_view kHostCodePoints("\0\t\n\r #/:<>?@[\\]^|", 17);
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    if (c < 0x20 || c == 0x7f || c == '%') table[c] = kForbiddenDomain;
    if (c >= 'A' && c <= 'Z') table[c] = kUpper;
    if (c >= 0x80) table[c] = kOther;
  }
  for (const char c : kHostCodePoints)
    table[static_cast<unsigned char>(c)] = kForbidden | kForbiddenDomain;
  return table;
}

constexpr auto kClasses = make_classes();

unsigned classes(std::string_view text) {
  unsigned found = 0;
  for (const char c : text)
    found |= kClasses[static_cast<unsigned char>(c)];
  return found;
}

bool parse_ipv6_host(std::string_view text, std::string& host, UrlTricks& tricks) {
  if (text.back() != ']') return false;
  const auto pieces = parse_url_ipv6(text.substr(1, text.size() - 2));
  if (!pieces) return false;
  host = '[' + url_ipv6(*pieces) + ']';
  tricks.add(UrlTrick::numeric_host);
  return true;
}

bool parse_opaque_host(std::string_view text, std::string& host) {
  if ((classes(text) & kForbidden) != 0) return false;
  host.clear();
  append_encoded(host, text, EncodeSet::c0_control);
  return true;
}

// Whether a label of the lower-case host begins so.
bool has_ace_label(std::string_view host) {
  for (std::size_t at = host.find("xn--"); at != std::string_view::npos; at = host.find("xn--", at + 1)) {
    if (at == 0 || host[at - 1] == '.') return true;
  }
  return false;
}

char lower(char c) {
  return to_lower(c);
}

bool to_ascii(std::string_view domain, std::string& host, UrlTricks& tricks) {
  const unsigned found = classes(domain);
  if ((found & kOther) == 0) {
    if ((found & kForbiddenDomain) != 0) return false;
    host.assign(domain);
    if ((found & kUpper) != 0) std::transform(host.begin(), host.end(), host.begin(), lower);
    if (!has_ace_label(host)) return true;
  }
  if (!domain_to_ascii(domain, host, tricks)) return false;
  if (has_ace_label(host)) tricks.add(UrlTrick::punycode);
  // Full-width and other characters may have become forbidden ones.
  return (classes(host) & kForbiddenDomain) == 0;
}

// A host that ends in a number is an address or nothing. `text` is what was written.
bool finish_ipv4(std::string_view text, std::string& host, UrlTricks& tricks) {
  if (!ends_in_number(host)) return true;
  const auto address = parse_url_ipv4(host);
  if (!address) return false;
  host = url_ipv4(*address);
  tricks.add(UrlTrick::numeric_host);
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text != host) tricks.add(UrlTrick::odd_address);
  return true;
}

}  // namespace

bool parse_host(std::string_view text, bool special, std::string& host, UrlTricks& tricks) {
  if (!text.empty() && text.front() == '[') return parse_ipv6_host(text, host, tricks);
  if (!special) return parse_opaque_host(text, host);
  if (text.empty()) return false;
  if (text.find('%') == std::string_view::npos)
    return to_ascii(text, host, tricks) && finish_ipv4(text, host, tricks);
  tricks.add(UrlTrick::encoded_host);
  return to_ascii(percent_decode(text), host, tricks) && finish_ipv4(text, host, tricks);
}

std::string normal_host(std::string_view host, UrlTricks& tricks) {
  std::string normal;
  if (!parse_host(host, true, normal, tricks)) normal.clear();
  return normal;
}

}  // namespace xspamd
