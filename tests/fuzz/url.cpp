// URLs of any bytes, alone and on a base: what comes out is ASCII, is read again as the same, and has its
// host in normal form. Also hosts, punycode and registrable domains by themselves.
#include "proto/mail/url.h"

#include <algorithm>
#include <cstdint>

#include "proto/base/punycode.h"
#include "proto/base/suffix.h"
#include "proto/base/text.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

const Suffixes& suffixes() {
  static const Suffixes built_in;
  return built_in;
}

// Blanks stand in opaque paths only.
bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

void check_domain(std::string_view host) {
  const std::string_view domain = suffixes().registrable(host);
  if (domain.empty()) return;
  require(domain.data() >= host.data() && domain.data() + domain.size() <= host.data() + host.size());
  require(suffixes().registrable(domain) == domain);
  require(!domain.starts_with('.') && domain.find('.') != std::string_view::npos);
}

void check_host(std::string_view text) {
  UrlTricks tricks;
  const std::string host = normal_host(text, tricks);
  UrlTricks again;
  require(is_printable(host) && (host.empty() || normal_host(host, again) == host));
  require(tricks.has(UrlTrick::numeric_host) == again.has(UrlTrick::numeric_host) || host.empty());
  check_domain(host);
}

void check_made(const ParsedUrl& parsed) {
  const auto url = make_url(parsed, suffixes());
  if (!url) return;
  require(is_printable(url->full) && is_printable(url->host) && is_utf8(url->user));
  require(!url->host.empty() && !url->full.empty());
  require(url->domain.empty() || url->host.ends_with(url->domain));
  const auto again = parse_url(url->full);
  require(again.has_value());
  const auto same = make_url(*again, suffixes());
  require(same && same->full == url->full && same->host == url->host && same->user == url->user);
  require(same->domain == url->domain && same->query == url->query && same->path == url->path);
}

void check_url(std::string_view text, const ParsedUrl* base) {
  const auto url = parse_url(text, base);
  if (!url) return;
  const std::string href = url->href();
  require(is_printable(href));
  const auto again = parse_url(href);
  require(again && again->href() == href);
  require(again->scheme == url->scheme && again->host == url->host && again->path == url->path);
  require(again->user == url->user && again->password == url->password && again->port == url->port);
  require(again->query == url->query && again->fragment == url->fragment);
  require(again->has_host == url->has_host && again->opaque_path == url->opaque_path);
  check_made(*url);
}

void check_punycode(std::string_view text) {
  const auto decoded = decode_punycode(text);
  if (!decoded) return;
  const auto encoded = encode_punycode(*decoded);
  require(encoded && decode_punycode(*encoded) == decoded);
}

}  // namespace

// The first line is the base, if there are two.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = bytes.find('\n');
  const std::string_view text = end == std::string_view::npos ? bytes : bytes.substr(end + 1);
  const auto base = parse_url(bytes.substr(0, end));
  check_url(bytes, nullptr);
  check_url(text, base ? &*base : nullptr);
  check_host(text);
  check_domain(to_lower(text));
  suffixes().is_known_tld(text);
  check_punycode(text);
  return 0;
}
