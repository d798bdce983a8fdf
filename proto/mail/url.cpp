#include "proto/mail/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "proto/mail/url_encode.h"

namespace xspamd {

namespace {

// Those that lead to a host. "file" does too, but no mail program follows it there.
constexpr std::array<std::string_view, 5> kSchemes{"http", "https", "ftp", "ws", "wss"};

// RFC 1035 §2.3.4: no label is empty or longer than 63, no name longer than 253 (as text).
bool fits_dns(std::string_view host) {
  if (host.size() > 253) return false;
  std::size_t length = 0;
  for (const char c : host) {
    length = c == '.' ? (length == 0 ? 64 : 0) : length + 1;
    if (length > 63) return false;
  }
  return length > 0;
}

// The dot changes nothing about where a name leads; two are no name.
std::string_view without_final_dot(std::string_view host) {
  if (host.ends_with('.') && !host.ends_with("..")) host.remove_suffix(1);
  return host;
}

void append_port(std::string& out, std::uint16_t port) {
  fmt::format_to(std::back_inserter(out), ":{}", port);
}

// The serialiser (URL Standard §4.5) with another host.
std::string serialise(const ParsedUrl& url, std::string_view host) {
  std::string text;
  text.reserve(url.scheme.size() + url.user.size() + url.password.size() + host.size() + url.path.size() +
               url.query.size() + url.fragment.size() + 16);
  (text += url.scheme) += ':';
  if (url.has_host) {
    text += "//";
    if (!url.user.empty() || !url.password.empty()) {
      text += url.user;
      if (!url.password.empty()) (text += ':') += url.password;
      text += '@';
    }
    text += host;
    if (url.port) append_port(text, *url.port);
  } else if (!url.opaque_path && url.path.starts_with("//")) {
    text += "/.";  // what follows is no authority
  }
  text += url.path;
  if (url.has_query) (text += '?') += url.query;
  if (url.has_fragment) (text += '#') += url.fragment;
  return text;
}

bool is_domain_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}

// RFC 6068 §2: addresses stand in the path and, by the same right, in "to" of the query.
std::string_view mailto_addresses(const ParsedUrl& parsed) {
  if (!parsed.path.empty()) return parsed.path;
  std::string_view rest = parsed.query;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view field = rest.substr(0, end);
    if (istarts_with(field, "to=")) return field.substr(3);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

// Some write "mailto://user@host", which is read as they mean it.
std::optional<Mailbox> first_mailbox(const ParsedUrl& parsed) {
  constexpr std::size_t kMostAddress = 4096;  // encoded
  constexpr std::size_t kMostLocal = 256;     // RFC 5321 §4.5.3.1.1 allows 64
  const std::string authority = parsed.has_host ? parsed.user + '@' + parsed.host : "";
  const std::string_view list = parsed.has_host ? authority : mailto_addresses(parsed);
  // Commas between addresses are written as such, those within an address are encoded.
  const std::string_view first = list.substr(0, list.find(','));
  if (first.size() > kMostAddress) return std::nullopt;
  const std::string decoded = percent_decode(first);
  if (!is_utf8(decoded) || std::any_of(decoded.begin(), decoded.end(), is_control)) return std::nullopt;
  const auto mailboxes = parse_addresses(decoded, 1);
  if (mailboxes.empty()) return std::nullopt;
  const std::size_t length = mailboxes.front().local.size();
  return length > 0 && length <= kMostLocal ? std::optional(mailboxes.front()) : std::nullopt;
}

void fill_domain(Url& url, const Suffixes& suffixes) {
  if (url.tricks.has(UrlTrick::numeric_host))
    url.domain = url.host;
  else if (fits_dns(url.host))
    url.domain = suffixes.registrable(url.host);
}

std::optional<Url> make_mailto(const ParsedUrl& parsed, const Suffixes& suffixes) {
  const auto mailbox = first_mailbox(parsed);
  if (!mailbox) return std::nullopt;
  std::optional<Url> url(std::in_place);
  url->tricks = parsed.tricks;
  url->host = without_final_dot(normal_host(mailbox->domain, url->tricks));
  // RFC 5321 §4.1.2: letters, digits, hyphens; hosts of other URLs may have more.
  if (!fits_dns(url->host) || !std::all_of(url->host.begin(), url->host.end(), is_domain_character))
    return std::nullopt;
  url->scheme = parsed.scheme;
  url->user = mailbox->local;
  url->query = parsed.query;
  fill_domain(*url, suffixes);
  const std::string address = mailbox->address();  // quoted where it must be
  url->full = "mailto:";
  append_encoded(url->full, std::string_view(address).substr(0, address.rfind('@')), EncodeSet::local_part);
  (url->full += '@') += url->host;
  if (parsed.has_query) (url->full += '?') += parsed.query;
  return url;
}

}  // namespace

std::string_view name(UrlTrick trick) {
  constexpr std::array<std::string_view, 11> kNames{
      "numeric_host", "odd_address", "punycode", "encoded_host", "user",      "odd_port",
      "no_scheme",    "backslash",   "control",  "obfuscated",   "zero_width"};
  return kNames[static_cast<std::size_t>(trick)];
}

std::string_view name(Url::Place place) {
  constexpr std::array<std::string_view, 9> kNames{"text", "subject",    "header", "anchor",    "image",
                                                   "form", "other_html", "nested", "attachment"};
  return kNames[static_cast<std::size_t>(place)];
}

std::string ParsedUrl::href() const {
  return serialise(*this, host);
}

std::optional<Url> make_url(const ParsedUrl& parsed, const Suffixes& suffixes) {
  if (parsed.scheme == "mailto") return make_mailto(parsed, suffixes);
  if (std::find(kSchemes.begin(), kSchemes.end(), parsed.scheme) == kSchemes.end()) return std::nullopt;
  const std::string_view host = without_final_dot(parsed.host);
  if (host.empty()) return std::nullopt;
  std::optional<Url> url(std::in_place);
  url->scheme = parsed.scheme;
  url->host = host;
  url->path = parsed.path;
  url->query = parsed.query;
  url->user = parsed.user;
  url->port = parsed.port.value_or(0);
  url->tricks = parsed.tricks;
  url->full = serialise(parsed, host);
  fill_domain(*url, suffixes);
  return url;
}

}  // namespace xspamd
