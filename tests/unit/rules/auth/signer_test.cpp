#include "rules/auth/signer.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "conf/config.h"
#include "proto/base/text.h"
#include "rules/auth/dkim.h"
#include "tests/support/parsing.h"
#include "tests/support/run_task.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

constexpr std::int64_t kNow = 1'795'348'800;
const std::string kMail =
    "From: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: hello\r\n\r\nfirst\r\nsecond\r\n";

const PrivateKey& rsa() {
  static const PrivateKey key = PrivateKey::make_rsa(1024);
  return key;
}
const PrivateKey& ed25519() {
  static const PrivateKey key = PrivateKey::make_ed25519();
  return key;
}

SignOptions options_of(const std::vector<std::string>& headers = conf::Signing{}.headers) {
  SignOptions options;
  options.headers = *parse_signed_names(headers);
  options.now = std::chrono::sys_seconds(std::chrono::seconds(kNow));
  return options;
}

Result<std::string> field_for(const std::string& mail, const PrivateKey& key = ed25519(),
                              const SignOptions& options = options_of()) {
  return dkim_sign(*test::parsed(mail), {key, "example.org", "s1"}, options);
}

// With the field on top, whose lines end as those of the message.
std::string signed_mail(const std::string& mail, const PrivateKey& key = ed25519(),
                        SignOptions options = options_of()) {
  options.line_end = line_end_for(*test::parsed(mail));
  const auto field = field_for(mail, key, options);
  REQUIRE(field);
  return *field + mail;
}

// "pass", or what is wrong, of the first signature.
std::string verified(const std::string& mail, std::chrono::seconds later = {}) {
  test::ZoneDns dns;
  for (const PrivateKey* key : {&rsa(), &ed25519()})
    dns.add("s1._domainkey.example.org", "TXT", key->record_begin() + key->record_key());
  DkimOptions options;
  options.now = std::chrono::sys_seconds(std::chrono::seconds(kNow) + later);
  const auto message = test::parsed(mail);
  auto read = read_dkim(*message, options);
  const auto outcomes = test::run_task(verify_dkim(dns, std::move(read), options, Deadline::max()));
  REQUIRE_FALSE(outcomes.empty());
  const DkimOutcome& outcome = outcomes.front();
  return fmt::format("{}{}{}", name(outcome.result), outcome.problem.empty() ? "" : ": ", outcome.problem);
}

const std::string kHeaderDiffers = "fail: the header is not what was signed, or the key is another one";
const std::string kBodyDiffers = "fail: the body is not what was signed";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

std::string unfolded(const std::string& field) {
  return replaced(replaced(field, "\r\n  ", " "), "\r\n", "");
}

}  // namespace

TEST_CASE("signer: the field names what it is made of") {
  const auto field = field_for(kMail);
  REQUIRE(field);
  const std::string text = unfolded(*field);
  CHECK(
      text.starts_with("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=s1; "
                       "t=1795348800; h=from:from:reply-to:"));
  CHECK(replaced(text, " ", "").find("h=from:from:reply-to:subject:subject:to:to:cc;bh=") !=
        std::string::npos);
  CHECK(text.find("x=") == std::string::npos);
  CHECK(text.find(" l=") == std::string::npos);
  CHECK(unfolded(*field_for(kMail, rsa())).find(" a=rsa-sha256;") != std::string::npos);
}

TEST_CASE("signer: lines are short, and the field ends with its line end") {
  for (const std::string line_end : {"\r\n", "\n", "\r"}) {
    SignOptions options = options_of();
    options.line_end = line_end;
    const auto field = field_for(kMail, rsa(), options);
    REQUIRE(field);
    CHECK(field->ends_with(line_end));
    const auto lines = split(*field, line_end.back());
    CHECK(lines.size() > 5);
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      const std::string_view line = trim(lines[i]);
      CAPTURE(line);
      CHECK_FALSE(line.empty());
      CHECK(line.size() <= 76);
      CHECK((i == 0 || lines[i].starts_with("  ")));
    }
  }
}

TEST_CASE("signer: our own verifier takes what is signed, whatever the message is like") {
  const std::string kFrom = "From: ann@example.org\r\n";
  const std::string kTable[] = {
      kMail,
      kFrom + "\r\n",
      kFrom,
      "From: ann@example.org",
      kFrom + "\r\nno line end",
      kFrom + "\r\n\r\n\r\n\r\n",
      kFrom + "\r\ntext\r\n\r\n\r\n",
      kFrom + "\r\ntrailing blanks  \t\r\n \t\r\nand  runs \t of them\r\n",
      "FROM :\r\n\tAnn\r\n  <ann@example.org>  \r\nSubject:\r\n \r\n folded\t text\r\nTo:\r\n\r\nx\r\n",
      kFrom + "Subject: \xe4\xf6\xfc \xc3\xa4\r\nTo: a\rb\r\n\r\nb\xfc\x00dy\r\n",
      kFrom + "To: a\r\nTo: b\r\nCc: c\r\nTo: d\r\nList-Id: x\r\nList-Id: y\r\n\r\nx",
      "Received: above\r\nDKIM-Signature: v=1; x\r\n" + kMail,
      kFrom + "\r\n.\r\n..\r\nFrom x\r\n",
  };
  for (const std::string& mail : kTable) {
    for (const PrivateKey* key : {&rsa(), &ed25519()}) {
      CAPTURE(mail, key->algorithm());
      CHECK(verified(signed_mail(mail, *key)) == "pass");
      CHECK(verified(signed_mail(replaced(mail, "\r\n", "\n"), *key)) == "pass");
      CHECK(verified(signed_mail(replaced(replaced(mail, "a\rb", "ab"), "\r\n", "\r"), *key)) == "pass");
    }
  }
}

TEST_CASE("signer: a signature of a message with LF holds when it has got CRLF on its way") {
  const std::string lf = replaced(kMail, "\r\n", "\n");
  CHECK(verified(replaced(signed_mail(lf), "\n", "\r\n")) == "pass");
  CHECK(verified(replaced(signed_mail(kMail), "\r\n", "\n")) == "pass");
}

TEST_CASE("signer: the line end of the message is that of its first line") {
  const std::pair<std::string, std::string> kTable[] = {{"a: b\r\n\r\nx\n", "\r\n"},
                                                        {"a: b\n\r\nx\r\n", "\n"},
                                                        {"a: b\r\rx", "\r"},
                                                        {"a: b", "\r\n"},
                                                        {"", "\r\n"},
                                                        {"\n", "\n"}};
  for (const auto& [mail, line_end] : kTable)
    CHECK(line_end_for(*test::parsed(mail)) == line_end);
}

TEST_CASE("signer: what is changed behind us breaks the signature") {
  const std::string mail = signed_mail(kMail);
  CHECK(verified(mail + "x") == kBodyDiffers);
  CHECK(verified(replaced(mail, "first\r\n", "first\r\nmore\r\n")) == kBodyDiffers);
  CHECK(verified(mail + "\r\n\r\n") == "pass");  // empty lines at the end are not signed (RFC 6376 §3.4.4)
  for (const std::string changed : {"Subject: hello", "From: Ann", "To: bob"})
    CHECK(verified(replaced(mail, changed, changed + "x")) == kHeaderDiffers);
  CHECK(verified(replaced(mail, "s=s1; t=1795348800", "s=s1; t=1795348801")) == kHeaderDiffers);
}

TEST_CASE("signer: over-signing keeps a second field from being added, above and below") {
  const std::string mail = signed_mail(kMail);
  for (const std::string field : {"From: eve@example.com\r\n", "Subject: buy\r\n", "To: eve@example.com\r\n",
                                  "Cc: eve@example.com\r\n", "Reply-To: eve@example.com\r\n"}) {
    CAPTURE(field);
    CHECK(verified(field + mail) == kHeaderDiffers);
    CHECK(verified(replaced(mail, "\r\n\r\n", "\r\n" + field + "\r\n")) == kHeaderDiffers);
  }
  // "(x)date": there is none, and one may come.
  CHECK(verified("Date: Mon, 02 Nov 2026 10:00:00 +0000\r\n" + mail) == "pass");
  CHECK(verified("Received: on its way\r\nList-Id: <list>\r\n" + mail) == "pass");
  // Not over-signed, a field above is nobody's.
  CHECK(verified("Subject: buy\r\n" + signed_mail(kMail, ed25519(), options_of({"from", "subject"}))) ==
        "pass");
}

TEST_CASE("signer: a signature that expires says when") {
  SignOptions options = options_of();
  options.expires = std::chrono::hours(24);
  const std::string mail = signed_mail(kMail, ed25519(), options);
  CHECK(mail.find("x=1795435200;") != std::string::npos);
  CHECK(verified(mail, std::chrono::hours(23)) == "pass");
  CHECK(verified(mail, std::chrono::hours(25)) == "permerror: the signature has expired");
}

TEST_CASE("signer: a message with no From field, or several, is not signed") {
  for (const std::string mail :
       {"", "\r\n", "\r\nFrom: ann@example.org\r\n", "Subject: x\r\n\r\n", " From: x\r\n\r\n"}) {
    CAPTURE(mail);
    const auto field = field_for(mail);
    REQUIRE_FALSE(field);
    CHECK(field.error().sentence == "the message has no From field");
  }
  const auto field = field_for("From: a@example.org\r\n" + kMail);
  REQUIRE_FALSE(field);
  CHECK(field.error().sentence == "the message has more than one From field");
}

TEST_CASE("signer: headers of thousands of fields are signed or refused") {
  const auto with = [](int count, const std::string& line) {
    std::string mail = "From: ann@example.org\r\n";
    for (int i = 0; i < count; ++i)
      mail += line;
    return mail + "\r\nbody\r\n";
  };
  CHECK(verified(signed_mail(with(1'990, "X-Trace: \t y\r\n"))) == "pass");
  CHECK(field_for(with(2'000, "X-Trace: y\r\n")).error().sentence ==
        "the message has 2001 header fields, of which 2000 are looked at (limits.headers)");
  CHECK(field_for(with(1'990, "Subject: y\r\n")).error().sentence ==
        "more than 500 header fields would have to be signed, the last of them \"subject\"");
}

TEST_CASE("signer: the longest domain and long names of fields keep to a line each") {
  const std::string label(60, 'd');
  const std::string domain = fmt::format("{0}.{0}.{0}.example", label);
  SignOptions options = options_of({"from", std::string(100, 'x'), "(o)y"});
  const auto message = test::parsed("From: a@b.example\r\n" + std::string(100, 'X') + ": 1\r\n\r\n");
  const auto field = dkim_sign(*message, {ed25519(), domain, "s1"}, options);
  REQUIRE(field);
  CHECK(unfolded(*field).find(" d=" + domain + ";") != std::string::npos);
  for (const std::string_view line : split(*field, '\n'))
    CHECK(line.size() < 300);
}
