#include <catch2/catch.hpp>

#include <string>

#include "proto/mail/url_find.h"

using namespace xspamd;

namespace {

std::string nested(std::string_view text, std::size_t most = 10) {
  static const Suffixes suffixes;
  const auto parsed = parse_url(text);
  const auto url = parsed ? make_url(*parsed, suffixes) : std::nullopt;
  if (!url) return "no URL";
  std::string all;
  for (const Url& one : nested_urls(*url, most, suffixes)) {
    CHECK(one.place == Url::Place::nested);
    if (!all.empty()) all += ' ';
    all += one.full;
  }
  return all;
}

struct Row {
  std::string_view text, want;
};

}  // namespace

TEST_CASE("nested url: plain, percent encoded once or twice, in base64, in hexadecimal digits") {
  constexpr Row kRows[] = {
      {"http://r.example/?u=http://example.org/x&y=1", "http://example.org/x"},
      {"http://r.example/?http://example.org/x", "http://example.org/x"},
      {"http://r.example/?x=1&amp;url=https%3A%2F%2Fexample.org%2Fx%3Fa%3Db", "https://example.org/x?a=b"},
      {"http://r.example/?u=http%253A%252F%252Fexample.org%252F", "http://example.org/"},
      {"http://r.example/?u=http%25253A%25252F%25252Fexample.org%25252F", ""},
      {"http://r.example/*http://example.org/x?y=z", "http://example.org/x?y=z"},
      {"http://r.example/a/https:/example.org/x", "https://example.org/x"},
      {"http://r.example/a/https%3A%2F%2Fexample.org%2Fx", "https://example.org/x"},
      {"http://r.example/?u=aHR0cHM6Ly9leGFtcGxlLm9yZy94", "https://example.org/x"},
      {"http://r.example/ck/a?u=a1aHR0cHM6Ly9leGFtcGxlLm9yZy94&n=1", "https://example.org/x"},
      {"http://r.example/go/aHR0cDovL2V4YW1wbGUub3JnLw", "http://example.org/"},
      {"http://r.example/?u=687474703a2f2f6578616d706c652e6f72672f", "http://example.org/"},
      {"http://r.example/?u=http://0x7f.1/", "http://127.0.0.1/"},
      {"http://r.example/#http://example.org/x", "http://example.org/x"},
      {"http://r.example/?goto=www.example.org/x", "http://www.example.org/x"},
      {"http://r.example/?redirect=example.org", "http://example.org/"},
      {"http://r.example/?u=http://example.org/%22%3Ex", "http://example.org/%22%3Ex"},
  };
  for (const Row& row : kRows)
    CHECK(nested(row.text) == row.want);
}

TEST_CASE("nested url: redirectors that hold their target in a way of their own") {
  constexpr Row kRows[] = {
      {"https://www.google.com/url?q=https://example.org/x&sa=D", "https://example.org/x"},
      {"https://www.google.de/amp/s/example.org/x?y", "https://example.org/x?y"},
      {"https://www.google.com/amp/example.org/x", "http://example.org/x"},
      {"https://x-org.cdn.ampproject.org/c/s/example.org/x", "https://example.org/x"},
      {"https://cdn.ampproject.org/v0/x.js", ""},
      {"http://www.nate.com/r/AB01/ex%61mple.org/?a=%62", "http://example.org/?a=b"},
      {"https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_a-5Fb&d=x",
       "https://example.org/a_b"},
      {"https://urldefense.proofpoint.com/v1/url?u=https://example.org/&k=x", "https://example.org/"},
      {"https://urldefense.com/v3/__https://example.org/a*b__;Iw!!x!y$", "https://example.org/a#b"},
      {"https://urldefense.com/v3/__https://example.org/a**Ab__;Pz0!!x!y$", "https://example.org/a?=b"},
      {"https://urldefense.com/v3/__https://example.org/", "https://example.org/"},
      {"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org&data=1",
       "https://example.org/"},
      {"https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fexample.org&c=E", "https://example.org/"},
      {"https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F&h=x", "https://example.org/"},
      {"https://notgoogle.example/amp/s/example.org/x", ""},
  };
  for (const Row& row : kRows)
    CHECK(nested(row.text) == row.want);
}

TEST_CASE("nested url: within each other, each once, and not too many") {
  CHECK(nested("http://a.example/?u=http%3A%2F%2Fexample.org%2F%3Fu%3Dhttp%253A%252F%252Fexample.net") ==
        "http://example.org/?u=http%3A%2F%2Fexample.net http://example.net/");
  CHECK(nested("http://a.example/?u=http://example.org/&v=http://example.org/") == "http://example.org/");
  CHECK(nested("http://a.example/?u=http://example.org/&v=http://example.net/", 1) == "http://example.org/");
  CHECK(nested("http://a.example/?u=http://example.org/", 0) == "");
  std::string deep = "http://a.example";
  for (int i = 0; i < 200; ++i)
    deep += "/http://b" + std::to_string(i) + ".example.org";
  CHECK(nested(deep, 100).size() < 4 * deep.size());
}

TEST_CASE("nested url: what leads nowhere is none") {
  for (const std::string_view text :
       {"http://a.example/http", "http://a.example/?u=http://", "http://a.example/?q=example.org",
        "http://a.example/?u=http://localhost/", "http://a.example/?u=http://file.js",
        "http://a.example/?u=http://1.2.3.4.5/", "http://a.example/?u=word",
        "http://a.example/?u=joe@example.org", "http://a.example/?u=aHR0c",
        "mailto:joe@example.org?u=http://example.org/", "http://a.example/?u=68747470"})
    CHECK(nested(text) == "");
}
