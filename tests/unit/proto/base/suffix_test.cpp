#include "proto/base/suffix.h"

#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;

namespace {

constexpr std::string_view kList =
    "// ===BEGIN ICANN DOMAINS===\n"
    "com\n"
    "uk\n"
    "co.uk\n"
    "*.ck\n"
    "!www.ck\n"
    "\xe4\xb8\xad\xe5\x9b\xbd\n"
    "// ===END ICANN DOMAINS===\n"
    "// ===BEGIN PRIVATE DOMAINS===\n"
    "blogspot.com\n"
    "// ===END PRIVATE DOMAINS===\n";

struct Case {
  std::string host, domain;
};

}  // namespace

TEST_CASE("suffixes: the registrable domain is one label more than the suffix") {
  const Suffixes suffixes(kList);
  const Case cases[] = {
      {"example.com", "example.com"},
      {"www.example.com", "example.com"},
      {"www.example.com.", "example.com"},
      {"a.b.example.co.uk", "example.co.uk"},
      {"com", ""},
      {"co.uk", ""},
      {"localhost", ""},
      {"", ""},
      {".", ""},
      {"a.b.ck", "a.b.ck"},
      {"b.ck", ""},
      {"www.ck", "www.ck"},
      {"x.www.ck", "www.ck"},
      {"me.blogspot.com", "me.blogspot.com"},
      {"blogspot.com", ""},
      {"a.b.unlisted", "b.unlisted"},
      {"www.x.xn--fiqs8s", "x.xn--fiqs8s"},
      {"www.x.\xe4\xb8\xad\xe5\x9b\xbd", "x.\xe4\xb8\xad\xe5\x9b\xbd"},
      {".example.com", ""},
      {"a..example.com", ""},
      {"example.com..", ""},
      {"192.0.2.1", ""},
      {"[2001:db8::1]", ""},
      {"2001:db8::1", ""},
      {std::string(250, 'a') + ".com", ""},
      {std::string(249, 'a') + ".com", std::string(249, 'a') + ".com"},
  };
  for (const Case& c : cases) {
    INFO(c.host);
    const std::string_view domain = suffixes.registrable(c.host);
    CHECK(domain == c.domain);
    if (!domain.empty()) CHECK(domain.data() >= c.host.data());
  }
}

TEST_CASE("suffixes: a top-level domain is known if the list names it") {
  const Suffixes suffixes(kList);
  CHECK(suffixes.is_known_tld("example.com"));
  CHECK(suffixes.is_known_tld("com."));
  CHECK(suffixes.is_known_tld("example.\xe4\xb8\xad\xe5\x9b\xbd"));
  CHECK(suffixes.is_known_tld("example.xn--fiqs8s"));
  CHECK_FALSE(suffixes.is_known_tld("example.txt"));
  CHECK_FALSE(suffixes.is_known_tld("192.0.2.1"));
  CHECK_FALSE(suffixes.is_known_tld(""));
  CHECK_FALSE(suffixes.is_known_tld("."));
  CHECK_FALSE(suffixes.is_known_tld(std::string(300, 'a')));
}

TEST_CASE("suffixes: without a list the built-in one serves") {
  const Suffixes built_in;
  const Suffixes empty("");
  const Suffixes comments("// nothing\n\n");
  for (const Suffixes* suffixes : {&built_in, &empty, &comments}) {
    CHECK(suffixes->registrable("www.example.co.uk") == "example.co.uk");
    CHECK(suffixes->is_known_tld("example.org"));
    CHECK_FALSE(suffixes->is_known_tld("example.invalid"));
  }
}
