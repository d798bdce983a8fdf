// One URL, read as browsers read it (WHATWG URL Standard) and made normal: lower-case host, percent
// encoding and character tricks undone, addresses of any spelling as dotted decimals, IDN as punycode (UTS
// 46). Never fails otherwise than by saying that the text is no URL. Linear in the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/suffix.h"

namespace xspamd {

// What a spammer does to a URL, seen while it was read.
enum class UrlTrick {
  numeric_host,  // an address instead of a name
  odd_address,   // an address not spelled as dotted decimals: 0x7f.1, 2130706433
  punycode,      // a host label beginning with xn--, or written in another script
  encoded_host,  // percent encoding, or full-width and other characters that normalise to others, in the host
  user,          // something before an "@" in front of the host
  odd_port,      // a port other than the scheme's own
  no_scheme,     // written without one: www.example.org, example.org/x
  backslash,     // \ instead of /
  control,       // tabs, line ends or controls inside
  obfuscated,    // example[.]org, example dot org, hxxp://
  zero_width,    // zero-width characters in the host
};
std::string_view name(UrlTrick trick);

class UrlTricks {
 public:
  constexpr void add(UrlTrick trick) { bits_ |= 1U << static_cast<unsigned>(trick); }
  constexpr bool has(UrlTrick trick) const { return (bits_ >> static_cast<unsigned>(trick) & 1U) != 0; }
  constexpr void add(UrlTricks others) { bits_ |= others.bits_; }

 private:
  std::uint32_t bits_ = 0;
};

// The parts of the WHATWG URL record, each as serialised there (its §4.5): `scheme` without ":", `path` with
// its
// "/", `query` without "?", `fragment` without "#".
struct ParsedUrl {
  std::string scheme, user, password, host, path, query, fragment;
  std::optional<std::uint16_t> port;  // none if it is the scheme's own
  bool has_host = false, has_query = false, has_fragment = false, opaque_path = false;
  UrlTricks tricks;

  std::string href() const;
};

// WHATWG "basic URL parser"; `base` may be null.
std::optional<ParsedUrl> parse_url(std::string_view text, const ParsedUrl* base = nullptr);

// WHATWG host parser of special schemes: domain to ASCII, addresses. Empty if it is no valid host.
std::string normal_host(std::string_view host, UrlTricks& tricks);

// A URL of a message.
struct Url {
  enum class Place { text, subject, header, anchor, image, form, other_html, nested, attachment };

  std::string full;    // normalised
  std::string scheme;  // "http", "https", "ftp", "mailto", ...
  std::string host;    // normalised, in ASCII, IPv6 in brackets; of mailto: the address's domain
  std::string domain;  // registrable; the host itself if that is an address; empty if there is none
  std::string path, query;
  std::string user;        // in front of the host; of mailto: the local part
  std::uint16_t port = 0;  // 0 if none is written or it is the scheme's own
  std::string text;        // what the reader sees of a link
  Place place = Place::text;
  bool hidden = false;    // the reader cannot see it
  bool mismatch = false;  // the link's text is itself a URL of another registrable domain
  std::size_t count = 1;  // how often it stands in the message
  std::size_t part = 0;   // where first
  UrlTricks tricks;

  bool is_email() const { return scheme == "mailto"; }
};
std::string_view name(Url::Place place);

// The URL of a parsed one: its facts filled in, text and place left alone. Nothing for schemes that lead
// nowhere (cid, data, javascript, about).
std::optional<Url> make_url(const ParsedUrl& parsed, const Suffixes& suffixes);

}  // namespace xspamd
