#include "rules/auth/dmarc.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/base/text.h"
#include "tests/support/run_task.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;
using auth::DkimResult;
using auth::SpfResult;

namespace {

constexpr std::string_view kZone =
    "_dmarc.a.test TXT v=DMARC1; p=reject; sp=quarantine\n_dmarc.own.a.test TXT v=DMARC1; p=none\n"
    "_dmarc.strict.test TXT v=DMARC1; p=reject; adkim=s; aspf=s\n_dmarc.half.test TXT v=DMARC1; p=reject; "
    "pct=50\n"
    "_dmarc.soft.test TXT v=DMARC1; p=quarantine; pct=0\n_dmarc.none.test TXT v=DMARC1; p=none; pct=0\n"
    "_dmarc.two.test TXT v=DMARC1; p=reject\n_dmarc.two.test TXT v=DMARC1; p=none\n"
    "_dmarc.mixed.test TXT v=spf1 -all\n_dmarc.mixed.test TXT v=DMARC1; p=reject\n"
    "_dmarc.wild.test TXT v=spf1 -all\n_dmarc.bad.test TXT v=DMARC1; p=moo\n"
    "_dmarc.fallback.test TXT v=DMARC1; p=moo; rua=mailto:r@fallback.test\n_dmarc.slow.test TIMEOUT\n"
    "_dmarc.sub.slow2.test TXT v=DMARC1; p=reject\n_dmarc.x.slow3.test SERVFAIL\n"
    "_dmarc.co.uk TXT v=DMARC1; p=quarantine\n_dmarc.xn--bcher-kva.test TXT v=DMARC1; p=reject\n"
    "_dmarc.link.test CNAME _dmarc.a.test\n";

struct Case {
  std::string from;  // domains, blanks between
  std::string spf;   // "pass a.test"; "-": not checked
  std::string dkim;  // "pass a.test, fail b.test"; "-": not checked
  std::string want;
  double draw = 0;
};

SpfResult spf_result(std::string_view text) {
  for (const auto result : {SpfResult::none, SpfResult::neutral, SpfResult::pass, SpfResult::fail,
                            SpfResult::softfail, SpfResult::temperror, SpfResult::permerror})
    if (name(result) == text) return result;
  throw std::runtime_error(std::string(text));
}

DkimResult dkim_result(std::string_view text) {
  if (text == "pass") return DkimResult::pass;
  if (text == "temperror") return DkimResult::temperror;
  return DkimResult::fail;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  for (const std::string_view word : split(text, ' '))
    if (!word.empty()) list.emplace_back(word);
  return list;
}

// "fail reject a.test by a.test (problem)", then what else is set.
std::string shown(const auth::DmarcOutcome& outcome) {
  std::string text = fmt::format("{} {}", name(outcome.result), outcome.domain);
  if (!outcome.record_domain.empty()) text += fmt::format(" by {}", outcome.record_domain);
  if (outcome.result == auth::DmarcResult::pass || outcome.result == auth::DmarcResult::fail)
    text += fmt::format(" p={}", name(outcome.policy));
  if (outcome.by_spf) text += " spf";
  if (outcome.by_dkim) text += " dkim";
  if (outcome.sampled_out) text += " sampled out";
  if (outcome.unknown) text += " unknown";
  if (applied_policy(outcome) != auth::DmarcPolicy::none)
    text += fmt::format(" -> {}", name(applied_policy(outcome)));
  return outcome.problem.empty() ? text : fmt::format("{} ({})", text, outcome.problem);
}

std::string evaluated(const Case& c, test::ZoneDns& dns) {
  static const Suffixes suffixes(
      "// ===BEGIN ICANN DOMAINS===\ntest\nuk\nco.uk\n// ===END ICANN DOMAINS===\n");
  auth::SpfOutcome spf;
  if (const auto parts = words(c.spf); parts.size() == 2) {
    spf.result = spf_result(parts[0]);
    spf.domain = parts[1];
  }
  std::vector<auth::DkimOutcome> dkim;
  for (const std::string_view each : split(c.dkim, ',')) {
    const auto parts = words(each);
    if (parts.size() != 2) continue;
    dkim.emplace_back();
    dkim.back().result = dkim_result(parts[0]);
    dkim.back().domain = parts[1];
  }
  auth::DmarcInput input;
  input.from_domains = words(c.from);
  if (c.spf != "-") input.spf = &spf;
  if (c.dkim != "-") input.dkim = &dkim;
  input.draw = c.draw;
  return shown(test::run_task(auth::check_dmarc(dns, input, suffixes, Deadline::max())));
}

void check(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    INFO(c.from << " | " << c.spf << " | " << c.dkim);
    test::ZoneDns dns(kZone);
    CHECK(evaluated(c, dns) == c.want);
  }
}

}  // namespace

TEST_CASE("dmarc: SPF or DKIM of the author's domain passes, each alone is enough") {
  check({{"a.test", "pass a.test", "", "pass a.test by a.test p=reject spf"},
         {"a.test", "fail a.test", "fail a.test, pass a.test", "pass a.test by a.test p=reject dkim"},
         {"a.test", "pass a.test", "pass a.test", "pass a.test by a.test p=reject spf dkim"},
         {"a.test", "temperror a.test", "pass a.test", "pass a.test by a.test p=reject dkim"}});
}

TEST_CASE("dmarc: without it the policy of the owner applies, and the reasons are told") {
  check(
      {{"a.test", "pass b.test", "",
        "fail a.test by a.test p=reject -> reject (SPF passed for b.test (not aligned); no DKIM signature)"},
       {"a.test", "softfail a.test", "pass b.test, fail a.test",
        "fail a.test by a.test p=reject -> reject (SPF softfail; DKIM passed for b.test (not aligned))"},
       {"a.test", "none", "fail a.test",
        "fail a.test by a.test p=reject -> reject (SPF none; no valid DKIM signature)"},
       {"none.test", "none", "", "fail none.test by none.test p=none (SPF none; no DKIM signature)"},
       {"fallback.test", "none", "",
        "fail fallback.test by fallback.test p=none (the DMARC record has p=\"moo\", which is no policy; it "
        "counts as "
        "p=none; SPF none; no DKIM signature)"}});
}

TEST_CASE("dmarc: a subdomain without a record has its owner's, with sp= where it is given") {
  check({{"m.a.test", "none", "",
          "fail m.a.test by a.test p=quarantine -> quarantine (SPF none; no DKIM signature)"},
         {"x.y.a.test", "none", "pass a.test", "pass x.y.a.test by a.test p=quarantine dkim"},
         {"own.a.test", "none", "", "fail own.a.test by own.a.test p=none (SPF none; no DKIM signature)"},
         {"m.half.test", "none", "",
          "fail m.half.test by half.test p=reject -> reject (SPF none; no DKIM signature)"},
         {"link.test", "pass link.test", "", "pass link.test by link.test p=reject spf"}});
}

TEST_CASE("dmarc: relaxed alignment is the same owner, strict alignment the same domain") {
  check({{"m.a.test", "pass other.a.test", "", "pass m.a.test by a.test p=quarantine spf"},
         {"strict.test", "pass m.strict.test", "pass m.strict.test",
          "fail strict.test by strict.test p=reject -> reject (SPF passed for m.strict.test (not aligned); "
          "DKIM passed for "
          "m.strict.test (not aligned))"},
         {"strict.test", "pass STRICT.test.", "", "pass strict.test by strict.test p=reject spf"},
         {"nota.test", "pass a.test", "", "none nota.test"}});
}

TEST_CASE("dmarc: no record, several, and those of others mean no policy") {
  check({{"no.test", "pass no.test", "", "none no.test"},
         {"two.test", "pass two.test", "", "none two.test by two.test (2 DMARC records)"},
         {"wild.test", "pass wild.test", "", "none wild.test"},
         {"mixed.test", "none", "",
          "fail mixed.test by mixed.test p=reject -> reject (SPF none; no DKIM signature)"},
         {"bad.test", "none", "",
          "permerror bad.test by bad.test (the DMARC record has p=\"moo\", which is no policy)"}});
}

TEST_CASE("dmarc: what the DNS does not tell is no failure") {
  check(
      {{"slow.test", "none", "",
        "temperror slow.test by slow.test (TXT of _dmarc.slow.test could not be learned: timeout)"},
       {"m.slow.test", "none", "",
        "temperror m.slow.test by slow.test (TXT of _dmarc.slow.test could not be learned: timeout)"},
       {"x.slow3.test", "none", "",
        "temperror x.slow3.test by x.slow3.test (TXT of _dmarc.x.slow3.test could not be learned: SERVFAIL)"},
       {"a.test", "temperror a.test", "",
        "fail a.test by a.test p=reject unknown (SPF could not be checked; no DKIM signature)"},
       {"a.test", "fail a.test", "temperror m.a.test, pass b.test",
        "fail a.test by a.test p=reject unknown (SPF fail; DKIM could not be checked)"},
       {"a.test", "temperror b.test", "temperror b.test",
        "fail a.test by a.test p=reject -> reject (SPF temperror; no valid DKIM signature)"},
       {"a.test", "-", "", "fail a.test by a.test p=reject unknown (SPF was not checked; no DKIM signature)"},
       {"a.test", "fail a.test", "-",
        "fail a.test by a.test p=reject unknown (SPF fail; DKIM was not checked)"},
       {"a.test", "-", "pass a.test", "pass a.test by a.test p=reject dkim"}});
}

TEST_CASE("dmarc: pct= leaves mail out by the draw, to the next weaker policy") {
  check(
      {{"half.test", "none", "",
        "fail half.test by half.test p=reject -> reject (SPF none; no DKIM signature)", 0.499},
       {"half.test", "none", "",
        "fail half.test by half.test p=reject sampled out -> quarantine (SPF none; no DKIM signature)", 0.5},
       {"soft.test", "none", "",
        "fail soft.test by soft.test p=quarantine sampled out (SPF none; no DKIM signature)", 0},
       {"none.test", "none", "", "fail none.test by none.test p=none (SPF none; no DKIM signature)", 0},
       {"a.test", "none", "", "fail a.test by a.test p=reject -> reject (SPF none; no DKIM signature)",
        0.999999}});
}

TEST_CASE("dmarc: of several authors the worst outcome counts") {
  check({{"a.test none.test", "pass a.test", "",
          "fail none.test by none.test p=none (SPF passed for a.test (not aligned); no DKIM signature)"},
         {"none.test a.test", "none", "",
          "fail a.test by a.test p=reject -> reject (SPF none; no DKIM signature)"},
         {"a.test no.test", "pass a.test", "", "none no.test"},
         {"slow.test soft.test", "none", "",
          "fail soft.test by soft.test p=quarantine sampled out (SPF none; no DKIM signature)"},
         {"slow.test bad.test a.test", "pass a.test", "",
          "temperror slow.test by slow.test (TXT of _dmarc.slow.test could not be learned: timeout)"},
         {"a.test a.test", "pass a.test", "", "pass a.test by a.test p=reject spf"}});
}

TEST_CASE("dmarc: what is no domain of the DNS is not asked for") {
  const std::string kNone = " (no domain of the DNS)";
  check({{"", "pass a.test", "", "none  (no domain in the From field)"},
         {"test", "none", "", "none test" + kNone},
         {"[192.0.2.3]", "none", "", "none [192.0.2.3]" + kNone},
         {"192.0.2.3", "none", "", "none 192.0.2.3" + kNone},
         {"a..test", "none", "", "none a..test" + kNone},
         {"a\\.test.test", "none", "", "none a\\.test.test" + kNone},
         {"b\xc3\xbc.test", "none", "", "none b\xc3\xbc.test" + kNone}});
  test::ZoneDns dns(kZone);
  CHECK(evaluated({"[192.0.2.3] x", "none", "", ""}, dns).starts_with("none"));
  CHECK(dns.asked().empty());
}

TEST_CASE("dmarc: a public suffix has a policy of its own alone, and is aligned with itself alone") {
  check({{"co.uk", "pass co.uk", "", "pass co.uk by co.uk p=quarantine spf"},
         {"co.uk", "pass x.co.uk", "",
          "fail co.uk by co.uk p=quarantine -> quarantine (SPF passed for x.co.uk (not aligned); no DKIM "
          "signature)"},
         {"x.co.uk", "pass co.uk", "", "none x.co.uk"}});
}

TEST_CASE("dmarc: names of other scripts are compared in their ASCII form") {
  check({{"xn--bcher-kva.test", "none",
          "pass b\xc3\xbc"
          "cher.test",
          "pass xn--bcher-kva.test by xn--bcher-kva.test p=reject dkim"}});
}

TEST_CASE("dmarc: a name is asked for once, and no more than ten authors are looked at") {
  test::ZoneDns dns(kZone);
  CHECK(evaluated({"m.a.test", "none", "", ""}, dns).starts_with("fail"));
  CHECK(dns.asked() == std::vector<std::string>{"_dmarc.m.a.test TXT", "_dmarc.a.test TXT"});
  std::string many;
  for (int i = 0; i < 1'000; ++i)
    many += fmt::format("d{}.test ", i);
  test::ZoneDns other(kZone);
  CHECK(evaluated({many, "none", "", ""}, other) == "none d0.test");
  CHECK(other.asked().size() == 10);
}
