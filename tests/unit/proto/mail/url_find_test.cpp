#include "proto/mail/url_find.h"

#include <catch2/catch.hpp>

#include <string>

#include "proto/base/text.h"

using namespace xspamd;

namespace {

const Suffixes& suffixes() {
  static const Suffixes list;
  return list;
}

// All that is found, normalised and separated by blanks.
std::string found(std::string_view text) {
  std::string all;
  for (const FoundUrl& one : find_urls(text, 100, suffixes())) {
    if (!all.empty()) all += ' ';
    all += one.url.full;
  }
  return all;
}

// The pieces of the text in which something is found.
std::string written(std::string_view text) {
  std::string all;
  for (const FoundUrl& one : find_urls(text, 100, suffixes())) {
    if (!all.empty()) all += '|';
    all += text.substr(one.begin, one.end - one.begin);
  }
  return all;
}

std::string tricks(std::string_view text) {
  constexpr UrlTrick kAll[] = {UrlTrick::numeric_host, UrlTrick::encoded_host, UrlTrick::user,
                               UrlTrick::no_scheme,    UrlTrick::backslash,    UrlTrick::obfuscated,
                               UrlTrick::zero_width};
  std::string all;
  for (const FoundUrl& one : find_urls(text, 1, suffixes())) {
    for (const UrlTrick trick : kAll) {
      if (one.url.tricks.has(trick)) (all += all.empty() ? "" : " ") += name(trick);
    }
  }
  return all;
}

std::string of_link(std::string_view text) {
  const auto url = url_of_link_text(text, suffixes());
  return url ? url->full : "none";
}

struct Row {
  std::string_view text, want;
};

}  // namespace

TEST_CASE("url find: with a scheme, in any case, with any slashes, glued to the text in front") {
  constexpr Row kRows[] = {
      {"see http://example.org/a now", "http://example.org/a"},
      {"HTTPS://Example.ORG", "https://example.org/"},
      {"ftp://example.org/x", "ftp://example.org/x"},
      {"seehttp://example.org/", "http://example.org/"},
      {"http:\\\\example.org\\x", "http://example.org/x"},
      {"http:/example.org/x", "http://example.org/x"},
      {"http:www.example.org", "http://www.example.org/"},
      {"http://user:pass@example.org:8080/x", "http://user:pass@example.org:8080/x"},
      {"http://www.bank.com@evil.example/", "http://www.bank.com@evil.example/"},
      {"http://1113515555", "http://66.94.230.35/"},
      {"http://[2001:db8::1]:81/x", "http://[2001:db8::1]:81/x"},
      {"http://intranet/", "http://intranet/"},
      {"http://example.org:80", "http://example.org/"},
      {"http://example.org:text", "http://example.org/"},
      {"http://example.org:/x", "http://example.org/x"},
      {"http://foo_bar.example.org/", "http://foo_bar.example.org/"},
      {"http://a.example.orghttp://b.example.org/", "http://a.example.org/ http://b.example.org/"},
      {"http://http://example.org/", "http://example.org/"},
  };
  for (const Row& row : kRows)
    CHECK(found(row.text) == row.want);
}

TEST_CASE("url find: what looks like a scheme alone is nothing") {
  for (const std::string_view text :
       {"http://", "http://...", "http://a&b.com", "http://x..example.org", "http:", "http: //x",
        "keyword:word", "http://-example.com", "http://[bad]", "://x", "http://[1234]/", "http://@", "www.",
        "www", "http:example", "[:]", ":", "."})
    CHECK(found(text) == "");
}

TEST_CASE("url find: without a scheme") {
  constexpr Row kRows[] = {
      {"www.example.org", "http://www.example.org/"},
      {"WWW5.example.org/x", "http://www5.example.org/x"},
      {"ftp.example.org", "ftp://ftp.example.org/"},
      {"ftp5.example.org", "http://ftp5.example.org/"},
      {"example.org", "http://example.org/"},
      {"xyz.example.CoM", "http://xyz.example.com/"},
      {"example.org:8080/x?y#z", "http://example.org:8080/x?y#z"},
      {"Website:example.org", "http://example.org/"},
      {"a=www.example.org", "http://www.example.org/"},
      {"@www.example.org", "http://www.example.org/"},
      {"...www.example.org...", "http://www.example.org/"},
      {"-----www.example.org-----", "http://www.example.org/"},
      {"_www.example.org_", "http://www.example.org/"},
      {"www.foo:bar@example.org:81", "http://www.foo:bar@example.org:81/"},
      {"file://www.example.org/x", "http://www.example.org/x"},
      {"Amazon.Com", "http://amazon.com/"},
      {"t.me/x and py.sh/x", "http://t.me/x http://py.sh/x"},
      {"163.com", "http://163.com/"},
  };
  for (const Row& row : kRows)
    CHECK(found(row.text) == row.want);
}

TEST_CASE("url find: names of files, numbers, abbreviations and missing blanks are no URLs") {
  for (const std::string_view text : {"readme.md",
                                      "setup.py",
                                      "cmd.exe",
                                      "document.doc",
                                      "1.2.3",
                                      "10.0.0.1",
                                      "10.1.2.1/",
                                      "66.94.230.32",
                                      "e.g.",
                                      "i.e.",
                                      "U.S.A.",
                                      "a.m.",
                                      "end.The",
                                      "end.It was",
                                      "i.am",
                                      "5.in",
                                      "com.google.android",
                                      "foo.example.com.php",
                                      "www.example.invalid",
                                      "x..example.org",
                                      "and/or/example.org",
                                      "a_b.c_om",
                                      "zyb2_n2ef.com",
                                      "name-.com",
                                      "foo-.example.com",
                                      "com.foo.web",
                                      "www.example",
                                      "M0\"-AE/9Y.KN:_0D2F"})
    CHECK(found(text) == "");
}

TEST_CASE("url find: a sentence that begins without its blank does not belong to the host") {
  CHECK(written("at example.com.It is") == "example.com");
  CHECK(written("www.example.com.The next") == "www.example.com");
  CHECK(written("user@example.com.Next") == "user@example.com");
  CHECK(written("http://example.com.Next") == "http://example.com");
}

TEST_CASE("url find: mail addresses") {
  constexpr Row kRows[] = {
      {"joe@example.org", "mailto:joe@example.org"},
      {"<joe+tag@mail.example.co.uk>", "mailto:joe+tag@mail.example.co.uk"},
      {"mailto:joe@example.org?subject=x", "mailto:joe@example.org?subject=x"},
      {"Mailto://joe@example.org", "mailto:joe@example.org"},
      {"sentto-49-foo=addr.com@example.org", "mailto:sentto-49-foo=addr.com@example.org"},
      {"joe@example.org,example.net", "mailto:joe@example.org http://example.net/"},
      {"'joe@example.org'", "mailto:joe@example.org"},
      {"j@ex\xC3\xA4mple.org", "mailto:j@xn--exmple-cua.org"},
      {"\xE8\xAF\xB7joe@example.org", "mailto:joe@example.org"},  // Chinese in front
      {"mailto:www.example.org", "http://www.example.org/"},
  };
  for (const Row& row : kRows)
    CHECK(found(row.text) == row.want);
  for (const std::string_view text : {"joe@localhost", "joe@nowhere.invalid", "joe@@", "@", "mailto:joe",
                                      "a@b@c", "joe@1.2.3.4", "mailto:", "mailto://joe@nottld"})
    CHECK(found(text) == "");
  CHECK(found(std::string(300, 'x') + "@example.org") == "");
  CHECK(found(std::string(300, '-') + "x@example.org") == "");  // the look back has an end
  CHECK(find_urls("50%off#1@example.org", 1, suffixes()).front().url.user == "50%off#1");
}

TEST_CASE("url find: punctuation and brackets around do not belong to a URL") {
  constexpr Row kRows[] = {
      {"(see http://example.org/x).", "http://example.org/x"},
      {"http://example.org/wiki/A_(b), and", "http://example.org/wiki/A_(b)"},
      {"[text](http://example.org/x)", "http://example.org/x"},
      {"[url=http://example.org/x]here[/url]", "http://example.org/x"},
      {"\"http://example.org/x\"y", "http://example.org/x"},
      {"'http://example.org/x'y'", "http://example.org/x"},
      {"http://example.org/it's", "http://example.org/it's"},
      {"http://example.org/x?!...", "http://example.org/x"},
      {"http://example.org?", "http://example.org"},
      {"http://example.org/x?a=b==", "http://example.org/x?a=b=="},
      {"http://example.org/x---------", "http://example.org/x"},
      {"*http://example.org/x*", "http://example.org/x"},
      {"http://example.org/a[]=1&b[]=2", "http://example.org/a[]=1&b[]=2"},
      {"{http://example.org/x}", "http://example.org/x"},
      {"http://example.org/x|y", "http://example.org/x"},
      {"http://example.org/x,http://example.net/", "http://example.org/x|http://example.net/"},
      {"http://example.org/\x1b(B", "http://example.org/"},
      {"http://example.org/\xC2\xA0x", "http://example.org/"},         // no-break space
      {"http://example.org/x\xE2\x80\xA6", "http://example.org/x"},    // ellipsis
      {"http://example.org/x\xE2\x80\x94 y", "http://example.org/x"},  // dash
      {"http://example.org/x\xE2\x80\x8B y", "http://example.org/x"},  // zero-width space
      {"\xC2\xAB"
       "example.org\xC2\xBB",
       "example.org"},                                       // guillemets
      {"http://example.org/x\xFF", "http://example.org/x"},  // no UTF-8
  };
  for (const Row& row : kRows)
    CHECK(written(row.text) == row.want);
}

TEST_CASE("url find: other scripts in host and path, and directly around") {
  constexpr Row kRows[] = {
      {"b\xC3\xBC"
       "cher.de/stra\xC3\x9F"
       "e",
       "http://xn--bcher-kva.de/stra%C3%9Fe"},
      {"\xE7\x9C\x8Bhttp://example.com/a\xE8\xAF\xB7\xE7\x82\xB9", "http://example.com/a"},
      {"\xE7\x9C\x8Bwww.example.com\xE7\x9A\x84", "http://www.example.com/"},
      {"\xE7\x9C\x8B"
       "example.com\xE3\x80\x82\xE7\x84\xB6",
       "http://example.com/"},
      {"http://example.com/\xE8\xB7\xAF\xE3\x80\x82\xE7\x84\xB6", "http://example.com/%E8%B7%AF"},
      {"http://example.com\xE3\x80\x82\xE7\x84\xB6\xE5\x90\x8E", "http://example.com/"},
      {"http://example\xE3\x80\x82"
       "com/x",
       "http://example.com/x"},
      {"http://example.com\xEF\xBC\x8C\xE7\x84\xB6", "http://example.com/"},  // full-width comma
      {"http://example.com\xE3\x80\x80x", "http://example.com/"},             // ideographic space
  };
  for (const Row& row : kRows)
    CHECK(found(row.text) == row.want);
}

TEST_CASE("url find: a URL in angle brackets goes on in the next line") {
  CHECK(found("<http://example.org/long\n/path?a=1\r\n  &b=2> x") == "http://example.org/long/path?a=1&b=2");
  CHECK(found("<URL:http://example.org/\nx>") == "http://example.org/x");
  CHECK(found("<www.example.org/\nx>") == "http://www.example.org/x");
  CHECK(written("a <http://example.org/\nx> b") == "http://example.org/\nx");
  // Text that only follows.
  CHECK(found("<http://example.org/x\nis a link>") == "http://example.org/x");
  CHECK(found("<http://example.org/x\nnever closed") == "http://example.org/x");
  CHECK(found("<http://example.org/x\n<b>") == "http://example.org/x");
  CHECK(found("<http://a.example.org/,\nhttp://b.example.org/>") ==
        "http://a.example.org/ http://b.example.org/");
  CHECK(found("http://example.org/x\ny>") == "http://example.org/x");
}

TEST_CASE("url find: what is written so that no program sees it") {
  constexpr Row kRows[] = {
      {"hxxp://example[.]org/x", "http://example.org/x"},
      {"hxxps[:]//example[.]org", "https://example.org/"},
      {"hxxp[://]example.org", "http://example.org/"},
      {"h**p://example.org", "http://example.org/"},
      {"ttp://example.org", "http://example.org/"},
      {"example(dot)org", "http://example.org/"},
      {"example [.] org", "http://example.org/"},
      {"sub{dot}example.org/x", "http://sub.example.org/x"},
      {"example[ dot ]org", "http://example.org/"},
      {"http://example dot com/x", "http://example.com/x"},
      {"http://www.example .com/x", "http://www.example.com/x"},
      {"www dot example dot com", "http://www.example.com/"},
      {"WWW . EXAMPLE . COM", "http://www.example.com/"},
      {"joe [at] example [dot] org", "mailto:joe@example.org"},
      {"joe(at)example.org", "mailto:joe@example.org"},
  };
  for (const Row& row : kRows) {
    CHECK(found(row.text) == row.want);
    CHECK(tricks(row.text).find("obfuscated") != std::string::npos);
  }
  for (const std::string_view text :
       {"a dot com company", "www dot", "dot dot dot", "x [dot] y", "www site . Next", "meet (at) noon",
        "example (dot]org", "hxxp[:example.org]"})
    CHECK(tricks(text).find("obfuscated") == std::string::npos);
  CHECK(found("http://example.com .htaccess") == "http://example.com/");
  CHECK(found("http://intranet . Next") == "http://intranet/");
}

TEST_CASE("url find: the tricks of a URL in text are told") {
  CHECK(tricks("www.example.org") == "no_scheme");
  CHECK(tricks("http:\\\\example.org") == "backslash");
  CHECK(tricks("http://0x7f.1/") == "numeric_host");
  CHECK(tricks("www.bank.com@example.org") == "user no_scheme");
  CHECK(tricks("http://ex\xE2\x80\x8B"
               "ample.org/") == "zero_width");
  // Full-width "www.ex.com".
  CHECK(tricks("\xEF\xBD\x97\xEF\xBD\x97\xEF\xBD\x97\xEF\xBC\x8E\xEF\xBD\x85\xEF\xBD\x98\xEF\xBC\x8E"
               "\xEF\xBD\x83\xEF\xBD\x8F\xEF\xBD\x8D") == "encoded_host no_scheme");
  CHECK(tricks("http://example\xEF\xBC\x8E"
               "com/") == "encoded_host");
}

TEST_CASE("url find: at most so many") {
  const std::string text = "a.example.org b.example.org c.example.org";
  CHECK(find_urls(text, 2, suffixes()).size() == 2);
  CHECK(find_urls(text, 0, suffixes()).empty());
}

TEST_CASE("url find: nasty shapes cost no more than others") {
  // Each is long enough that anything quadratic would be noticed.
  for (const std::string_view shape :
       {"http:", "http://", "www.", "www.a .", "a@", "<http://a\n", "[.]", "a [dot] ", "(",
        "mailto:", "http://a dot ", "_a.", "\xE4\xB8\xAD.", "www.a:"}) {
    std::string text;
    while (text.size() < 300'000)
      text += shape;
    CHECK(find_urls(text, 10, suffixes()).size() <= 10);
  }
}

TEST_CASE("link text: it is a URL if nothing else can be read") {
  constexpr Row kRows[] = {
      {"www.bank.com", "http://www.bank.com/"},
      {"https://bank.com/login", "https://bank.com/login"},
      {"bank.com", "http://bank.com/"},
      {" \n( \"bank.com\" ) ", "http://bank.com/"},
      {"\xC2\xBB bank.com \xC2\xAB", "http://bank.com/"},
      {"bank.com!", "http://bank.com/"},
      {"joe@bank.com", "mailto:joe@bank.com"},
      {"bank[.]com", "http://bank.com/"},
      {"Click bank.com now", "none"},
      {"bank.com now", "none"},
      {"Bank", "none"},
      {"here", "none"},
      {"", "none"},
      {"\xE7\x9C\x8B"
       "bank.com",
       "none"},
      {"bank.com \xE7\x9C\x8B", "none"},
  };
  for (const Row& row : kRows)
    CHECK(of_link(row.text) == row.want);
}
