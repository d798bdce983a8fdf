#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/run_task.h"
#include "tests/support/scanning.h"
#include "tests/support/signing.h"
#include "tests/support/test_plan.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;

namespace {

const std::string kMail = "From: ann@example.org\r\nSubject: hello\r\n\r\ntext\r\n";

std::string zone() {
  const std::string key(test::kKeyRecord);
  return "s._domainkey.example.org TXT " + key + "\ns._domainkey.example.net TXT " + key +
         "\ns._domainkey.test.example TXT t=y; " + key.substr(sizeof "v=DKIM1; " - 1) +
         "\ns._domainkey.slow.example TIMEOUT\n";
}

std::string signed_by(std::string_view domain, const std::string& mail = kMail) {
  return test::with_dkim("d=" + std::string(domain) + "; s=s; h=from:subject", mail);
}

// The scan after the check alone has run.
std::unique_ptr<Scan> scanned(const std::string& mail, const test::Options& options = {},
                              Envelope envelope = {}) {
  const auto plan = test::shipped_plan(options);
  Prepared prepared = prepare(test::request_of(mail, std::move(envelope)), plan->config, *plan->suffixes);
  Pool pool(1);
  const Asking asking{std::make_shared<test::ZoneDns>(zone()), Deadline::max(), &pool};
  auto scan = std::make_unique<Scan>(std::move(prepared), Deadline::max(), asking);
  const auto planned = std::find_if(plan->checks.begin(), plan->checks.end(),
                                    [](const PlannedCheck& each) { return each.check->name == "dkim"; });
  REQUIRE(planned != plan->checks.end());
  test::run_task(std::get<IoCheck>(planned->runner)(*scan));
  pool.join();
  return scan;
}

std::string hits(const std::string& mail, const test::Options& options = {}, Envelope envelope = {}) {
  return test::rendered(scanned(mail, options, std::move(envelope))->hits);
}

}  // namespace

TEST_CASE("check dkim: a symbol for each kind of result, with the domains and selectors") {
  const std::pair<std::string, std::string> kTable[] = {
      {kMail, "R_DKIM_NA"},
      {signed_by("example.org"), "R_DKIM_ALLOW[example.org:s=s] DKIM_TRACE[example.org:+]"},
      {signed_by("example.org") + "x",
       "R_DKIM_REJECT[example.org:s=s, the body is not what was signed] DKIM_TRACE[example.org:-]"},
      {signed_by("slow.example"),
       "R_DKIM_TEMPFAIL[slow.example:s=s, TXT of s._domainkey.slow.example could not be learned: timeout] "
       "DKIM_TRACE[slow.example:?]"},
      {signed_by("none.example"),
       "R_DKIM_PERMFAIL[none.example:s=s, there is no key at s._domainkey.none.example] "
       "DKIM_TRACE[none.example:~]"},
      {"DKIM-Signature: v=1\r\n" + kMail, "R_DKIM_PERMFAIL[there is no d=]"},
      {signed_by("example.org", signed_by("example.net", signed_by("none.example"))),
       "R_DKIM_ALLOW[example.org:s=s, example.net:s=s] "
       "R_DKIM_PERMFAIL[none.example:s=s, there is no key at s._domainkey.none.example] "
       "DKIM_TRACE[example.org:+, example.net:+, none.example:~]"},
  };
  for (const auto& [mail, want] : kTable)
    CHECK(hits(mail) == want);
}

TEST_CASE("check dkim: a wrong signature of a domain that only tests is not held against it") {
  CHECK(hits(signed_by("test.example")) == "R_DKIM_ALLOW[test.example:s=s] DKIM_TRACE[test.example:+]");
  CHECK(hits(signed_by("test.example") + "x") ==
        "R_DKIM_PERMFAIL[test.example:s=s, the body is not what was signed] DKIM_TRACE[test.example:~]");
}

TEST_CASE("check dkim: our own users and networks are not checked unless the options say so") {
  Envelope user;
  user.user = "ann";
  CHECK(hits(kMail, {}, user) == "");
  CHECK(hits(kMail, {"checks.dkim.check_authed=true"}, user) == "R_DKIM_NA");
  Envelope local;
  local.client = IpAddress::parse("10.1.2.3");
  CHECK(hits(kMail, {}, local) == "");
  CHECK(hits(kMail, {"checks.dkim.check_local=true"}, local) == "R_DKIM_NA");
}

TEST_CASE("check dkim: SHA-1 is refused unless the options say so") {
  const std::string mail =
      "DKIM-Signature: v=1; a=rsa-sha1; d=none.example; s=s; h=from; bh=2jmj7l5rSw0yVb/vlWAYkK/YBwk=; "
      "b=AAAA\r\n" +
      kMail;
  CHECK(hits(mail) ==
        "R_DKIM_PERMFAIL[none.example:s=s, SHA-1 signs nothing any more] DKIM_TRACE[none.example:~]");
  CHECK(hits(mail, {"checks.dkim.allow_sha1=true"}) ==
        "R_DKIM_PERMFAIL[none.example:s=s, there is no key at s._domainkey.none.example] "
        "DKIM_TRACE[none.example:~]");
}

TEST_CASE("check dkim: others learn the outcomes, and what could not be learned is told as skipped") {
  const auto scan = scanned(signed_by("slow.example", signed_by("example.org")));
  REQUIRE(scan->facts.dkim.size() == 2);
  CHECK(scan->facts.dkim[1].result == auth::DkimResult::pass);
  CHECK(scan->facts.dkim[1].domain == "example.org");
  REQUIRE(scan->skipped.size() == 1);
  CHECK(scan->skipped[0].check == "dkim");
  CHECK(scan->skipped[0].why == "TXT of s._domainkey.slow.example could not be learned: timeout");
  CHECK(scan->notes.size() == 2);
}
