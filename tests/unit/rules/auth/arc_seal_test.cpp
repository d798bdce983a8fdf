#include "rules/auth/arc_seal.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "conf/config.h"
#include "rules/auth/tag_list.h"
#include "tests/support/canonical_reference.h"
#include "tests/support/parsing.h"
#include "tests/support/run_task.h"
#include "tests/support/signing.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

constexpr std::int64_t kNow = 1'795'348'800;
constexpr std::string_view kResults = "mx.example.net;\n\tspf=pass smtp.mailfrom=example.org;\n\tdkim=none";
const std::string kMail = "From: ann@example.org\r\nSubject: hello\r\n\r\nfirst\r\nsecond\r\n";

const PrivateKey& key() {
  static const PrivateKey made = PrivateKey::make_ed25519();
  return made;
}

SignOptions options_now() {
  SignOptions options;
  options.headers = *parse_signed_names(conf::Signing{}.headers);
  options.now = std::chrono::sys_seconds(std::chrono::seconds(kNow));
  return options;
}

DkimOptions verifying_now() {
  DkimOptions options;
  options.now = std::chrono::sys_seconds(std::chrono::seconds(kNow));
  return options;
}

ArcOutcome outcome_of(const std::string& mail) {
  test::ZoneDns dns;
  for (int hop = 1; hop <= 50; ++hop)
    dns.add(fmt::format("s._domainkey.hop{}.example", hop), "TXT", key().record_begin() + key().record_key());
  const auto message = test::parsed(mail);
  auto chain = read_arc(*message, verifying_now());
  return test::run_task(verify_arc(dns, std::move(chain), verifying_now(), Deadline::max()));
}

std::string verified(const std::string& mail) {
  const ArcOutcome outcome = outcome_of(mail);
  return fmt::format("{} {}{}{}{}", name(outcome.result), outcome.instances,
                     outcome.malformed ? " malformed" : "", outcome.problem.empty() ? "" : ": ",
                     outcome.problem);
}

Result<ArcSetText> set_for(const std::string& mail, const ArcOutcome& chain,
                           std::string_view results = kResults) {
  const auto message = test::parsed(mail);
  SignOptions options = options_now();
  options.line_end = line_end_for(*message);
  const std::string domain = fmt::format("hop{}.example", chain.instances + 1);
  return arc_seal(*message, results, chain, {key(), domain, "s"}, options);
}

// Sealed once more, as what our verifier makes of it.
std::string sealed(const std::string& mail) {
  const auto set = set_for(mail, outcome_of(mail));
  if (!set) FAIL(set.error().sentence);
  return set->in_order() + mail;
}

std::string refused(const std::string& mail, const ArcOutcome& chain) {
  const auto set = set_for(mail, chain);
  return set ? "" : set.error().sentence;
}

std::string chain_of(int hops) {
  std::string mail = kMail;
  for (int hop = 0; hop < hops; ++hop)
    mail = sealed(mail);
  return mail;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

std::string with_lf(std::string text) {
  std::erase(text, '\r');
  return text;
}

}  // namespace

TEST_CASE("arc seal: the set names what it is made of") {
  const auto set = set_for(kMail, {});
  REQUIRE(set);
  CHECK(set->results ==
        "ARC-Authentication-Results: i=1; mx.example.net;\r\n\tspf=pass smtp.mailfrom=example.org;"
        "\r\n\tdkim=none\r\n");
  CHECK(
      set->message.starts_with("ARC-Message-Signature: i=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
                               "  d=hop1.example; s=s; t=1795348800;"));
  CHECK(set->seal.starts_with("ARC-Seal: i=1; a=ed25519-sha256; cv=none; d=hop1.example; s=s;"));
  CHECK(set->in_order() == set->seal + set->message + set->results);
  const auto second = set_for(chain_of(1), outcome_of(chain_of(1)));
  CHECK(second->seal.starts_with("ARC-Seal: i=2; a=ed25519-sha256; cv=pass; d=hop2.example;"));
  CHECK(second->results.starts_with("ARC-Authentication-Results: i=2; mx"));
}

TEST_CASE("arc seal: chains of one to five hops verify") {
  std::string mail = kMail;
  for (int hop = 1; hop <= 5; ++hop) {
    mail = sealed("Received: by hop\r\n" + mail);
    CHECK(verified(mail) == fmt::format("pass {}", hop));
  }
  CHECK(outcome_of(mail).sealers.back() == "hop5.example");
  REQUIRE(outcome_of(mail).results);
  CHECK(outcome_of(mail).results->server == "mx.example.net");
  CHECK(verified(mail + "x").starts_with("fail 5: the message signature"));
  CHECK(verified(replaced(mail, "spf=pass", "spf=fail")).starts_with("fail 5: the seal of instance 5"));
  CHECK(verified("Subject: another\r\n" + mail).starts_with("fail 5: the message signature"));
}

TEST_CASE("arc seal: messages with LF keep it, and verify with CRLF as well") {
  const std::string mail = sealed(sealed(with_lf(kMail)));
  CHECK(mail.find('\r') == std::string::npos);
  CHECK(verified(mail) == "pass 2");
  CHECK(verified(with_lf(chain_of(2))) == "pass 2");
}

TEST_CASE("arc seal: a DKIM signature that is there is covered, one that is added is not") {
  const std::string mail = sealed("DKIM-Signature: v=1; d=x\r\n" + kMail);
  CHECK(verified(mail) == "pass 1");
  CHECK(verified(replaced(mail, "v=1; d=x", "v=1; d=y")).starts_with("fail 1"));
  CHECK(verified("DKIM-Signature: v=1; d=z\r\n" + sealed(kMail)) == "pass 1");
}

TEST_CASE("arc seal: sets of others are built upon") {
  test::ZoneDns dns(fmt::format("s._domainkey.other.example TXT {}\n", test::kKeyRecord));
  dns.add("s._domainkey.hop2.example", "TXT", key().record_begin() + key().record_key());
  const auto outcome = [&](const std::string& mail) {
    const auto message = test::parsed(mail);
    auto chain = read_arc(*message, verifying_now());
    return test::run_task(verify_arc(dns, std::move(chain), verifying_now(), Deadline::max()));
  };
  const std::string mail = test::with_arc(1, "none", "d=other.example; s=s", kMail);
  REQUIRE(outcome(mail).result == ArcResult::pass);
  const auto set = set_for(mail, outcome(mail));
  REQUIRE(set);
  CHECK(outcome(set->in_order() + mail).result == ArcResult::pass);
}

TEST_CASE("arc seal: a broken chain is sealed once, alone, and never again (RFC 8617 §5.1.2)") {
  const std::string broken = replaced(chain_of(2), "Subject: hello", "Subject: bye");
  REQUIRE(verified(broken).starts_with("fail 2: the message signature"));
  const std::string mail = sealed(broken);
  CHECK(mail.starts_with("ARC-Seal: i=3; a=ed25519-sha256; cv=fail; d=hop3.example;"));
  CHECK(verified(mail) == "fail 3: the seal of instance 3 says cv=fail");
  const std::string kEnd = "a seal of the message says cv=fail: such a chain is at its end";
  CHECK(refused(mail, outcome_of(mail)) == kEnd);
  // Nor when somebody hides it behind an older instance, or claims that it passed.
  CHECK(refused(replaced(mail, "ARC-Seal: i=3", "ARC-Seal: i=2"), outcome_of(mail)) == kEnd);
  ArcOutcome claimed;
  claimed.result = ArcResult::pass;
  claimed.instances = 3;
  CHECK(refused(mail, claimed) == kEnd);
}

TEST_CASE("arc seal: the seal of a broken chain holds over its own set") {
  const std::string broken = replaced(chain_of(1), "Subject: hello", "Subject: bye");
  const auto set = set_for(broken, outcome_of(broken));
  REQUIRE(set);
  const std::size_t begin = set->seal.find("b=") + 2;
  const auto signature = parse_base64(std::string_view(set->seal).substr(begin));
  REQUIRE(signature);
  const auto message = test::parsed(set->results + set->message + set->seal.substr(0, begin) + "\r\n\r\n");
  std::string text;
  for (const Field& field : message->fields())
    text += test::canonical_field(Canonicalization::relaxed, field);
  text.resize(text.size() - 2);  // the last one's CRLF
  Digest digest(Hash::sha256);
  digest.add(text);
  CHECK(verify_ed25519(*parse_base64(key().record_key().substr(2)), digest.finish(), *signature));
}

TEST_CASE("arc seal: sets that are no chain are sealed as broken, above all of them") {
  const std::string mail = "ARC-Seal: i=7; a=rsa-sha256; cv=pass; d=a.example; s=s; b=AAAA\r\n" + kMail;
  const ArcOutcome chain = outcome_of(mail);
  CHECK(chain.malformed);
  const auto set = set_for(mail, chain);
  REQUIRE(set);
  CHECK(set->seal.starts_with("ARC-Seal: i=8; a=ed25519-sha256; cv=fail;"));
}

TEST_CASE("arc seal: fifty sets are sealed, the fifty-first is refused") {
  const std::string mail = chain_of(50);
  CHECK(verified(mail) == "pass 50");
  CHECK(refused(mail, outcome_of(mail)) == "the message has 50 ARC sets already, 50 are allowed");
}

TEST_CASE("arc seal: what is not known for sure is not sealed") {
  ArcOutcome unknown;
  unknown.result = ArcResult::temperror;
  unknown.problem = "SERVFAIL";
  CHECK(refused(kMail, unknown) == "the ARC chain could not be checked: SERVFAIL");
  CHECK(refused(chain_of(1), {}) == "the ARC chain of the message is not the one that was checked");
  CHECK(refused(kMail, outcome_of(chain_of(1))) ==
        "the ARC chain of the message is not the one that was checked");
  CHECK(set_for(kMail, {}, " \n").error().sentence == "there are no authentication results to seal");
  CHECK(refused("", {}) == "the message has no header");
  CHECK(refused(" folded: x\r\n\r\n", {}) == "the message has no header");
}

TEST_CASE("arc seal: a message without From is sealed") {
  CHECK(verified(sealed("Subject: x\r\n\r\nbody\r\n")) == "pass 1");
}
