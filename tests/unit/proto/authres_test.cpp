#include "proto/authres.h"

#include <catch2/catch.hpp>
#include <string>

#include "proto/base/text.h"
#include "proto/mail/header.h"

using namespace xspamd;
using namespace std::string_literals;

namespace {

// server[/version] | method=result (comment) {reason} type.name=value, ... | ...
std::string shown(std::string_view raw) {
  const auto results = parse_authentication_results(mail::unfold(raw));
  if (!results) return "-";
  std::string text = results->server;
  if (!results->version.empty()) text += "/" + results->version;
  for (const AuthResult& result : results->results) {
    text += " | " + result.method + "=" + result.result;
    if (!result.comment.empty()) text += " (" + result.comment + ")";
    if (!result.reason.empty()) text += " {" + result.reason + "}";
    for (const AuthProperty& property : result.properties)
      text += " " + property.type + "." + property.name + "=" + property.value;
  }
  return text;
}

struct Case {
  std::string why, text, want;
};

void check(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
    const auto results = parse_authentication_results(c.text);
    if (!results) continue;
    const std::string written = format_authentication_results(*results);
    INFO(written);
    CHECK(parse_authentication_results(written) == results);
    CHECK(parse_authentication_results(mail::unfold(written)) == results);
  }
}

}  // namespace

TEST_CASE("authres: what RFC 8601 allows") {
  check({
      {"B.1", "example.org 1; none", "example.org/1"},
      {"B.2", "example.com;\r\n spf=pass smtp.mailfrom=example.net",
       "example.com | spf=pass smtp.mailfrom=example.net"},
      {"B.3",
       "example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n spf=pass "
       "smtp.mailfrom=example.net",
       "example.com | auth=pass (cram-md5) smtp.auth=sender@example.net | spf=pass "
       "smtp.mailfrom=example.net"},
      {"B.5",
       "example.com; dkim=pass reason=\"good signature\" header.i=@mail-router.example.net;\n "
       "dkim=fail reason=\"bad signature\" header.i=@newyork.example.com",
       "example.com | dkim=pass {good signature} header.i=@mail-router.example.net | dkim=fail {bad "
       "signature} "
       "header.i=@newyork.example.com"},
      {"B.7, comments everywhere",
       "foo.example.net (foobar) 1 (baz);\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\n "
       "policy (A dot can go here) . (like that) expired\n (this surprised me) = (as I wasn't expecting it) "
       "1362471462",
       "foo.example.net/1 | dkim=fail policy.expired=1362471462"},
      {"no result", "mx.example", "mx.example"},
      {"a version of the method", "mx.example; dkim/1=pass header.d=x", "mx.example | dkim=pass header.d=x"},
      {"a quoted local part", "mx.example; spf=pass smtp.mailfrom=\"a b;(c\"@x.example",
       "mx.example | spf=pass smtp.mailfrom=\"a b;(c\"@x.example"},
      {"a quoted value", "mx.example; dkim=pass header.b=\"Ab+/=;\\\"\" header.d=x",
       "mx.example | dkim=pass header.b=Ab+/=;\" header.d=x"},
      {"nested and escaped comments", "mx.example; dkim=pass (a (b) \\) c) header.d=x",
       "mx.example | dkim=pass (a (b) ) c) header.d=x"},
      {"a quoted server", "\"mx one\" 2; none", "mx one/2"},
      {"UTF-8", "mx.bücher.example; spf=pass smtp.mailfrom=jürgen@bücher.example",
       "mx.bücher.example | spf=pass smtp.mailfrom=jürgen@bücher.example"},
      {"other case", "mx.example; SPF=PASS smtp.MailFrom=A@X.example",
       "mx.example | spf=pass smtp.mailfrom=A@X.example"},
      {"an ARC field", "i=2; mx.example; arc=pass (i=1 spf=pass) header.s=s",
       "mx.example | arc=pass (i=1 spf=pass) header.s=s"},
  });
}

TEST_CASE("authres: the fields that servers write") {
  check({
      {"Gmail",
       "mx.google.com;\n       dkim=pass header.i=@x.example header.s=s2026 header.b=AbCd/E+f;\n       "
       "spf=pass "
       "(google.com: domain of a@x.example designates 192.0.2.1 as permitted sender) "
       "smtp.mailfrom=a@x.example;"
       "\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=x.example",
       "mx.google.com | dkim=pass header.i=@x.example header.s=s2026 header.b=AbCd/E+f | spf=pass "
       "(google.com: "
       "domain of a@x.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@x.example | "
       "dmarc=pass "
       "(p=NONE sp=NONE dis=NONE) header.from=x.example"},
      {"Microsoft, without an authserv-id",
       "spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=x.example; dkim=pass (signature was verified)\n "
       "header.d=x.example;dmarc=pass action=none\n header.from=x.example;compauth=pass reason=100",
       " | spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.example | dkim=pass (signature was verified) "
       "header.d=x.example | dmarc=pass .action=none header.from=x.example | compauth=pass {100}"},
      {"Microsoft, nothing known",
       "spf=none (sender IP is ) smtp.mailfrom=; dkim=none (message not signed)\n "
       "header.d=none;dmarc=none action=none header.from=x.example;",
       " | spf=none (sender IP is) smtp.mailfrom= | dkim=none (message not signed) header.d=none | "
       "dmarc=none "
       ".action=none header.from=x.example"},
      {"Microsoft, ARC",
       "i=1; mx.microsoft.com 1; spf=pass smtp.mailfrom=x.example; dmarc=pass action=none "
       "header.from=x.example; dkim=pass header.d=x.example; arc=none",
       "mx.microsoft.com/1 | spf=pass smtp.mailfrom=x.example | dmarc=pass .action=none "
       "header.from=x.example | "
       "dkim=pass header.d=x.example | arc=none"},
      {"Yahoo",
       "atlas.yahoo.com;\n dkim=pass header.i=@x.example header.s=s;\n spf=pass "
       "smtp.mailfrom=x.example;\n dmarc=pass(p=REJECT,sp=REJECT) header.from=x.example;",
       "atlas.yahoo.com | dkim=pass header.i=@x.example header.s=s | spf=pass smtp.mailfrom=x.example | "
       "dmarc=pass (p=REJECT,sp=REJECT) header.from=x.example"},
      {"Yahoo, of old",
       "mta1.mail.yahoo.com  from=x.example; domainkeys=neutral (no sig);  from=x.example; "
       "dkim=pass (ok)",
       "mta1.mail.yahoo.com | domainkeys=neutral (no sig) | dkim=pass (ok)"},
      {"Fastmail",
       "mx1.messagingengine.com;\n bimi=skipped (DMARC did not pass);\n dkim=pass (2048-bit rsa key "
       "sha256)\n "
       "header.d=x.example header.i=@x.example header.b=AbCd\n header.a=rsa-sha256 header.s=s x-bits=2048;\n "
       "dmarc=none policy.published-domain-policy=none\n policy.applied-disposition=none (p=none,d=none)\n "
       "header.from=x.example;\n iprev=pass smtp.remote-ip=192.0.2.1 (r.example);\n x-tls=pass "
       "smtp.version=TLSv1.3 smtp.bits=256/256",
       "mx1.messagingengine.com | bimi=skipped (DMARC did not pass) | dkim=pass (2048-bit rsa key sha256) "
       "header.d=x.example header.i=@x.example header.b=AbCd header.a=rsa-sha256 header.s=s .x-bits=2048 | "
       "dmarc=none policy.published-domain-policy=none policy.applied-disposition=none header.from=x.example "
       "| "
       "iprev=pass smtp.remote-ip=192.0.2.1 | x-tls=pass smtp.version=TLSv1.3 smtp.bits=256/256"},
      {"OpenDKIM",
       "mx.example;\n\tdkim=pass (1024-bit key; unprotected) header.d=x.example header.i=@x.example "
       "header.b=\"Ab+/\"; dkim-atps=neutral",
       "mx.example | dkim=pass (1024-bit key; unprotected) header.d=x.example header.i=@x.example "
       "header.b=Ab+/ "
       "| dkim-atps=neutral"},
      {"OpenDMARC", "mx.example; dmarc=fail (p=none dis=none) header.from=x.example",
       "mx.example | dmarc=fail (p=none dis=none) header.from=x.example"},
      {"Exim",
       "mx.example;\n\tiprev=pass (r.example) smtp.remote-ip=192.0.2.1;\n\tauth=pass (PLAIN) "
       "smtp.auth=joe;\n\tspf=pass smtp.mailfrom=x.example;\n\tdkim=fail (body hash mismatch; body "
       "probably modified in transit)\n\t\theader.d=x.example header.s=s header.a=rsa-sha256",
       "mx.example | iprev=pass (r.example) smtp.remote-ip=192.0.2.1 | auth=pass (PLAIN) smtp.auth=joe | "
       "spf=pass smtp.mailfrom=x.example | dkim=fail (body hash mismatch; body probably modified in transit) "
       "header.d=x.example header.s=s header.a=rsa-sha256"},
      {"rspamd",
       "mx.example;\n\tdkim=pass header.d=x.example header.s=s header.b=AbCd;\n\tspf=pass (mx.example: "
       "domain of a@x.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@x.example;"
       "\n\tdmarc=pass (policy=none) header.from=x.example",
       "mx.example | dkim=pass header.d=x.example header.s=s header.b=AbCd | spf=pass (mx.example: domain of "
       "a@x.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@x.example | dmarc=pass "
       "(policy=none) header.from=x.example"},
      {"rspamd, quotes in comments", "mx.example; dkim=temperror (\"DNS error when getting key\") header.d=x",
       "mx.example | dkim=temperror (\"DNS error when getting key\") header.d=x"},
  });
}

TEST_CASE("authres: broken fields give what they hold") {
  check({
      {"nothing", "", "-"},
      {"only signs", " ; ; (x) ;", "-"},
      {"no server", "none", "none"},
      {"an empty server", "\"\" 1; spf=pass", " | spf=pass"},
      {"a value that is missing", "mx; spf=pass smtp.mailfrom= header.from=x",
       "mx | spf=pass smtp.mailfrom= "
       "header.from=x"},
      {"blanks around the signs", "mx ; spf = pass smtp.mailfrom = x", "mx | spf=pass smtp.mailfrom=x"},
      {"words that are no property", "mx; spf=pass oh my a@b header.from=x", "mx | spf=pass header.from=x"},
      {"no result", "mx; spf; dkim=; =pass; dmarc=pass", "mx | dmarc=pass"},
      {"a comment without end", "mx; spf=pass (x smtp.mailfrom=y; dkim=pass",
       "mx | spf=pass smtp.mailfrom=y | dkim=pass"},
      {"a quote without end", "mx; spf=pass reason=\"x y; dkim=pass", "mx | spf=pass {\"x} | dkim=pass"},
      {"raw bytes", "mx; spf=pass reason=\"caf\xE9\"", "mx | spf=pass {café}"},
      {"controls", "mx; spf=pass reason=\"a\x01\0b\"; x=y"s, "mx | spf=pass {a b} | x=y"},
      {"two reasons", "mx; dkim=fail reason=a x.y=z reason=b", "mx | dkim=fail {a} x.y=z"},
      {"an instance alone", "i=1;", "-"},
      {"an instance in the middle", "mx; i=1; spf=pass", "mx | spf=pass"},
  });
}

TEST_CASE("authres: what is written is one result a line, clean and quoted where it must be") {
  AuthenticationResults results{"mx.example", "", {}};
  CHECK(format_authentication_results(results) == "mx.example; none");
  results.version = std::string("1");
  results.results.push_back({"spf", "pass", "", "domain of a@x (192.0.2.1)", {{"smtp", "mailfrom", "a@x"}}});
  results.results.push_back(
      {"DKIM", "Fail", "bad \"body\"\r\nX: y", "", {{"header", "b", "A+/="}, {"", "", "x"}}});
  results.results.push_back({"not a method", "pass", "", "", {}});
  results.results.push_back({"dmarc", "none", "", "", {{"header", "from", ""}, {"bad type", "x", "y"}}});
  CHECK(format_authentication_results(results) ==
        "mx.example 1;\n\tspf=pass (domain of a@x \\(192.0.2.1\\)) smtp.mailfrom=a@x;\n\tdkim=fail "
        "reason=\"bad "
        "\\\"body\\\"  X: y\" header.b=\"A+/=\";\n\tdmarc=none header.from=\"\"");
  CHECK(format_authentication_results({}).empty());
  CHECK(format_authentication_results({"", "1", {{"spf", "pass", "", "", {}}}}) == "spf=pass");
}

TEST_CASE("authres: no line is longer than mail allows, whatever the values are") {
  AuthenticationResults results{std::string(2000, '\\'), "", {}};
  AuthResult result{"dkim", "fail", std::string(5000, '"'), std::string(5000, '('), {}};
  for (int i = 0; i < 200; ++i)
    result.properties.push_back({"header", "b", std::string(3000, '\\')});
  results.results.assign(200, result);
  const std::string text = format_authentication_results(results);
  for (const std::string_view line : split(text, '\n'))
    CHECK(line.size() <= 998);
  const auto read = parse_authentication_results(text);
  REQUIRE(read);
  CHECK(read->results.size() == 100);
  CHECK(read->results.front().properties.size() == 100);
  CHECK(format_authentication_results(*read) == text);
}

TEST_CASE("authres: text made to be slow takes linear time") {
  for (const std::string piece : {"(", "\"", ";", "=", ".", "a", "a=", "a=b ", "a=b;", "(a)", "x.y= ", "\\",
                                  "a.", "reason=", "=;", "\"a\"", "\xE9"}) {
    INFO(piece);
    std::string text = "mx; spf=pass ";
    while (text.size() < 2'000'000)
      text += piece;
    CHECK(parse_authentication_results(text).has_value());
  }
}
