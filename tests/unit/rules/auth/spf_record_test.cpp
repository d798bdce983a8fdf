#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "rules/auth/spf_record.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

constexpr std::string_view kNames[] = {"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"};

// "-a domain 24 64", the parts that differ from their defaults; the error's sentence when it is refused.
std::string read(std::string_view text) {
  const auto record = parse_spf_record(text);
  if (!record) return "! " + record.error().sentence;
  std::string read;
  for (const SpfTerm& term : record->terms) {
    read += fmt::format("{}{}{}", read.empty() ? "" : ", ", term.qualifier,
                        kNames[static_cast<std::size_t>(term.mechanism)]);
    const bool network = term.mechanism == SpfMechanism::ip4 || term.mechanism == SpfMechanism::ip6;
    if (network) read += " " + term.address.to_string();
    if (!term.domain.empty()) read += fmt::format(" {}", term.domain);
    if (term.prefix4 != 32) read += fmt::format(" /{}", term.prefix4);
    if (term.prefix6 != 128) read += fmt::format(" //{}", term.prefix6);
  }
  if (!record->redirect.empty()) read += fmt::format("; redirect {}", record->redirect);
  if (!record->exp.empty()) read += fmt::format("; exp {}", record->exp);
  return read;
}

struct Row {
  std::string_view record;
  std::string_view want;
};

}  // namespace

TEST_CASE("spf record: the version stands alone, in any case (RFC 7208 §4.5)") {
  for (const std::string_view record : {"v=spf1", "v=spf1 ", "V=SPF1 a", "v=sPf1  -all"})
    CHECK(is_spf_record(record));
  for (const std::string_view other :
       {"", "v=spf", "v=spf10", "v=spf1a", "v=spf1\ta", " v=spf1", "spf1 -all", "v=spf2.0/pra"})
    CHECK_FALSE(is_spf_record(other));
}

TEST_CASE("spf record: mechanisms, qualifiers and prefix lengths (§4.6, §5)") {
  constexpr Row kTable[] = {
      {"v=spf1", ""},
      {"v=spf1   a   -all  ", "+a, -all"},
      {"v=spf1 +a -a ~a ?a", "+a, -a, ~a, ?a"},
      {"V=SPF1 ALL", "+all"},
      {"v=spf1 MX:Example.ORG A", "+mx Example.ORG, +a"},
      {"v=spf1 include:example.org ptr ptr:example.org exists:%{i}.example.org",
       "+include example.org, +ptr, +ptr example.org, +exists %{i}.example.org"},
      {"v=spf1 a/24 a//64 a/24//64 mx:example.org/0//0",
       "+a /24, +a //64, +a /24 //64, +mx example.org /0 //0"},
      {"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1/24 ip4:0.0.0.0/0",
       "+ip4 192.0.2.1, +ip4 192.0.2.1 /24, +ip4 0.0.0.0 /0"},
      {"v=spf1 ip6:2001:db8::1 ip6:2001:DB8::/32 ip6:::/0 ip6:::192.0.2.1/96",
       "+ip6 2001:db8::1, +ip6 2001:db8:: //32, +ip6 :: //0, +ip6 ::192.0.2.1 //96"},
      {"v=spf1 ip6:2001:db8::1234", "+ip6 2001:db8::1234"},
      {"v=spf1 ip6:::ffff:0.0.0.0/0", "+ip6 :: //0"},
      {"v=spf1 a:a/b.example.org/24", "+a a/b.example.org /24"},
      {"v=spf1 a:%{l/}.example.org", "+a %{l/}.example.org"},
      {"v=spf1 a:example.org.", "+a example.org."},
      {"v=spf1 a:x.xn--p1ai a:x.a-1 a:x.1a", "+a x.xn--p1ai, +a x.a-1, +a x.1a"},
      {"v=spf1 a:%{d} a:x%{d} a:%{d}.org a:x%%", "+a %{d}, +a x%{d}, +a %{d}.org, +a x%%"},
  };
  for (const Row& row : kTable)
    CHECK(read(row.record) == row.want);
}

TEST_CASE("spf record: modifiers (§6)") {
  constexpr Row kTable[] = {
      {"v=spf1 redirect=example.org", "; redirect example.org"},
      {"v=spf1 REDIRECT=a.org Exp=b.org -all", "-all; redirect a.org; exp b.org"},
      {"v=spf1 unknown=x other.one-2_= a=b all=%{c} -all", "-all"},
      {"v=spf1 twice=1 twice=2", ""},
      {"v=spf1 redirect=a.org redirect=b.org", "! \"redirect=b.org\": the modifier stands there twice"},
      {"v=spf1 exp=a.org -all EXP=a.org", "! \"EXP=a.org\": the modifier stands there twice"},
      {"v=spf1 exp=", "! \"exp=\": \"\" is no domain"},
      {"v=spf1 redirect=org", "! \"redirect=org\": \"org\" is no domain"},
      {"v=spf1 exp=%{r}.example.org", "! \"exp=%{r}.example.org\": \"%{r}\" is no macro"},
      {"v=spf1 1up=x", "! \"1up=x\": this is no name of a modifier"},
      {"v=spf1 =x", "! \"=x\": this is no name of a modifier"},
      {"v=spf1 -x=y", "! \"-x=y\": this is no name of a modifier"},
      {"v=spf1 x=%y", "! \"x=%y\": \"%y\" is no macro"},
      {"v=spf1 redirect:example.org", "! \"redirect:example.org\": there is no such mechanism"},
  };
  for (const Row& row : kTable)
    CHECK(read(row.record) == row.want);
}

TEST_CASE("spf record: one wrong term makes the whole record wrong (§4.6)") {
  constexpr Row kTable[] = {
      {"v=spf1 -all moo", "! \"moo\": there is no such mechanism"},
      {"v=spf1 -all moo=x moo", "! \"moo\": there is no such mechanism"},
      {"v=spf1 --all", "! \"--all\": there is no such mechanism"},
      {"v=spf1 -", "! \"-\": there is no such mechanism"},
      {"v=spf1 all.", "! \"all.\": there is no such mechanism"},
      {"v=spf1 all:x.org", "! \"all:x.org\": nothing may follow here"},
      {"v=spf1 all/8", "! \"all/8\": nothing may follow here"},
      {"v=spf1 include", "! \"include\": a domain is missing"},
      {"v=spf1 include:", "! \"include:\": \"\" is no domain"},
      {"v=spf1 include:a.org/24", "! \"include:a.org/24\": \"a.org/24\" is no domain"},
      {"v=spf1 exists", "! \"exists\": a domain is missing"},
      {"v=spf1 exists:a.org/24", "! \"exists:a.org/24\": \"a.org/24\" is no domain"},
      {"v=spf1 ptr/24", "! \"ptr/24\": a domain is missing"},
      {"v=spf1 ptr:", "! \"ptr:\": \"\" is no domain"},
      {"v=spf1 a:", "! \"a:\": \"\" is no domain"},
      {"v=spf1 a/", "! \"a/\": a domain is missing"},
      {"v=spf1 a//", "! \"a//\": a domain is missing"},
      {"v=spf1 a/33", "! \"a/33\": the prefix length is wrong"},
      {"v=spf1 a/024", "! \"a/024\": the prefix length is wrong"},
      {"v=spf1 a//129", "! \"a//129\": the prefix length is wrong"},
      {"v=spf1 a/24/64", "! \"a/24/64\": the prefix length is wrong"},
      {"v=spf1 a//64/24", "! \"a//64/24\": a domain is missing"},
      {"v=spf1 a/99999999999999999999", "! \"a/99999999999999999999\": the prefix length is wrong"},
      {"v=spf1 a:museum", "! \"a:museum\": \"museum\" is no domain"},
      {"v=spf1 a:museum.", "! \"a:museum.\": \"museum.\" is no domain"},
      {"v=spf1 a:192.0.2.1", "! \"a:192.0.2.1\": \"192.0.2.1\" is no domain"},
      {"v=spf1 a:x.-com", "! \"a:x.-com\": \"x.-com\" is no domain"},
      {"v=spf1 a:x.com-", "! \"a:x.com-\": \"x.com-\" is no domain"},
      {"v=spf1 a:x.org..", "! \"a:x.org..\": \"x.org..\" is no domain"},
      {"v=spf1 a:x.org:25", "! \"a:x.org:25\": \"x.org:25\" is no domain"},
      {"v=spf1 a:x.%{d}org", "! \"a:x.%{d}org\": \"x.%{d}org\" is no domain"},
      {"v=spf1 ip4", "! \"ip4\": an address is missing"},
      {"v=spf1 ip4:", "! \"ip4:\": no IPv4 address"},
      {"v=spf1 ip4:192.0.2", "! \"ip4:192.0.2\": no IPv4 address"},
      {"v=spf1 ip4:192.0.2.01", "! \"ip4:192.0.2.01\": no IPv4 address"},
      {"v=spf1 ip4:192.0.2.1:25", "! \"ip4:192.0.2.1:25\": no IPv4 address"},
      {"v=spf1 ip4:::1", "! \"ip4:::1\": no IPv4 address"},
      {"v=spf1 ip4:::ffff:192.0.2.1", "! \"ip4:::ffff:192.0.2.1\": no IPv4 address"},
      {"v=spf1 ip4:192.0.2.0//24", "! \"ip4:192.0.2.0//24\": no IPv4 address"},
      {"v=spf1 ip4:192.0.2.0/33", "! \"ip4:192.0.2.0/33\": the prefix length is wrong"},
      {"v=spf1 ip4/24", "! \"ip4/24\": an address is missing"},
      {"v=spf1 ip6:192.0.2.1", "! \"ip6:192.0.2.1\": no IPv6 address"},
      {"v=spf1 ip6::cafe::babe", "! \"ip6::cafe::babe\": no IPv6 address"},
      {"v=spf1 ip6:fe80::1%eth0", "! \"ip6:fe80::1%eth0\": no IPv6 address"},
      {"v=spf1 ip6:::1/129", "! \"ip6:::1/129\": the prefix length is wrong"},
      {"v=spf1 a\t-all", "! \"a?-all\": there is no such mechanism"},
      {"v=spf1 a:x.org\n -all", "! \"a:x.org?\": \"x.org?\" is not printable ASCII"},
      {"v=spf1 a:\xc3\xa4.org", "! \"a:\xc3\xa4.org\": \"\xc3\xa4.org\" is not printable ASCII"},
  };
  for (const Row& row : kTable)
    CHECK(read(row.record) == row.want);
}
