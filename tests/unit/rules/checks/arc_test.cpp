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

// Sealed by list.example and then by host.example.
std::string sealed() {
  const std::string first = test::with_arc(1, "none", "d=list.example; s=s", kMail);
  return test::with_arc(2, "pass", "d=host.example; s=t", first);
}

std::string keys() {
  const std::string key(test::kKeyRecord);
  return "s._domainkey.list.example TXT " + key + "\nt._domainkey.host.example TXT " + key + "\n";
}

// The scan after the check alone has run.
std::unique_ptr<Scan> scanned(const std::string& mail, const std::string& zone,
                              const test::Options& options = {}, Envelope envelope = {}) {
  const auto plan = test::shipped_plan(options);
  Prepared prepared = prepare(test::request_of(mail, std::move(envelope)), plan->config, *plan->suffixes);
  Pool pool(1);
  const Asking asking{std::make_shared<test::ZoneDns>(zone), Deadline::max(), &pool};
  auto scan = std::make_unique<Scan>(std::move(prepared), Deadline::max(), asking);
  const auto planned = std::find_if(plan->checks.begin(), plan->checks.end(),
                                    [](const PlannedCheck& each) { return each.check->name == "arc"; });
  REQUIRE(planned != plan->checks.end());
  test::run_task(std::get<IoCheck>(planned->runner)(*scan));
  pool.join();
  return scan;
}

std::string hits(const std::string& mail, const std::string& zone = keys()) {
  return test::rendered(scanned(mail, zone)->hits);
}

}  // namespace

TEST_CASE("check arc: one symbol, with the newest seal or what is wrong") {
  CHECK(hits(kMail) == "ARC_NA");
  CHECK(hits(sealed()) == "ARC_ALLOW[host.example:s=t:i=2]");
  CHECK(hits(sealed() + "x") == "ARC_REJECT[the message signature: the body is not what was signed]");
  CHECK(hits("ARC-Seal: i=1; x=y\r\n" + kMail) == "ARC_INVALID[the sets are not complete]");
  CHECK(hits("ARC-Authentication-Results: i=1; x\r\n" + kMail) == "ARC_INVALID[the sets are not complete]");
  CHECK(hits(sealed(), "t._domainkey.host.example TIMEOUT\ns._domainkey.list.example TIMEOUT\n") ==
        "ARC_DNSFAIL[the message signature: TXT of t._domainkey.host.example could not be learned: timeout]");
}

TEST_CASE("check arc: our own users are not checked, others learn the outcome") {
  Envelope user;
  user.user = "ann";
  CHECK(test::rendered(scanned(sealed(), keys(), {}, user)->hits) == "");
  CHECK(test::rendered(scanned(sealed(), keys(), {"checks.arc.check_authed=true"}, user)->hits) ==
        "ARC_ALLOW[host.example:s=t:i=2]");
  CHECK(scanned(kMail, keys())->facts.arc->result == auth::ArcResult::none);
  CHECK(scanned(sealed(), keys())->facts.arc->results->server == "mx.example.net");
  const auto slow =
      scanned(sealed(), "t._domainkey.host.example TIMEOUT\ns._domainkey.list.example TIMEOUT\n");
  REQUIRE(slow->skipped.size() == 1);
  CHECK(slow->skipped[0].check == "arc");
}
