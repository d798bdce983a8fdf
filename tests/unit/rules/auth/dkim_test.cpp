#include "rules/auth/dkim.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proto/base/text.h"
#include "tests/support/parsing.h"
#include "tests/support/run_task.h"
#include "tests/support/signing.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

// RFC 6376 Appendix A.2: its signed message, and the key of Appendix C.
constexpr std::string_view kRfc6376 =
    "DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n"
    "      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n"
    "      h=Received : From : To : Subject : Date : Message-ID;\r\n"
    "      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    "      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n"
    "      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n"
    "      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n"
    "      4bmp/YzhwvcubU4=;\r\n"
    "Received: from client1.football.example.com  [192.0.2.1]\r\n"
    "      by submitserver.example.com with SUBMISSION;\r\n"
    "      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\n"
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\n"
    "Hi.\r\n"
    "\r\n"
    "We lost the game. Are you hungry yet?\r\n"
    "\r\n"
    "Joe.\r\n";

// RFC 8463 Appendix A.3: one message, two signatures.
constexpr std::string_view kRfc8463 =
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    " subject : date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
    " date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
    " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
    " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\n"
    "Hi.\r\n"
    "\r\n"
    "We lost the game.  Are you hungry yet?\r\n"
    "\r\n"
    "Joe.\r\n";

constexpr std::string_view kZone =
    "brisbane._domainkey.example.com TXT v=DKIM1; "
    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/"
    "DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/"
    "NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB\n"
    "brisbane._domainkey.football.example.com TXT v=DKIM1; k=ed25519; "
    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "test._domainkey.football.example.com TXT v=DKIM1; k=rsa; "
    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRi"
    "Gs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+"
    "PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB\n";

// 2026-11-22 12:00:00 UTC
DkimOptions at_noon() {
  DkimOptions options;
  options.now = std::chrono::sys_seconds(std::chrono::seconds(1795348800));
  return options;
}

std::vector<DkimOutcome> verify(Dns& dns, std::string_view message, const DkimOptions& options = at_noon()) {
  const auto parsed = test::parsed(std::string(message));
  auto signatures = read_dkim(*parsed, options);
  return test::run_task(verify_dkim(dns, std::move(signatures), options, Deadline::max()));
}

// "pass example.com; fail example.org: why"
std::string rendered(const std::vector<DkimOutcome>& outcomes) {
  std::string text;
  for (const DkimOutcome& outcome : outcomes) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", name(outcome.result), outcome.domain);
    if (outcome.testing) text += " (testing)";
    if (!outcome.problem.empty()) text += ": " + outcome.problem;
  }
  return text;
}

std::string verified(std::string_view zone, std::string_view message,
                     const DkimOptions& options = at_noon()) {
  test::ZoneDns dns(zone);
  return rendered(verify(dns, message, options));
}

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string changed(text);
  const std::size_t at = changed.find(what);
  REQUIRE(at != std::string::npos);
  return changed.replace(at, what.size(), with);
}

const std::string kMail =
    "From: ann@example.org\r\nTo: bob@example.net\r\nSubject: hello\r\n\r\nfirst\r\nsecond\r\n";
const std::string kTags = "d=example.org; s=sel; c=relaxed/relaxed; h=from:to:subject";

// The key of example.org, as the record or what it is with tags before p=.
std::string own_zone(std::string_view tags = "v=DKIM1; k=ed25519;") {
  return fmt::format("sel._domainkey.example.org TXT {} p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n",
                     tags);
}

}  // namespace

TEST_CASE("dkim: the signed messages of RFC 6376 and RFC 8463, with either line end") {
  CHECK(verified(kZone, kRfc6376) == "pass example.com");
  CHECK(verified(kZone, kRfc8463) == "pass football.example.com; pass football.example.com");
  for (const std::string_view mail : {kRfc6376, kRfc8463}) {
    std::string lines(mail);
    std::erase(lines, '\r');
    CHECK(verified(kZone, lines) == verified(kZone, mail));
    lines = std::string(mail);
    std::erase(lines, '\n');
    CHECK(verified(kZone, lines) == verified(kZone, mail));
  }
}

TEST_CASE("dkim: an outcome says whose signature it is") {
  test::ZoneDns dns(kZone);
  const auto outcome = verify(dns, kRfc6376).at(0);
  CHECK(outcome.selector == "brisbane");
  CHECK(outcome.identity == "joe@football.example.com");
  CHECK(outcome.algorithm == "rsa-sha256");
  CHECK(outcome.begin_of_b == "AuUoFEfD");
  CHECK(outcome.key_bits == 1024);
  CHECK(outcome.unsigned_bytes == 0);
  CHECK(verify(dns, kRfc8463).at(0).key_bits == 256);
}

TEST_CASE("dkim: what was changed on the way fails") {
  CHECK(verified(kZone, replaced(kRfc6376, "lost", "won")) ==
        "fail example.com: the body is not what was signed");
  const std::string other_header =
      "fail example.com: the header is not what was signed, or the key is another one";
  CHECK(verified(kZone, replaced(kRfc6376, "dinner", "supper")) == other_header);
  CHECK(verified(kZone, replaced(kRfc6376, "To: Suzie", "To:  Suzie")) == other_header);
  CHECK(verified(kZone, replaced(kRfc6376, "q=dns/txt", "q= dns/txt")) == other_header);
  CHECK(verified(kZone, replaced(kRfc6376, "AuUoFEfD", "BuUoFEfD")) == other_header);
  CHECK(verified(kZone, replaced(kRfc8463, "To: Suzie", "TO :\tSuzie")) ==
        "pass football.example.com; pass football.example.com");
  CHECK(verified(kZone, replaced(kRfc8463, "From:", "From: x@y.example\r\nFrom:")) ==
        "fail football.example.com: the header is not what was signed, or the key is another one; "
        "fail football.example.com: the header is not what was signed, or the key is another one");
  CHECK(verified(kZone, replaced(kRfc6376, "From:", "Received: above\r\nFrom:")) == other_header);
  CHECK(verified(kZone, "Received: above\r\n" + std::string(kRfc6376)) == "pass example.com");
}

TEST_CASE("dkim: a message without signatures has no outcome and asks nobody") {
  test::ZoneDns dns(kZone);
  CHECK(verify(dns, kMail).empty());
  CHECK(dns.asked().empty());
}

TEST_CASE("dkim: keys that are not there, not known, or not for this signature (RFC 6376 §6.1.2)") {
  const std::string mail = test::with_dkim(kTags, kMail);
  const std::string sub = test::with_dkim(kTags + "; i=ann@news.example.org", kMail);
  CHECK(verified(own_zone(), mail) == "pass example.org");
  CHECK(verified(own_zone(), sub) == "pass example.org");
  CHECK(verified(own_zone("v=DKIM1; k=ed25519; t=s;"), mail) == "pass example.org");
  CHECK(verified(own_zone("v=DKIM1; k=ed25519; t=s;"), sub) ==
        "permerror example.org: the key is not for subdomains, and i= is in one");
  CHECK(verified("", mail) == "permerror example.org: there is no key at sel._domainkey.example.org");
  CHECK(verified("sel._domainkey.example.org A 192.0.2.1", mail) ==
        "permerror example.org: there is no key at sel._domainkey.example.org");
  CHECK(verified("sel._domainkey.example.org TIMEOUT", mail) ==
        "temperror example.org: TXT of sel._domainkey.example.org could not be learned: timeout");
  CHECK(verified("sel._domainkey.example.org TXT v=DKIM1; p=", mail) ==
        "permerror example.org: its key: the key is revoked");
  CHECK(verified(own_zone("v=DKIM1; k=ed25519; s=chat;"), mail) ==
        "permerror example.org: its key: s=\"chat\" is not for mail");
  CHECK(verified(own_zone("v=DKIM1; k=ed25519; h=sha1;"), mail) ==
        "permerror example.org: the key is not for the hash of the signature");
  CHECK(verified(own_zone("v=DKIM1; k=rsa;"), mail) ==
        "permerror example.org: the key is of another kind than the signature");
  CHECK(verified("sel._domainkey.example.org TXT v=DKIM1; k=ed25519; p=YWJj", mail) ==
        "permerror example.org: p= is no Ed25519 key");
  CHECK(verified(own_zone("v=DKIM1; k=ed25519; t=y;"), mail) == "pass example.org (testing)");
  CHECK(verified(own_zone("v=DKIM1; k=ed25519; t=y;"), mail + "x") ==
        "fail example.org (testing): the body is not what was signed");
}

TEST_CASE("dkim: of several records the one that verifies counts, in whatever order they come") {
  const std::string mail = test::with_dkim(kTags, kMail);
  const std::string spf = "sel._domainkey.example.org TXT v=spf1 -all\n";
  const std::string other =
      "sel._domainkey.example.org TXT v=DKIM1; k=ed25519; "
      "p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
  for (const std::string& zone : {own_zone() + spf + other, other + spf + own_zone()})
    CHECK(verified(zone, mail) == "pass example.org");
  for (const std::string& zone : {spf + other, other + spf})
    CHECK(verified(zone, mail) ==
          "fail example.org: the header is not what was signed, or the key is another one");
  std::string many;
  for (int i = 0; i < 50; ++i)
    many += fmt::format("sel._domainkey.example.org TXT a{:02}=x\n", i);
  CHECK(verified(many + own_zone(), mail) == "permerror example.org: its key: there is no p=");
}

TEST_CASE("dkim: SHA-1, short and long keys are refused by policy (RFC 8301)") {
  const std::string sha1 =
      replaced(replaced(kRfc6376, "rsa-sha256", "rsa-sha1"),
               "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=", "2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
  DkimOptions options = at_noon();
  test::ZoneDns dns(kZone);
  CHECK(rendered(verify(dns, sha1, options)) == "policy example.com: SHA-1 signs nothing any more");
  CHECK(dns.asked().empty());
  options.allow_sha1 = true;
  CHECK(verified(kZone, sha1, options) == "fail example.com: the body is not what was signed");
  options.min_key_bits = 1025;
  CHECK(verified(kZone, kRfc6376, options) == "policy example.com: the key has only 1024 bits");
  CHECK(verified(kZone, kRfc8463, options) ==
        "pass football.example.com; policy football.example.com: the key has only 1024 bits");
  const auto zone = [](std::size_t modulus, std::size_t exponent) {
    const auto integer = [](std::size_t size) {
      return std::string("\x02\x82") + static_cast<char>(size >> 8) + static_cast<char>(size & 0xff) +
             std::string(size, '\x7f');
    };
    const std::string numbers = integer(modulus) + integer(exponent);
    const std::string key = std::string("\x30\x82") + static_cast<char>(numbers.size() >> 8) +
                            static_cast<char>(numbers.size() & 0xff) + numbers;
    return fmt::format("brisbane._domainkey.example.com TXT p={}\n", test::base64(key));
  };
  CHECK(verified(zone(512, 4), kRfc6376) ==
        "fail example.com: the header is not what was signed, or the key is another one");
  CHECK(verified(zone(513, 4), kRfc6376) == "policy example.com: the key of 4103 bits is too large");
  CHECK(verified(zone(256, 5), kRfc6376) == "policy example.com: the key of 2047 bits is too large");
  CHECK(verified(zone(64, 3), kRfc6376) == "policy example.com: the key has only 511 bits");
  CHECK(verified("brisbane._domainkey.example.com TXT p=YWJj", kRfc6376) ==
        "permerror example.com: p= is no RSA key");
}

TEST_CASE("dkim: times and lengths") {
  const auto result = [](std::string_view tags, std::string_view behind = "") {
    const std::string mail = test::with_dkim(kTags + std::string(tags), kMail);
    return verified(own_zone(), mail + std::string(behind));
  };
  CHECK(result("; t=1795348000; x=1795349000") == "pass example.org");
  CHECK(result("; x=1795348000") == "permerror example.org: the signature has expired");
  CHECK(result("; t=1795350000") == "permerror example.org: the signature is from the future");
  CHECK(result("; l=7", "more\r\n") == "pass example.org");
  CHECK(result("; l=0", "more\r\n") == "pass example.org");
  CHECK(result("", "more\r\n") == "fail example.org: the body is not what was signed");
  CHECK(result("", " \r\n\r\n") == "pass example.org");
  test::ZoneDns dns(own_zone());
  CHECK(verify(dns, test::with_dkim(kTags + "; l=7", kMail) + "more\r\n").at(0).unsigned_bytes == 14);
  const std::string longer = replaced(test::with_dkim(kTags + "; l=15", kMail), "l=15", "l=16");
  CHECK(verified(own_zone(), longer) == "permerror example.org: l= is more than the body has");
}

TEST_CASE("dkim: over-signed fields may not be added, and a signature does not sign itself") {
  const std::string over =
      test::with_dkim("d=example.org; s=sel; h=from:from:subject:subject:cc:dkim-signature", kMail);
  CHECK(verified(own_zone(), over) == "pass example.org");
  CHECK(verified(own_zone(), "To: x@example.net\r\n" + over) == "pass example.org");
  for (const char* field : {"From: x@example.com\r\n", "Subject: x\r\n", "Cc: x@example.com\r\n"})
    CHECK(verified(own_zone(), field + over) ==
          "fail example.org: the header is not what was signed, or the key is another one");
}

TEST_CASE("dkim: five signatures are looked at, from the top, and their keys are asked for once") {
  std::string mail = kMail;
  for (int i = 0; i < 8; ++i)
    mail = test::with_dkim(fmt::format("d=example.org; s={}; h=from", i < 4 ? "old" : "sel"), mail);
  mail = "DKIM-Signature: v=1; nonsense\r\n" + mail;
  test::ZoneDns dns(own_zone());
  CHECK(rendered(verify(dns, mail)) ==
        "permerror : \"nonsense\" is no tag; pass example.org; pass example.org; pass example.org; pass "
        "example.org");
  CHECK(dns.asked() == std::vector<std::string>{"sel._domainkey.example.org TXT"});
  DkimOptions options = at_noon();
  options.signatures = 2;
  CHECK(verify(dns, mail, options).size() == 2);
}

TEST_CASE("dkim: a header with more fields than are read is not judged") {
  Limits limits;
  limits.headers = 3;
  const auto message = test::parsed(test::with_dkim(kTags, kMail), limits);
  const auto read = read_dkim(*message, at_noon());
  REQUIRE(read.size() == 1);
  CHECK(read[0].done);
  CHECK(rendered({read[0].outcome}) == "policy example.org: the header has more fields than are looked at");
}

TEST_CASE("dkim: results are named as in RFC 8601") {
  CHECK(name(DkimResult::neutral) == "neutral");
  CHECK(name(DkimResult::permerror) == "permerror");
}
