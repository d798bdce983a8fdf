#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/mail/url.h"
#include "proto/mail/url_encode.h"
#include "proto/mail/url_ip.h"

using namespace xspamd;
using namespace std::string_literals;

namespace {

struct Case {
  std::string why, host, want;
};

std::string tricks_of(const UrlTricks& tricks) {
  std::string list;
  for (int trick = 0; trick <= static_cast<int>(UrlTrick::zero_width); ++trick) {
    if (!tricks.has(static_cast<UrlTrick>(trick))) continue;
    (list += list.empty() ? "" : " ") += name(static_cast<UrlTrick>(trick));
  }
  return list;
}

std::string shown(std::string_view host) {
  UrlTricks tricks;
  std::string text = normal_host(host, tricks);
  if (!text.empty() && !tricks_of(tricks).empty()) text += " (" + tricks_of(tricks) + ")";
  return text;
}

template <std::size_t size>
void check(const Case (&cases)[size]) {
  for (const Case& c : cases) {
    INFO(c.why << ": " << c.host);
    CHECK(shown(c.host) == c.want);
  }
}

}  // namespace

TEST_CASE("hosts: names of ASCII become lower case") {
  const Case cases[] = {
      {"plain", "Example.ORG", "example.org"},
      {"a final dot stays", "example.org.", "example.org."},
      {"empty labels", "a..b", "a..b"},
      {"an underscore", "a_b.example.org", "a_b.example.org"},
      {"hyphens", "-r3---sn-.example.org", "-r3---sn-.example.org"},
      {"odd but allowed", "!$&'()*+,;=_`{}~", "!$&'()*+,;=_`{}~"},
      {"percent encoding", "%77ww.ex%41mple.org", "www.example.org (encoded_host)"},
      {"empty", "", ""},
      {"a blank", "a b", ""},
      {"an encoded blank", "a%20b", ""},
      {"an encoded percent", "a%25b", ""},
      {"a lonely percent", "a%b", ""},
      {"NUL", "a\0b"s, ""},
      {"encoded NUL", "a%00b", ""},
      {"a control", "a\x01z", ""},
      {"DEL", "a\x7f", ""},
      {"a slash", "a/b", ""},
      {"a colon", "a:b", ""},
  };
  check(cases);
}

TEST_CASE("hosts: IPv4 addresses of any spelling are dotted decimals") {
  const Case cases[] = {
      {"plain", "192.0.2.1", "192.0.2.1 (numeric_host)"},
      {"a final dot", "192.0.2.1.", "192.0.2.1 (numeric_host)"},
      {"hexadecimal", "0xC0.0X0.2.1", "192.0.2.1 (numeric_host odd_address)"},
      {"octal", "0300.00.02.01", "192.0.2.1 (numeric_host odd_address)"},
      {"one number", "3221225985", "192.0.2.1 (numeric_host odd_address)"},
      {"one hexadecimal number", "0xC0000201", "192.0.2.1 (numeric_host odd_address)"},
      {"two numbers", "192.513", "192.0.2.1 (numeric_host odd_address)"},
      {"three numbers", "192.0.513", "192.0.2.1 (numeric_host odd_address)"},
      {"0x alone is zero", "0x.0x.0", "0.0.0.0 (numeric_host odd_address)"},
      {"percent encoding", "%31%39%32.0.2.1", "192.0.2.1 (numeric_host odd_address encoded_host)"},
      {"full-width digits and dots", "\uff11\uff19\uff12\uff0e0\u30022\uff611",
       "192.0.2.1 (numeric_host odd_address encoded_host)"},
      {"the largest", "4294967295", "255.255.255.255 (numeric_host odd_address)"},
      {"too large", "4294967296", ""},
      {"far too large", "99999999999999999999999999", ""},
      {"a number too large", "1.256.3.4", ""},
      {"the last number too large", "1.2.3.256", ""},
      {"the last of two too large", "1.16777216", ""},
      {"five numbers", "1.2.3.4.5", ""},
      {"no octal digit", "1.2.3.09", ""},
      {"an empty number", "1..3.4", ""},
      {"a name in front", "a.1.2.3", ""},
      {"a number that is none", "1.2.3.0xg", "1.2.3.0xg"},
      {"two final dots", "1.2.3.4..", "1.2.3.4.."},
      {"a name behind", "1.2.3.4.example.org", "1.2.3.4.example.org"},
  };
  check(cases);
}

TEST_CASE("hosts: IPv6 addresses are written as RFC 5952 has it") {
  const Case cases[] = {
      {"plain", "[2001:DB8::1]", "[2001:db8::1] (numeric_host)"},
      {"zeros", "[2001:0db8:0:0:1:0:0:1]", "[2001:db8::1:0:0:1] (numeric_host)"},
      {"the longest run", "[1:0:0:2:0:0:0:3]", "[1:0:0:2::3] (numeric_host)"},
      {"one zero stays", "[1:0:2:3:4:5:6:7]", "[1:0:2:3:4:5:6:7] (numeric_host)"},
      {"nothing", "[::]", "[::] (numeric_host)"},
      {"at the end", "[1::]", "[1::] (numeric_host)"},
      {"dotted decimals", "[::ffff:192.0.2.1]", "[::ffff:c000:201] (numeric_host)"},
      {"dotted decimals after six", "[1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5:6:102:304] (numeric_host)"},
      {"dotted decimals after seven", "[1:2:3:4:5:6:7:1.2.3.4]", ""},
      {"short dotted decimals", "[::1.2.3]", ""},
      {"a leading zero", "[::01.2.3.4]", ""},
      {"too large", "[::256.2.3.4]", ""},
      {"dots alone", "[::.1.2.3]", ""},
      {"more behind", "[::1.2.3.4:5]", ""},
      {"empty", "[]", ""},
      {"open", "[::1", ""},
      {"no brackets", "::1", ""},
      {"one colon", "[:1]", ""},
      {"a colon at the end", "[1:2:3:4:5:6:7:]", ""},
      {"seven", "[1:2:3:4:5:6:7]", ""},
      {"nine", "[1:2:3:4:5:6:7:8:9]", ""},
      {"twice compressed", "[1::2::3]", ""},
      {"five digits", "[12345::]", ""},
      {"a zone", "[fe80::1%25eth0]", ""},
      {"a letter", "[::g]", ""},
  };
  check(cases);
}

TEST_CASE("hosts: names in other scripts become ASCII") {
  const Case cases[] = {
      {"an umlaut", "B\u00dccher.example", "xn--bcher-kva.example (punycode)"},
      {"sharp s stays", "fa\u00df.de", "xn--fa-hia.de (punycode)"},
      {"its capital too", "FA\u1e9e.de", "xn--fa-hia.de (punycode)"},
      {"composed", "u\u0308.de", "xn--tda.de (punycode)"},
      {"percent encoding", "%C3%BC.de", "xn--tda.de (punycode encoded_host)"},
      {"full-width letters", "\uff27\uff4f.com", "go.com (encoded_host)"},
      {"mathematical letters", "\U0001d420oogle.com", "google.com (encoded_host)"},
      {"enclosed letters", "\u24d6oogle.com", "google.com (encoded_host)"},
      {"ideographic dot", "www\u3002example\uff0eorg", "www.example.org (encoded_host)"},
      {"zero width", "exa\u200bmp\u00adle.org", "example.org (zero_width)"},
      {"byte order mark", "\ufeffexample.org", "example.org (zero_width)"},
      {"joiners out of place", "exa\u200dmple.org", ""},
      {"only what is ignored", "\u00ad", ""},
      {"mapped to what is forbidden", "a\uff05b.com", ""},
      {"a blank of another kind", "a\u3000b.com", ""},
      {"no character", "a\ufdd0.com", ""},
      {"no UTF-8", "a\xff.com", ""},
      {"encoded, no UTF-8", "a%80.com", ""},
      {"right to left and left to right", "\u05d0a.com", ""},
      {"very long", std::string(2000, 'a') + "\u00fc", ""},
  };
  check(cases);
}

TEST_CASE("hosts: names that IDNA 2008 refuses and browsers open") {
  const Case cases[] = {
      {"emoji", "i\u2764.ws", "xn--i-7iq.ws (punycode)"},
      {"with its selector", "i\u2764\ufe0f.ws", "xn--i-7iq.ws (punycode)"},
      {"as punycode", "XN--I-7IQ.ws", "xn--i-7iq.ws (punycode)"},
      {"between letters", "caf\u00c9\u2603Stra\u00dfe.com", "xn--cafstrae-wya9gs733c.com (punycode)"},
      {"beyond the BMP", "\U0001f4a9.la", "xn--ls8h.la (punycode)"},
      {"hyphens", "r3---sn-\u00fc.com", "xn--r3---sn--e6a.com (punycode)"},
      {"an ASCII label with hyphens beside", "r3---sn.\u00fc.com", "r3---sn.xn--tda.com (punycode)"},
      {"hyphens at the ends", "-\u00fc-.com", "xn-----xka.com (punycode)"},
      {"ideographic dot", "\u2603\u3002a\uff61b", "xn--n3h.a.b (punycode encoded_host)"},
      {"longer than DNS allows", std::string(60, 'a') + "\u2603.com",
       "xn--" + std::string(60, 'a') + "-ni29b.com (punycode)"},
  };
  check(cases);
}

TEST_CASE("hosts: what begins with xn-- must be punycode of a name") {
  const Case cases[] = {
      {"valid", "xn--tda.de", "xn--tda.de (punycode)"},
      {"upper case", "XN--TDA.de", "xn--tda.de (punycode)"},
      {"empty", "xn--", ""},
      {"not decodable", "a.b.c.xn--pokxncvks", ""},
      {"ASCII only", "xn--abc-", ""},
      {"with an ideographic dot", "xn--tda.de\u3002", "xn--tda.de. (punycode encoded_host)"},
      {"of a capital letter", "xn--bcher-2pa.example", ""},
      {"of a control", "xn--a.example", ""},
      {"twice", "xn--xn---epa", ""},
      {"mixed with letters", "xn--a-\u00e4.pt", ""},
      {"full-width", "\uff58n--n3h.com", "xn--n3h.com (punycode encoded_host)"},
      {"inside a label", "axn--.com", "axn--.com"},
  };
  check(cases);
}

TEST_CASE("percent encoding: each set, and back") {
  std::string ascii;
  for (char c = 0x20; c < 0x7f; ++c)
    ascii += c;
  const auto encoded = [&](EncodeSet set) {
    std::string text;
    for (const char c : ascii) {
      if (is_encoded_in(c, set)) text += c;
    }
    return text;
  };
  CHECK(encoded(EncodeSet::c0_control) == "");
  CHECK(encoded(EncodeSet::fragment) == " \"<>`");
  CHECK(encoded(EncodeSet::query) == " \"#<>");
  CHECK(encoded(EncodeSet::special_query) == " \"#'<>");
  CHECK(encoded(EncodeSet::path) == " \"#<>?^`{}");
  CHECK(encoded(EncodeSet::userinfo) == " \"#/:;<=>?@[\\]^`{|}");
  std::string out = "x";
  append_encoded(out, "a\xc3\xbc\xff b\x7f", EncodeSet::path);
  CHECK(out == "xa%C3%BC%FF%20b%7F");
  CHECK(percent_decode(out) == "xa\xc3\xbc\xff b\x7f");
  CHECK(percent_decode("%4a%4A%%41%4%g1%1g%") == "JJ%A%4%g1%1g%");
}
