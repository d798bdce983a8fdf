#include "proto/mail/url.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;
using namespace std::string_literals;

namespace {

struct Case {
  std::string why, text, want;
};

std::string tricks_of(const UrlTricks& tricks) {
  std::string list;
  for (int trick = 0; trick <= static_cast<int>(UrlTrick::zero_width); ++trick) {
    if (!tricks.has(static_cast<UrlTrick>(trick))) continue;
    (list += list.empty() ? "" : " ") += name(static_cast<UrlTrick>(trick));
  }
  return list;
}

std::string href_of(std::string_view text, std::string_view base = "") {
  const auto from = parse_url(base);
  const auto url = parse_url(text, from ? &*from : nullptr);
  return url ? url->href() : "failure";
}

template <std::size_t size>
void check_href(const Case (&cases)[size], std::string_view base = "") {
  for (const Case& c : cases) {
    INFO(c.why << ": " << c.text);
    CHECK(href_of(c.text, base) == c.want);
  }
}

std::optional<Url> made(std::string_view text) {
  static const Suffixes suffixes;
  const auto parsed = parse_url(text);
  return parsed ? make_url(*parsed, suffixes) : std::nullopt;
}

std::string shown(std::string_view text) {
  const auto url = made(text);
  if (!url) return "nothing";
  return fmt::format("{} | {} | {} | {} | {} | {} | {}", url->full, url->host, url->domain, url->path,
                     url->query, url->user, url->port);
}

}  // namespace

TEST_CASE("urls: absolute ones are made normal") {
  const Case cases[] = {
      {"plain", "http://example.org/a?b#c", "http://example.org/a?b#c"},
      {"case", "HTTP://EXAMPLE.org/A", "http://example.org/A"},
      {"no path", "https://example.org", "https://example.org/"},
      {"no path but a query", "https://example.org?a", "https://example.org/?a"},
      {"the scheme's own port", "https://example.org:443/", "https://example.org/"},
      {"another port", "https://example.org:00080/", "https://example.org:80/"},
      {"an empty port", "https://example.org:/", "https://example.org/"},
      {"a port too large", "https://example.org:65536/", "failure"},
      {"no port", "https://example.org:a/", "failure"},
      {"user and password", "ftp://u:p:q@h/", "ftp://u:p%3Aq@h/"},
      {"several at signs", "http://a@b@c/", "http://a%40b@c/"},
      {"an empty user", "http://:@c/", "http://c/"},
      {"credentials and no host", "http://u:p@/", "failure"},
      {"no slashes", "http:example.org", "http://example.org/"},
      {"many slashes", "http:////example.org", "http://example.org/"},
      {"backslashes", "http:\\\\example.org\\a\\..\\b", "http://example.org/b"},
      {"backslashes of other schemes", "x:\\a", "x:\\a"},
      {"dots", "http://h/a/./b/../c/.", "http://h/a/c/"},
      {"encoded dots", "http://h/a/%2e/b/%2E%2e/.%2e/c", "http://h/c"},
      {"above the root", "http://h/../../a", "http://h/a"},
      {"dots that are names", "http://h/.../.a/..b", "http://h/.../.a/..b"},
      {"empty segments", "http://h//a//", "http://h//a//"},
      {"encoded in the path", "http://h/ \"<>`{}^|", "http://h/%20%22%3C%3E%60%7B%7D%5E|"},
      {"encoded in the query", "http://h/?'\"<> `", "http://h/?%27%22%3C%3E%20`"},
      {"encoded in the fragment", "http://h/#\"<>` '", "http://h/#%22%3C%3E%60%20'"},
      {"percent signs stay", "http://h/%zz%?%", "http://h/%zz%?%"},
      {"UTF-8", "http://h/\u00fc?\u00fc#\u00fc", "http://h/%C3%BC?%C3%BC#%C3%BC"},
      {"no UTF-8", "http://h/\xff?\xff#\xff", "http://h/%FF?%FF#%FF"},
      {"blanks and controls around", " \x01http://h/\x1f ", "http://h/"},
      {"tabs and line ends inside", "ht\ntp://h\to\r\nst/a\tb", "http://host/ab"},
      {"controls inside", "http://h/\x01-", "http://h/%01-"},
      {"NUL", "http://h/a\0b"s, "http://h/a%00b"},
      {"an empty host", "http://?", "failure"},
      {"no host", "http:", "failure"},
      {"only a query", "http://h/?", "http://h/?"},
      {"only a fragment", "http://h/#", "http://h/#"},
      {"two fragments", "http://h/#a#b?c", "http://h/#a#b?c"},
      {"no scheme", "example.org/a", "failure"},
      {"empty", "", "failure"},
      {"a scheme that begins with a digit", "1a:b", "failure"},
  };
  check_href(cases);
}

TEST_CASE("urls: other schemes") {
  const Case cases[] = {
      {"an opaque path", "mailto:a@b?c", "mailto:a@b?c"},
      {"a blank before the query", "data:a  ?b", "data:a %20?b"},
      {"a blank at the end", "data:a  ", "data:a"},
      {"an opaque host", "x://Ho%20st:080/a", "x://Ho%20st:80/a"},
      {"a forbidden host", "x://a b/", "failure"},
      {"an empty host", "x:///a", "x:///a"},
      {"no host but a port", "x://:80/", "failure"},
      {"no host", "x:/a", "x:/a"},
      {"a path that looks like a host", "x:/..//a", "x:/.//a"},
      {"no path", "x://h", "x://h"},
      {"an address", "x://[1:0:0::]/", "x://[1::]/"},
      {"a drive", "file:c|/a", "file:///c:/a"},
      {"a drive as a host", "file://c|/..", "file:///c:/"},
      {"localhost", "file://localhost/a", "file:///a"},
      {"a host", "file://h/a", "file://h/a"},
      {"a bad host", "file://a b/", "failure"},
      {"a query", "file:?a", "file:///?a"},
  };
  check_href(cases);
}

TEST_CASE("urls: relative ones") {
  const Case cases[] = {
      {"a name", "x", "http://u@h:81/a/x"},
      {"up", "../x?y#z", "http://u@h:81/x?y#z"},
      {"from the root", "/x", "http://u@h:81/x"},
      {"a host", "//x/y", "http://x/y"},
      {"a host behind backslashes", "\\/x", "http://x/"},
      {"a query", "?x", "http://u@h:81/a/b?x"},
      {"a fragment", "#x", "http://u@h:81/a/b?c#x"},
      {"nothing", "", "http://u@h:81/a/b?c"},
      {"the same scheme", "http:x", "http://u@h:81/a/x"},
      {"the same scheme with slashes", "http://x", "http://x/"},
      {"another scheme", "https:x", "https://x/"},
      {"a colon", ":x", "http://u@h:81/a/:x"},
  };
  check_href(cases, "http://u@h:81/a/b?c#d");
  CHECK(href_of("x", "mailto:a") == "failure");
  CHECK(href_of("#x", "mailto:a?b") == "mailto:a?b#x");
  CHECK(href_of("x", "x:/a/b") == "x:/a/x");
  CHECK(href_of("//y/z", "x:/a/b") == "x://y/z");
  CHECK(href_of("///y", "x:/a/b") == "x:///y");
  CHECK(href_of("/x", "file:///C:/a/b") == "file:///C:/x");
  CHECK(href_of("..", "file:///C:/") == "file:///C:/");
  CHECK(href_of("D|/x", "file://h/C:/a/b") == "file://h/D:/x");
  CHECK(href_of("x#y", "file://h/a?b") == "file://h/x#y");
  CHECK(href_of("?y", "file://h/a?b") == "file://h/a?y");
  CHECK(href_of("//y/z", "file://h/a") == "file://y/z");
}

TEST_CASE("urls: tricks are seen") {
  const Case cases[] = {
      {"none", "https://user.example.org:443/a?b@c", ""},
      {"a number for a host", "http://192.0.2.1/", "numeric_host"},
      {"an odd number", "http://0x7f.1/", "numeric_host odd_address"},
      {"punycode", "http://xn--tda.de/", "punycode"},
      {"encoded", "http://%77ww.example.org/", "encoded_host"},
      {"a user", "http://www.paypal.com@example.org/", "user"},
      {"a port", "https://example.org:8080/", "odd_port"},
      {"a backslash in front", "https:\\\\example.org/", "backslash"},
      {"a backslash behind the host", "https://example.org\\@example.com", "backslash"},
      {"a backslash in the path", "https://example.org/a\\b", "backslash"},
      {"a backslash in the query is none", "https://example.org/?a\\b", ""},
      {"a tab", "https://exam\tple.org/", "control"},
      {"a control", "https://example.org/\x02-", "control"},
      {"blanks around are none", " \thttps://example.org/\r\n", ""},
      {"zero width", "https://exam\u200bple.org/", "zero_width"},
      {"many", "http:\\\\u@\uff11.1:1/", "numeric_host odd_address encoded_host user odd_port backslash"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const auto url = parse_url(c.text);
    REQUIRE(url);
    CHECK(tricks_of(url->tricks) == c.want);
  }
}

TEST_CASE("urls: the facts of one in a message") {
  const Case cases[] = {
      {"all parts", "http://u:p@WWW.Example.CO.UK:81/a?b#c",
       "http://u:p@www.example.co.uk:81/a?b#c | www.example.co.uk | example.co.uk | /a | b | u | 81"},
      {"a final dot goes", "https://www.example.org./a",
       "https://www.example.org/a | www.example.org | example.org | /a |  |  | 0"},
      {"an address", "ftp://0x7f.1/", "ftp://127.0.0.1/ | 127.0.0.1 | 127.0.0.1 | / |  |  | 0"},
      {"an IPv6 address", "http://[::1]/", "http://[::1]/ | [::1] | [::1] | / |  |  | 0"},
      {"one label", "http://localhost/", "http://localhost/ | localhost |  | / |  |  | 0"},
      {"a suffix", "http://co.uk/", "http://co.uk/ | co.uk |  | / |  |  | 0"},
      {"an unknown suffix", "http://a.b.invalid/",
       "http://a.b.invalid/ | a.b.invalid | b.invalid | / |  |  | 0"},
      {"what DNS has not", "http://a..example.org/",
       "http://a..example.org/ | a..example.org |  | / |  |  | 0"},
      {"a label too long for DNS", "http://" + std::string(64, 'a') + ".org/",
       "http://" + std::string(64, 'a') + ".org/ | " + std::string(64, 'a') + ".org |  | / |  |  | 0"},
      {"a host of one dot", "http://./", "nothing"},
      {"another script", "https://b\u00fccher.example.de/",
       "https://xn--bcher-kva.example.de/ | xn--bcher-kva.example.de | example.de | / |  |  | 0"},
      {"web sockets", "wss://example.org", "wss://example.org/ | example.org | example.org | / |  |  | 0"},
      {"javascript", "javascript:alert(1)", "nothing"},
      {"data", "data:text/html,x", "nothing"},
      {"a part", "cid:a@example.org", "nothing"},
      {"about", "about:blank", "nothing"},
      {"a file", "file://example.org/a", "nothing"},
      {"a telephone", "tel:+49", "nothing"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("urls: mailto gives its first address") {
  const Case cases[] = {
      {"plain", "MAILTO:Joe@Example.ORG",
       "mailto:Joe@example.org | example.org | example.org |  |  | Joe | 0"},
      {"with fields", "mailto:joe@www.example.org?subject=a%20b#c",
       "mailto:joe@www.example.org?subject=a%20b | www.example.org | example.org |  | subject=a%20b | joe | "
       "0"},
      {"the first of several", "mailto:a@b.example,c@d.example",
       "mailto:a@b.example | b.example | b.example |  |  | a | 0"},
      {"encoded commas separate too", "mailto:a@b.example%2Cc@d.example",
       "mailto:a@b.example | b.example | b.example |  |  | a | 0"},
      {"RFC 6068 §6.1", "mailto:gorby%25kremvax@example.com",
       "mailto:gorby%25kremvax@example.com | example.com | example.com |  |  | gorby%kremvax | 0"},
      {"quoted", "mailto:%22not%40me%22@example.org",
       "mailto:%22not%40me%22@example.org | example.org | example.org |  |  | not@me | 0"},
      {"in the field", "mailto:?cc=x@y.example&TO=a@b.example",
       "mailto:a@b.example?cc=x@y.example&TO=a@b.example | b.example | b.example |  | "
       "cc=x@y.example&TO=a@b.example | a | 0"},
      {"as if it had a host", "mailto://joe@example.org/x",
       "mailto:joe@example.org | example.org | example.org |  |  | joe | 0"},
      {"with a name", "mailto:Joe%20%3Cjoe@example.org%3E",
       "mailto:joe@example.org | example.org | example.org |  |  | joe | 0"},
      {"another script", "mailto:\u00fc@b\u00fccher.example",
       "mailto:%C3%BC@xn--bcher-kva.example | xn--bcher-kva.example | xn--bcher-kva.example |  |  | \u00fc | "
       "0"},
      {"no domain", "mailto:nobody", "nothing"},
      {"no local part", "mailto:@example.org", "nothing"},
      {"nothing", "mailto:", "nothing"},
      {"only fields", "mailto:?subject=x", "nothing"},
      {"no UTF-8", "mailto:%ff@example.org", "nothing"},
      {"a line end", "mailto:a%0Ab@example.org", "nothing"},
      {"no host", "mailto:a@b%25c", "nothing"},
      {"very long", "mailto:" + std::string(2000, 'a') + "@example.org", "nothing"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
  CHECK(made("mailto:a@b.example")->is_email());
  CHECK_FALSE(made("http://b.example")->is_email());
}

TEST_CASE("urls: names of tricks and places") {
  CHECK(name(UrlTrick::numeric_host) == "numeric_host");
  CHECK(name(UrlTrick::zero_width) == "zero_width");
  CHECK(name(Url::Place::text) == "text");
  CHECK(name(Url::Place::attachment) == "attachment");
}
