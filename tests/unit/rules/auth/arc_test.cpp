#include "rules/auth/arc.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/parsing.h"
#include "tests/support/run_task.h"
#include "tests/support/signing.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

const std::string kMail = "From: ann@example.org\r\nSubject: hello\r\n\r\nfirst\r\nsecond\r\n";

std::string zone_of(int sealers) {
  std::string zone;
  for (int i = 1; i <= sealers; ++i)
    zone += fmt::format("s._domainkey.hop{}.example TXT {}\n", i, test::kKeyRecord);
  return zone;
}

std::string tags_of(int instance) {
  return fmt::format("d=hop{}.example; s=s", instance);
}

// A chain of so many sets.
std::string chain_of(int instances) {
  std::string mail = kMail;
  for (int i = 1; i <= instances; ++i)
    mail = test::with_arc(i, i == 1 ? "none" : "pass", tags_of(i), mail);
  return mail;
}

ArcOutcome verify(Dns& dns, std::string_view mail) {
  DkimOptions options;
  options.now = std::chrono::sys_seconds(std::chrono::seconds(1795348800));
  const auto message = test::parsed(std::string(mail));
  auto chain = read_arc(*message, options);
  return test::run_task(verify_arc(dns, std::move(chain), options, Deadline::max()));
}

std::string verified(std::string_view mail, std::string_view zone) {
  test::ZoneDns dns(zone);
  const auto outcome = verify(dns, mail);
  std::string text = fmt::format("{} {}", name(outcome.result), outcome.instances);
  if (outcome.malformed) text += " malformed";
  if (!outcome.problem.empty()) text += ": " + outcome.problem;
  return text;
}

std::string verified(std::string_view mail) {
  return verified(mail, zone_of(3));
}

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string changed(text);
  const std::size_t at = changed.find(what);
  REQUIRE(at != std::string::npos);
  return changed.replace(at, what.size(), with);
}

// Without its first field of this name.
std::string without(std::string text, const std::string& name) {
  const std::size_t at = text.find(name + ":");
  REQUIRE(at != std::string::npos);
  return text.erase(at, text.find('\n', at) + 1 - at);
}

}  // namespace

TEST_CASE("arc: a chain of sound sets passes") {
  CHECK(verified(kMail) == "none 0");
  for (int instances : {1, 2, 3})
    CHECK(verified(chain_of(instances)) == fmt::format("pass {}", instances));
  CHECK(verified("Received: above\r\n" + chain_of(2)) == "pass 2");
}

TEST_CASE("arc: an outcome says who sealed and what the last of them saw") {
  test::ZoneDns dns(zone_of(2));
  const auto outcome = verify(dns, chain_of(2));
  CHECK(outcome.sealers == std::vector<std::string>{"hop1.example", "hop2.example"});
  CHECK(outcome.selector == "s");
  REQUIRE(outcome.results);
  CHECK(outcome.results->server == "mx.example.net");
  CHECK(outcome.results->results.at(0).method == "spf");
  CHECK(dns.asked().size() == 2);
}

TEST_CASE("arc: what was changed behind a sealer breaks the chain") {
  const std::string chain = chain_of(2);
  CHECK(verified(chain + "x") == "fail 2: the message signature: the body is not what was signed");
  CHECK(verified(replaced(chain, "Subject: hello", "Subject: bye")) ==
        "fail 2: the message signature: the header is not what was signed, or the key is another one");
  CHECK(verified(replaced(chain, "spf=pass", "spf=fail")) ==
        "fail 2: the seal of instance 2: the header is not what was signed, or the key is another one");
  // The second sealer sealed what it got: a seal that was wrong already.
  const std::string wrong = replaced(chain_of(1), "spf=pass", "spf=fail");
  CHECK(verified(test::with_arc(2, "pass", tags_of(2), wrong)) ==
        "fail 2: the seal of instance 1: the header is not what was signed, or the key is another one");
  // Only the newest message signature is looked at: a list may change the message and sign it anew.
  const std::string changed = replaced(chain_of(1), "Subject: hello", "Subject: [list] hello");
  CHECK(verified(test::with_arc(2, "pass", tags_of(2), changed)) == "pass 2");
}

TEST_CASE("arc: sets that are no chain (RFC 8617 §5.2)") {
  const std::string chain = chain_of(2);
  for (const char* name : {"ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"}) {
    CHECK(verified(without(chain, name)) == "fail 2 malformed: the sets are not complete");
    CHECK(verified(without(chain_of(1), name)) == "fail 1 malformed: the sets are not complete");
  }
  CHECK(verified("ARC-Seal: i=1; x=y\n\n") == "fail 1 malformed: the sets are not complete");
  const std::pair<std::string, std::string> kTable[] = {
      {"i=2; a=ed25519-sha256; d=hop2.example; s=s; c", "i=1; a=ed25519-sha256; d=hop2.example; s=s; c"},
      {"ARC-Seal: i=2", "ARC-Seal: i=1"},
      {"ARC-Authentication-Results: i=2", "ARC-Authentication-Results: i=1"},
  };
  for (const auto& [what, with] : kTable)
    CHECK(verified(replaced(chain, what, with)).find("malformed: instance 1 has ARC-") != std::string::npos);
  CHECK(verified(replaced(chain, "ARC-Seal: i=2", "ARC-Seal: i=3")) ==
        "fail 2 malformed: there is an instance 3, and 2 sets");
  CHECK(verified(replaced(chain, "ARC-Seal: i=2", "ARC-Seal: i=0")) ==
        "fail 2 malformed: ARC-Seal without a sound i=");
  CHECK(verified(replaced(chain, "cv=pass", "cv=none")) ==
        "fail 2 malformed: the seal of instance 2 says cv=none");
  CHECK(verified(replaced(chain, "cv=none", "cv=pass")) ==
        "fail 2 malformed: the seal of instance 1 says cv=pass");
  CHECK(verified(replaced(chain, "cv=pass", "cv=fail")) == "fail 2: the seal of instance 2 says cv=fail");
  CHECK(verified(replaced(chain, "cv=none", "cv=fail")) == "fail 2: the seal of instance 1 says cv=fail");
  CHECK(verified(replaced(chain, "cv=pass", "cv=pass; h=from")) ==
        "fail 2 malformed: the seal of instance 2: there is h=, which a seal must not have");
  CHECK(verified(replaced(chain, "h=from", "h=arc-seal:from")) ==
        "fail 2 malformed: the message signature: ARC-Seal is signed");
}

TEST_CASE("arc: the instance stands before the results") {
  const std::string chain = chain_of(1);
  const std::string kName = "ARC-Authentication-Results: ";
  for (const char* sound : {"i=1;", " i = 1 ;", "(a (b) c) i (x) = (y) 1 (z) ;", "i=01;", "\r\n\ti=1;"})
    CHECK(verified(replaced(chain, kName + "i=1;", kName + sound)).find("malformed") == std::string::npos);
  for (const char* wrong :
       {"", "i=1", "i=;", "i=x;", "x=1;", "1;", "i=1 2;", "mx; i=1;", "(i=1;", "i=100;", "I=1;"})
    CHECK(verified(replaced(chain, kName + "i=1;", kName + wrong)) ==
          "fail 1 malformed: ARC-Authentication-Results without a sound i=");
}

TEST_CASE("arc: keys that are missing fail, those that could not be learned do not") {
  const std::string chain = chain_of(2);
  CHECK(verified(chain, "s._domainkey.hop2.example TXT " + std::string(test::kKeyRecord)) ==
        "fail 2: the seal of instance 1: there is no key at s._domainkey.hop1.example");
  CHECK(
      verified(chain, "s._domainkey.hop1.example SERVFAIL\n" + zone_of(2).substr(zone_of(1).size())) ==
      "temperror 2: the seal of instance 1: TXT of s._domainkey.hop1.example could not be learned: SERVFAIL");
  CHECK(verified(replaced(chain, "spf=pass", "spf=fail"),
                 "s._domainkey.hop1.example TIMEOUT\n" + zone_of(2).substr(zone_of(1).size()))
            .starts_with("fail 2"));
  CHECK(verified(chain, "").starts_with("fail 2: the message signature: there is no key"));
}

TEST_CASE("arc: fifty sets pass, fifty-one are none") {
  const std::string chain = chain_of(50);
  CHECK(verified(chain, zone_of(50)) == "pass 50");
  const std::string more =
      "ARC-Seal: i=51; x=y\r\nARC-Message-Signature: i=51\r\nARC-Authentication-Results: i=51;\r\n";
  CHECK(verified(more + chain, zone_of(50)) == "fail 51 malformed: more than 50 sets");
}

TEST_CASE("arc: a chain that fails without keys asks nobody") {
  test::ZoneDns dns(zone_of(2));
  for (const std::string& mail : {kMail, chain_of(2) + "x", replaced(chain_of(2), "cv=pass", "cv=fail")})
    verify(dns, mail);
  CHECK(dns.asked().empty());
}
