#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/run_task.h"
#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;

namespace {

constexpr std::string_view kZone =
    "good.test TXT v=spf1 ip4:192.0.2.0/24 -all\nbad.test TXT v=spf1 -all\nsoft.test TXT v=spf1 ~all\n"
    "open.test TXT v=spf1 redirect=all.test\nall.test TXT v=spf1 +all\nempty.test TXT v=spf1\n"
    "wrong.test TXT v=spf1 moo\nslow.test TIMEOUT\nvia.test TXT v=spf1 include:good.test ~all\n";

Envelope envelope_of(std::string sender, std::string_view client = "192.0.2.3") {
  Envelope envelope;
  envelope.client = IpAddress::parse(client);
  envelope.sender = std::move(sender);
  envelope.helo = "good.test";
  envelope.recipients = {"bob@b.example"};
  return envelope;
}

// The scan after the check alone has run.
std::unique_ptr<Scan> scanned(Envelope envelope, const test::Options& options = {}) {
  const auto plan = test::shipped_plan(options);
  Prepared prepared =
      prepare(test::request_of("Subject: x\n\n", std::move(envelope)), plan->config, *plan->suffixes);
  const Asking asking{std::make_shared<test::ZoneDns>(kZone), Deadline::max()};
  auto scan = std::make_unique<Scan>(std::move(prepared), Deadline::max(), asking);
  const auto planned = std::find_if(plan->checks.begin(), plan->checks.end(),
                                    [](const PlannedCheck& each) { return each.check->name == "spf"; });
  REQUIRE(planned != plan->checks.end());
  test::run_task(std::get<IoCheck>(planned->runner)(*scan));
  return scan;
}

std::string hits(Envelope envelope, const test::Options& options = {}) {
  return test::rendered(scanned(std::move(envelope), options)->hits);
}

}  // namespace

TEST_CASE("check spf: one symbol for each result, with what made it") {
  const std::pair<std::string, std::string> kTable[] = {
      {"ann@good.test", "R_SPF_ALLOW[ip4:192.0.2.0/24]"},
      {"ann@via.test", "R_SPF_ALLOW[include:good.test, ip4:192.0.2.0/24]"},
      {"ann@bad.test", "R_SPF_FAIL[-all]"},
      {"ann@soft.test", "R_SPF_SOFTFAIL[~all]"},
      {"ann@empty.test", "R_SPF_NEUTRAL[default]"},
      {"ann@open.test", "R_SPF_PLUSALL[redirect=all.test, +all]"},
      {"ann@none.test", "R_SPF_NA[none.test]"},
      {"ann@", "R_SPF_NA"},
      {"ann@wrong.test", "R_SPF_PERMFAIL[\"moo\": there is no such mechanism]"},
      {"ann@slow.test", "R_SPF_DNSFAIL[TXT of slow.test could not be learned: timeout]"},
      {"", "R_SPF_ALLOW[ip4:192.0.2.0/24]"},
  };
  for (const auto& [sender, want] : kTable)
    CHECK(hits(envelope_of(sender)) == want);
}

TEST_CASE("check spf: our own users and networks are not checked unless the options say so") {
  Envelope user = envelope_of("ann@bad.test");
  user.user = "ann";
  CHECK(hits(user) == "");
  CHECK(hits(user, {"checks.spf.check_authed=true"}) == "R_SPF_FAIL[-all]");
  const Envelope local = envelope_of("ann@bad.test", "10.1.2.3");
  CHECK(hits(local) == "");
  CHECK(hits(local, {"checks.spf.check_local=true"}) == "R_SPF_FAIL[-all]");
  Envelope unknown = envelope_of("ann@bad.test");
  unknown.client.reset();
  CHECK(hits(unknown, {"checks.spf.check_local=true"}) == "");
}

TEST_CASE("check spf: others learn the outcome, and what could not be learned is told as skipped") {
  const auto failed = scanned(envelope_of("ann@bad.test"));
  REQUIRE(failed->facts.spf);
  CHECK(failed->facts.spf->result == auth::SpfResult::fail);
  CHECK(failed->facts.spf->domain == "bad.test");
  CHECK(failed->skipped.empty());
  const auto slow = scanned(envelope_of("ann@slow.test"));
  REQUIRE(slow->skipped.size() == 1);
  CHECK(slow->skipped[0].check == "spf");
  CHECK(slow->skipped[0].why == "TXT of slow.test could not be learned: timeout");
  CHECK(slow->facts.spf->result == auth::SpfResult::temperror);
}
