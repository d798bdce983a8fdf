#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/check_alone.h"
#include "tests/support/scanning.h"

using namespace xspamd;

namespace {

constexpr std::string_view kZone =
    "_dmarc.reject.test TXT v=DMARC1; p=reject\n_dmarc.quarantine.test TXT v=DMARC1; p=quarantine\n"
    "_dmarc.open.test TXT v=DMARC1; p=none\n_dmarc.never.test TXT v=DMARC1; p=reject; pct=0\n"
    "_dmarc.seldom.test TXT v=DMARC1; p=quarantine; pct=0\n_dmarc.bad.test TXT v=DMARC1; p=moo\n"
    "_dmarc.two.test TXT v=DMARC1; p=none\n_dmarc.two.test TXT v=DMARC1; p=reject\n_dmarc.slow.test TIMEOUT\n"
    "_dmarc.xn--bcher-kva.test TXT v=DMARC1; p=reject\n";

struct Seen {
  std::string from = "From: ann@reject.test\n";
  auth::SpfResult spf = auth::SpfResult::pass;
  std::string spf_domain = "elsewhere.test";
  bool spf_checked = true, dkim_checked = true;
  std::vector<auth::DkimOutcome> dkim = {};
  std::optional<auth::ArcOutcome> arc = std::nullopt;
  Envelope envelope = {};
  test::Options options = {};
};

std::unique_ptr<Scan> scanned(const Seen& seen) {
  Envelope envelope = seen.envelope;
  if (!envelope.client) envelope.client = IpAddress::parse("192.0.2.3");
  const test::Alone alone{"dmarc", kZone, seen.options};
  return test::scan_alone(alone, test::request_of(seen.from + "\n", std::move(envelope)), [&](Facts& facts) {
    if (seen.spf_checked) {
      facts.spf.emplace();
      facts.spf->result = seen.spf;
      facts.spf->domain = seen.spf_domain;
    }
    facts.dkim_checked = seen.dkim_checked;
    facts.dkim = seen.dkim;
    facts.arc = seen.arc;
  });
}

std::string hits(const Seen& seen) {
  return test::rendered(scanned(seen)->hits);
}

auth::DkimOutcome signature(auth::DkimResult result, std::string domain) {
  auth::DkimOutcome outcome;
  outcome.result = result;
  outcome.domain = std::move(domain);
  return outcome;
}

// A chain that passes, whose newest sealer says this.
auth::ArcOutcome sealed(std::string_view results, std::string sealer = "lists.forwarder.test") {
  auth::ArcOutcome arc;
  arc.result = auth::ArcResult::pass;
  arc.instances = 2;
  arc.sealers = {"first.test", std::move(sealer)};
  arc.results = parse_authentication_results(results);
  return arc;
}

}  // namespace

TEST_CASE("check dmarc: one symbol for each result, with the domain, the reasons and the policy") {
  const std::string kWhy = " : SPF passed for elsewhere.test (not aligned); no DKIM signature, ";
  const std::pair<std::string, std::string> kTable[] = {
      {"reject.test", "DMARC_POLICY_REJECT[reject.test" + kWhy + "reject]"},
      {"m.quarantine.test", "DMARC_POLICY_QUARANTINE[quarantine.test" + kWhy + "quarantine]"},
      {"open.test", "DMARC_POLICY_SOFTFAIL[open.test" + kWhy + "none]"},
      {"never.test", "DMARC_POLICY_QUARANTINE[never.test" + kWhy + "reject, sampled_out]"},
      {"seldom.test", "DMARC_POLICY_SOFTFAIL[seldom.test" + kWhy + "quarantine, sampled_out]"},
      {"no.test", "DMARC_NA[no.test]"},
      {"two.test", "DMARC_NA[two.test : 2 DMARC records]"},
      {"bad.test", "DMARC_BAD_POLICY[bad.test : the DMARC record has p=\"moo\", which is no policy]"},
      {"slow.test", "DMARC_DNSFAIL[slow.test : TXT of _dmarc.slow.test could not be learned: timeout]"},
  };
  for (const auto& [domain, want] : kTable)
    CHECK(hits({.from = fmt::format("From: Ann <ann@{}>\n", domain)}) == want);
  CHECK(hits({.spf_domain = "reject.test"}) == "DMARC_POLICY_ALLOW[reject.test, reject]");
  CHECK(hits({.dkim = {signature(auth::DkimResult::pass, "reject.test")}}) ==
        "DMARC_POLICY_ALLOW[reject.test, reject]");
}

TEST_CASE("check dmarc: the author is whoever a reader may see") {
  const auto symbol = [](std::string from) {
    const auto scan = scanned({.from = std::move(from), .spf_domain = "open.test"});
    return std::string(scan->hits.list.at(0).symbol);
  };
  CHECK(hits({.from = "Subject: x\n"}) == "DMARC_NA[no domain in the From field]");
  CHECK(hits({.from = "From: undisclosed\n"}) == "DMARC_NA[no domain in the From field]");
  CHECK(symbol("From: a@open.test\n") == "DMARC_POLICY_ALLOW");
  CHECK(symbol("From: a@open.test, b@reject.test\n") == "DMARC_POLICY_REJECT");
  CHECK(symbol("From: a@open.test\nFrom: b@reject.test\n") == "DMARC_POLICY_REJECT");
  CHECK(symbol("From: \"b@reject.test\" <a@open.test>\n") == "DMARC_POLICY_ALLOW");
  CHECK(symbol("From: a@B\xc3\xbc"
               "cher.test\n") == "DMARC_POLICY_REJECT");
  CHECK(symbol("From: a@XN--Bcher-kva.TEST\n") == "DMARC_POLICY_REJECT");
}

TEST_CASE("check dmarc: what SPF, DKIM or the DNS could not tell is held against nobody") {
  const auto lost = scanned({.spf = auth::SpfResult::temperror, .spf_domain = "reject.test"});
  CHECK(test::rendered(lost->hits) ==
        "DMARC_DNSFAIL[reject.test : SPF could not be checked; no DKIM signature, reject]");
  REQUIRE(lost->skipped.size() == 1);
  CHECK(lost->skipped[0].check == "dmarc");
  CHECK(lost->skipped[0].why == "SPF could not be checked; no DKIM signature");
  CHECK(lost->facts.dmarc->unknown);
  CHECK(scanned({.from = "From: a@slow.test\n"})->skipped.size() == 1);
  CHECK(scanned({})->skipped.empty());
}

TEST_CASE("check dmarc: mail that was not checked for SPF or DKIM cannot fail, but may pass") {
  CHECK(hits({.spf_checked = false}) == "DMARC_NA[reject.test : SPF was not checked; no DKIM signature]");
  const auto guess = scanned({.dkim_checked = false});
  CHECK(test::rendered(guess->hits) ==
        "DMARC_NA[reject.test : SPF passed for elsewhere.test (not aligned); DKIM was not checked]");
  CHECK_FALSE(guess->facts.dmarc);
  CHECK(guess->skipped.empty());
  CHECK(hits({.spf_checked = false, .dkim = {signature(auth::DkimResult::pass, "reject.test")}}) ==
        "DMARC_POLICY_ALLOW[reject.test, reject]");
}

TEST_CASE("check dmarc: our own users and networks are not checked unless the options say so") {
  Seen user;
  user.envelope.user = "ann";
  CHECK(hits(user) == "");
  user.options = {"checks.dmarc.check_authed=true"};
  CHECK(hits(user).starts_with("DMARC_POLICY_REJECT["));
  Seen local;
  local.envelope.client = IpAddress::parse("10.1.2.3");
  CHECK(hits(local) == "");
  local.options = {"checks.dmarc.check_local=true"};
  CHECK(hits(local).starts_with("DMARC_POLICY_REJECT["));
}

TEST_CASE("check dmarc: a trusted sealer that saw the author authenticated takes the policy away") {
  const test::Options kTrust{"checks.dmarc.trusted_sealers=[\"Forwarder.test\"]"};
  const auto with = [&](std::string_view results) {
    return hits({.arc = sealed(results), .options = kTrust});
  };
  const std::string kLetOff =
      "ARC_ALLOW_TRUSTED[lists.forwarder.test] DMARC_POLICY_SOFTFAIL[reject.test : SPF passed for "
      "elsewhere.test (not "
      "aligned); no DKIM signature, reject, ARC trusted: lists.forwarder.test]";
  CHECK(with("mx.test; dmarc=pass header.from=reject.test") == kLetOff);
  CHECK(with("mx.test; dmarc=pass (p=reject)") == kLetOff);
  CHECK(with("mx.test; spf=pass smtp.mailfrom=ann@m.reject.test") == kLetOff);
  CHECK(with("mx.test; dkim=fail header.d=reject.test; dkim=pass header.i=@reject.test") == kLetOff);
  const auto scan = scanned({.arc = sealed("mx.test; dmarc=pass"), .options = kTrust});
  CHECK(scan->facts.dmarc->trusted_sealer == "lists.forwarder.test");
  CHECK(scan->facts.dmarc->result == auth::DmarcResult::fail);
  CHECK(hits({.spf_domain = "reject.test", .arc = sealed("mx.test; dmarc=pass"), .options = kTrust}) ==
        "ARC_ALLOW_TRUSTED[lists.forwarder.test] DMARC_POLICY_ALLOW[reject.test, reject]");
}

TEST_CASE("check dmarc: a sealer that is not trusted, or saw nothing good, changes nothing") {
  const test::Options kTrust{"checks.dmarc.trusted_sealers=[\"forwarder.test\"]"};
  const auto fails = [](Seen seen) {
    return hits(seen).starts_with("DMARC_POLICY_REJECT[");
  };
  CHECK(fails({.arc = sealed("mx.test; dmarc=pass")}));
  CHECK(fails({.arc = sealed("mx.test; dmarc=pass", "other.test"), .options = kTrust}));
  CHECK(fails({.arc = sealed("mx.test; dmarc=pass", "xforwarder.test"), .options = kTrust}));
  for (const std::string_view results :
       {"mx.test; dmarc=fail", "mx.test; none", "mx.test; dmarc=pass header.from=other.test",
        "mx.test; spf=pass smtp.mailfrom=ann@other.test",
        "mx.test; spf=softfail smtp.mailfrom=ann@reject.test", "mx.test; dkim=pass header.d=other.test",
        "mx.test; dkim=pass", "mx.test; auth=pass smtp.mailfrom=ann@reject.test"})
    CHECK(fails({.arc = sealed(results), .options = kTrust}));
  auth::ArcOutcome broken = sealed("mx.test; dmarc=pass");
  broken.result = auth::ArcResult::fail;
  CHECK(fails({.arc = broken, .options = kTrust}));
}

TEST_CASE("check dmarc: a trusted sealer that is no domain is refused") {
  CHECK(test::plan_problems(all_checks(), {"checks.dmarc.trusted_sealers=[\"a b\"]"})
            .find("[checks.dmarc]: trusted_sealers: \"a b\" is no domain") != std::string::npos);
}
