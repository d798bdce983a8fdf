#include <catch2/catch.hpp>

#include "rules/auth/spf_macro.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

SpfMacros macros(std::string_view client = "192.0.2.3") {
  SpfMacros macros;
  macros.client = IpAddress::parse(client).value();
  macros.local = "strong-bad";
  macros.sender_domain = "email.example.com";
  macros.domain = "email.example.com";
  macros.helo = "mx.example.net";
  macros.receiver = "mx.example.org";
  macros.validated = "mx.example.org";
  macros.now = std::chrono::sys_seconds(std::chrono::seconds(1795348800));
  return macros;
}

std::string text(std::string_view spec, const SpfMacros& values = macros()) {
  return expand_explanation(spec, values).value_or("!");
}

struct Row {
  std::string_view text;
  std::string_view want;
};

}  // namespace

TEST_CASE("spf macro: the examples of RFC 7208 §7.4") {
  constexpr Row kTable[] = {
      {"%{s}", "strong-bad@email.example.com"},
      {"%{o}", "email.example.com"},
      {"%{d}", "email.example.com"},
      {"%{d4}", "email.example.com"},
      {"%{d3}", "email.example.com"},
      {"%{d2}", "example.com"},
      {"%{d1}", "com"},
      {"%{dr}", "com.example.email"},
      {"%{d2r}", "example.email"},
      {"%{l}", "strong-bad"},
      {"%{l-}", "strong.bad"},
      {"%{lr}", "strong-bad"},
      {"%{lr-}", "bad.strong"},
      {"%{l1r-}", "strong"},
      {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
      {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
      {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
      {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
      {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
  };
  for (const Row& row : kTable)
    CHECK(text(row.text) == row.want);
  CHECK(text("%{ir}.%{v}._spf.%{d2}", macros("2001:db8::cb01")) ==
        "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com");
}

TEST_CASE("spf macro: the other letters, escapes and transformers (§7.2, §7.3)") {
  constexpr Row kTable[] = {
      {"", ""},
      {"%{i} %{c} %{h} %{r} %{p} %{t}",
       "192.0.2.3 192.0.2.3 mx.example.net mx.example.org mx.example.org 1795348800"},
      {"100%% %_%-", "100%  %20"},
      {"%{S}", "strong-bad%40email.example.com"},
      {"%{D2R} %{LR-}", "example.email bad.strong"},
      {"%{d127}%{d99999999999999999999999}", "email.example.comemail.example.com"},
      {"%{d01}", "com"},
      {"%{l2.-+,/_=}", "strong.bad"},
      {"%{d.-}", "email.example.com"},
      {"%{d=}", "email.example.com"},
  };
  for (const Row& row : kTable)
    CHECK(text(row.text) == row.want);
  SpfMacros odd = macros();
  odd.local = "~jack&jill=up-a_b3.c";
  CHECK(text("%{L}", odd) == "~jack%26jill%3Dup-a_b3.c");
  odd.local = "..a..";
  CHECK(text("%{l} %{lr} %{l2}", odd) == "..a.. ..a.. .");
  CHECK(text("%{c} %{i1}", macros("2001:db8::1")) == "2001:db8::1 1");
}

TEST_CASE("spf macro: what is no macro (§7.1)") {
  for (const std::string_view bad :
       {"%", "a%", "%a", "%(d)", "%{", "%{}", "%{d", "%{x}", "%{d0}", "%{d00}", "%{d2q}", "%{dr2}", "%{d.r}",
        "%{dd}", "%{d }", "%{d;}", "%{%{d}}", "%{2d}"}) {
    CHECK_FALSE(check_macro_string(bad));
    CHECK(text(bad) == "!");
  }
  for (const std::string_view good : {"", "%%", "%{d}", "x%{D9r.}y", "%{c}%{r}%{t}", "{}"})
    CHECK(check_macro_string(good));
  for (const std::string_view bad : {"a b", "a\tb", "a\x7f", "\xc3\xa4"})
    CHECK_FALSE(check_macro_string(bad));
}

TEST_CASE("spf macro: a domain has no c, r and t (§7.2)") {
  for (const std::string_view bad : {"%{c}.org", "%{r}.org", "%{T}.org", "%{d}.%{cr}"})
    CHECK_FALSE(check_domain_spec(bad));
  for (const std::string_view good : {"%{s}", "%{l}%{o}%{d}%{i}%{p}%{v}%{h}", "a.org", "a.%{d}"})
    CHECK(check_domain_spec(good));
}

TEST_CASE("spf macro: a domain comes out ready to be asked for, or empty (§4.8)") {
  constexpr Row kTable[] = {
      {"a.Example.ORG", "a.example.org"},
      {"a.example.org.", "a.example.org"},
      {"%{d}.", "email.example.com"},
      {"%{h}", "mx.example.net"},
      {"%{l}", ""},         // one label
      {"%{d}..x.org", ""},  // an empty label
      {".%{d}", ""},        // also in front
      {"a%_b.org", "a b.org"},
      {"%{v}%{v}%{v}%{v}%{v}%{v}%{v}%{v}%{v}%{v}.org", ""},  // a label of 70 bytes
  };
  for (const Row& row : kTable)
    CHECK(expand_domain(row.text, macros()) == row.want);
  SpfMacros foreign = macros();
  foreign.local = "j\xc3\xbcrgen";
  CHECK(expand_domain("%{l}.example.org", foreign).empty());  // RFC 8616 §4
}

TEST_CASE("spf macro: a name that is too long loses labels on its left (§7.3)") {
  SpfMacros values = macros();
  const std::string label(49, 'a');
  values.domain = label + "." + label + "." + label + "." + label + ".bc";  // 202 bytes
  CHECK(expand_domain("%{d}", values).size() == 202);
  const std::string fifty = std::string(48, 'x') + ".%{d}";
  CHECK(expand_domain(fifty, values).size() == 251);
  CHECK(expand_domain("y." + fifty, values).size() == 253);
  CHECK(expand_domain("yy." + fifty, values).size() == 251);
  CHECK(expand_domain("z.yy." + fifty, values).size() == 251);
  CHECK(expand_domain("z.y." + fifty + ".", values).size() == 253);
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += "%{d}.";
  CHECK(expand_domain(many + "%{d2}", values) == label + "." + label + "." + label + ".bc." + label + ".bc");
  CHECK(expand_domain(std::string(60'000, 'x') + ".org", values).empty());
}

TEST_CASE("spf macro: an explanation is printable ASCII of at most 1,000 bytes (§6.2)") {
  CHECK(text("See http://%{d}/why?s=%{S} !") ==
        "See http://email.example.com/why?s=strong-bad%40email.example.com !");
  CHECK(text("\xc3\xa4") == "!");
  CHECK(text("a\nb") == "!");
  std::string many;
  for (int i = 0; i < 10'000; ++i)
    many += "%{d}";
  CHECK(text(many).size() == 1000);
  CHECK(text(many + "%{") == "!");
  SpfMacros foreign = macros();
  foreign.local = "j\xc3\xbcrgen";
  CHECK(text("%{l}", foreign) == "!");
}

TEST_CASE("spf macro: which texts need the validated name") {
  for (const std::string_view with : {"%{p}", "a.%{P2}.org", "%{d}%{pr-}"})
    CHECK(uses_validated_name(with));
  for (const std::string_view without : {"", "p", "%%{p}", "%{d}.p", "%{", "p%{d}"})
    CHECK_FALSE(uses_validated_name(without));
}
