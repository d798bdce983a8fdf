#include "rules/auth/results.h"

#include <catch2/catch.hpp>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;

namespace {

Envelope envelope() {
  Envelope envelope;
  envelope.client = IpAddress::parse("192.0.2.3");
  envelope.sender = "ann@m.a.test";
  envelope.helo = "mail.a.test";
  return envelope;
}

std::string shown(const Facts& facts, const Envelope& of = envelope()) {
  return format_authentication_results(auth::results_of(facts, of, "mx.test"));
}

Facts with_spf(auth::SpfResult result) {
  Facts facts;
  facts.spf.emplace();
  facts.spf->result = result;
  facts.spf->domain = "m.a.test";
  return facts;
}

Facts with_dmarc(auth::DmarcResult result) {
  Facts facts;
  facts.dmarc.emplace();
  facts.dmarc->result = result;
  facts.dmarc->domain = "a.test";
  facts.dmarc->policy = auth::DmarcPolicy::reject;
  return facts;
}

}  // namespace

TEST_CASE("results: nothing was checked") {
  CHECK(shown({}) == "mx.test; none");
}

TEST_CASE("results: each result of SPF, by the sender or by the greeting") {
  using auth::SpfResult;
  const std::pair<SpfResult, std::string> kTable[] = {
      {SpfResult::pass, "spf=pass (192.0.2.3 may send mail of m.a.test)"},
      {SpfResult::fail, "spf=fail (192.0.2.3 may not send mail of m.a.test)"},
      {SpfResult::softfail, "spf=softfail (m.a.test thinks that 192.0.2.3 may not send its mail)"},
      {SpfResult::neutral, "spf=neutral (m.a.test does not say whether 192.0.2.3 may send its mail)"},
      {SpfResult::none, "spf=none (m.a.test does not say who may send its mail)"},
      {SpfResult::permerror, "spf=permerror (m.a.test does not say who may send its mail)"}};
  for (const auto& [result, want] : kTable)
    CHECK(shown(with_spf(result)) == "mx.test;\n\t" + want + " smtp.mailfrom=ann@m.a.test");
  Facts everyone = with_spf(SpfResult::pass);
  everyone.spf->plus_all = true;
  CHECK(shown(everyone) ==
        "mx.test;\n\tspf=pass (m.a.test lets everyone send its mail) smtp.mailfrom=ann@m.a.test");
  Facts greeting = with_spf(SpfResult::temperror);
  greeting.spf->by_helo = true;
  greeting.spf->problem = "TXT of mail.a.test could not be learned: timeout";
  CHECK(shown(greeting) ==
        "mx.test;\n\tspf=temperror (TXT of mail.a.test could not be learned: timeout) smtp.helo=mail.a.test");
}

TEST_CASE("results: each signature of DKIM, or that there is none") {
  Facts facts;
  facts.dkim_checked = true;
  CHECK(shown(facts) == "mx.test;\n\tdkim=none (the message is not signed)");
  auth::DkimOutcome good;
  good.result = auth::DkimResult::pass;
  good.domain = "a.test";
  good.identity = "@m.a.test";
  good.selector = "s1";
  good.algorithm = "rsa-sha256";
  good.begin_of_b = "fA8/V+J8";
  good.key_bits = 2048;
  auth::DkimOutcome part = good;
  part.unsigned_bytes = 7;
  part.testing = true;
  part.identity.clear();
  auth::DkimOutcome bad;
  bad.result = auth::DkimResult::fail;
  bad.domain = "b.test";
  bad.problem = "the body has changed";
  facts.dkim = {good, part, bad};
  CHECK(shown(facts) ==
        "mx.test;\n\tdkim=pass (2048-bit key) header.d=a.test header.i=@m.a.test header.s=s1 "
        "header.a=rsa-sha256 "
        "header.b=\"fA8/V+J8\""
        ";\n\tdkim=pass (2048-bit key, 7 bytes at the end are not signed, the signer is testing) "
        "header.d=a.test "
        "header.s=s1 header.a=rsa-sha256 header.b=\"fA8/V+J8\""
        ";\n\tdkim=fail (the body has changed) header.d=b.test");
}

TEST_CASE("results: DMARC, with what is to be done") {
  using auth::DmarcResult;
  const std::string kStart = "mx.test;\n\tdmarc=";
  CHECK(shown(with_dmarc(DmarcResult::pass)) ==
        kStart + "pass (p=reject) header.from=a.test policy.dmarc=none");
  Facts fail = with_dmarc(DmarcResult::fail);
  fail.dmarc->problem = "no DKIM signature";
  CHECK(shown(fail) == kStart + "fail (p=reject, no DKIM signature) header.from=a.test policy.dmarc=reject");
  Facts left_out = fail;
  left_out.dmarc->sampled_out = true;
  CHECK(shown(left_out) ==
        kStart +
            "fail (p=reject, left out by pct, no DKIM signature) header.from=a.test policy.dmarc=quarantine");
  Facts unknown = fail;
  unknown.dmarc->unknown = true;
  CHECK(shown(unknown) == kStart + "temperror (p=reject, no DKIM signature) header.from=a.test");
  Facts trusted = fail;
  trusted.dmarc->trusted_sealer = "lists.test";
  CHECK(shown(trusted) ==
        kStart +
            "fail (p=reject, no DKIM signature, but lists.test vouches for it) header.from=a.test "
            "policy.dmarc=none");
  CHECK(shown(with_dmarc(DmarcResult::none)) == kStart + "none (no DMARC record) header.from=a.test");
  Facts wrong = with_dmarc(DmarcResult::permerror);
  wrong.dmarc->problem = "the DMARC record has no p=";
  CHECK(shown(wrong) == kStart + "permerror (the DMARC record has no p=) header.from=a.test");
}

TEST_CASE("results: ARC; a chain that could not be checked has no result") {
  Facts facts;
  facts.arc.emplace();
  facts.arc->result = auth::ArcResult::pass;
  facts.arc->sealers = {"a.test", "b.test"};
  CHECK(shown(facts) == "mx.test;\n\tarc=pass (2 seals, the newest of b.test) smtp.remote-ip=192.0.2.3");
  facts.arc->result = auth::ArcResult::fail;
  facts.arc->problem = "seal 2 is wrong";
  Envelope unknown;
  CHECK(shown(facts, unknown) == "mx.test;\n\tarc=fail (seal 2 is wrong)");
  facts.arc->result = auth::ArcResult::temperror;
  CHECK(shown(facts) == "mx.test; none");
}

TEST_CASE("results: what strangers wrote stays within its place") {
  Facts facts = with_spf(auth::SpfResult::none);
  facts.spf->domain = "x)\r\nFrom: y";
  Envelope hostile = envelope();
  hostile.sender = "\"a; dkim=pass\r\n\"@x.test";
  const std::string text = shown(facts, hostile);
  CHECK(text.find("\nFrom") == std::string::npos);
  const auto read = parse_authentication_results(text);
  REQUIRE(read);
  REQUIRE(read->results.size() == 1);
  CHECK(read->results[0].method == "spf");
  CHECK(read->results[0].result == "none");
}

TEST_CASE("results: a verdict carries them, under the name that the configuration gives us") {
  const auto plan = test::bare_plan({"server.hostname=mx.test"});
  const auto scan = test::fresh_scan(*plan, test::request_of("Subject: x\n\n", envelope()));
  CHECK(score(*plan, *scan).authentication_results == "mx.test; none");
  scan->facts.dkim_checked = true;
  CHECK(score(*plan, *scan).authentication_results == "mx.test;\n\tdkim=none (the message is not signed)");
  scan->cut_short = true;
  CHECK(score(*plan, *scan).authentication_results.empty());
  CHECK_FALSE(test::bare_plan({})->config.server.hostname.empty());
}
