#include "rules/bayes/tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <string_view>

#include "proto/mail/message.h"
#include "rules/bayes/token_set.h"
#include "tests/support/line_ends.h"
#include "tests/support/parsing.h"
#include "tests/support/shapes.h"

using namespace xspamd;

namespace {

struct Tokenized {
  std::vector<std::uint64_t> tokens;
  std::vector<std::string> names;

  bool has(std::string_view name) const { return std::find(names.begin(), names.end(), name) != names.end(); }
};

Tokenized tokenized(const std::string& bytes, const TokenLimits& limits = {}) {
  const auto message = test::parsed(bytes);
  Request request;
  request.dialect = Dialect::spamc;
  const Origin origin = find_origin(request, *message, {});
  const Mail mail{request, *message, origin};
  return {bayes_tokens(mail, limits), bayes_token_names(mail, limits)};
}

Tokenized of_text(const std::string& text, const TokenLimits& limits = {}) {
  return tokenized("Content-Type: text/plain; charset=utf-8\n\n" + text, limits);
}

std::set<std::string> text_names(const Tokenized& tokenized) {
  std::set<std::string> found;
  for (const std::string& name : tokenized.names)
    if (name.starts_with("text: ")) found.insert(name.substr(6));
  return found;
}

const std::string kMessage =
    "Received: from mx.example.org (mx.example.org [192.0.2.1]) by in.example.net with ESMTP id 1; "
    "Sun, 22 Nov 2026 06:10:40 +0000\n"
    "Received: from pc (dsl-1-2-3-4.isp.example [198.51.100.7]) by mx.example.org with SMTP id 2; "
    "Sun, 22 Nov 2026 06:10:39 +0000\n"
    "From: \"Best Offers\" <Joe1984@shop.example.com>\n"
    "Reply-To: other@elsewhere.example\n"
    "To: a@example.net, B <b@example.net>\n"
    "Subject: BUY this now!\n"
    "Date: Sun, 22 Nov 2026 06:10:38 +0200\n"
    "Message-ID: <123abc.X@host.example.com>\n"
    "X-Mailer: Great Mailer 5.0\n"
    "X-Spam-Status: Yes, score=99\n"
    "X-Priority: 1\n"
    "List-Id: News <news.example.com>\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=b\n"
    "\n"
    "--b\n"
    "Content-Type: text/html; charset=utf-8\n"
    "\n"
    "<html><body bgcolor=\"#ff0000\"><font size=7>Cheap watches</font> at "
    "<a href=\"http://www.shop.example.com/watch/list.php?id=7\">our shop</a>"
    "<div style=\"display:none\">secret poetry</div></body></html>\n"
    "--b\n"
    "Content-Type: application/pdf; name=\"big invoice.pdf\"\n"
    "Content-Disposition: attachment; filename=\"big invoice.pdf\"\n"
    "Content-Transfer-Encoding: base64\n"
    "\n"
    "JVBERi0xLjQK\n"
    "--b--\n";

}  // namespace

TEST_CASE("bayes tokens: hashes are stored and must never change") {
  CHECK(bayes::hash_of("") == 0xc8cfc4f0dc13c741U);
  CHECK(bayes::hash_of("free") == 0x85bd0f673422f1bdU);
  CHECK(bayes::hash_of("FREE") == 0x85bd0f673422f1bdU);
  CHECK(bayes::hash_of("a longer text than eight bytes") == 0x886e6e9fb2a3a80U);
  CHECK(bayes::mix(1, 2) == 0x7329d67cc1f2391dU);
  const Tokenized one = tokenized("Subject: hi\n\nfree money\n");
  for (const auto& [name, token] :
       std::vector<std::pair<std::string, std::uint64_t>>{{"text: free", 0x3bf877fc340baf01U},
                                                          {"text: free.money", 0xb6882f12110bdc82U},
                                                          {"subject: hi", 0xd672f6e89000d503U},
                                                          {"field: subject", 0x2f0fe1cfe8fa96d6U}}) {
    INFO(name);
    const auto found = std::find(one.names.begin(), one.names.end(), name);
    REQUIRE(found != one.names.end());
    CHECK(one.tokens[static_cast<std::size_t>(found - one.names.begin())] == token);
  }
}

TEST_CASE("bayes tokens: a message gives tokens of all its sides") {
  const Tokenized mail = tokenized(kMessage);
  for (const char* name : {"text: Cheap",
                           "text: Cheap.watches",
                           "text: watches.at",
                           "hidden: poetry",
                           "subject: BUY",
                           "subject: BUY.this",
                           "from name: Best",
                           "address: joe1984@shop.example.com",
                           "address: local=joe9999",
                           "domain: from=shop.example.com",
                           "domain: from=example.com",
                           "domain: from=com",
                           "domain: reply=elsewhere.example",
                           "shape: reply to author=no",
                           "domain: id=host.example.com",
                           "shape: zone=120",
                           "network: c633",
                           "network: c63364",
                           "host: helo=one label",
                           "host: rdns=isp.example",
                           "program: Mailer",
                           "field: x-mailer",
                           "field: x-priority=1",
                           "list: id=news.example.com",
                           "link: web=www.shop.example.com",
                           "link: web=example.com",
                           "path: watch",
                           "path: ends=.php",
                           "shape: link with query",
                           "tag: font",
                           "tag: size=7",
                           "tag: bgcolor=#ff0000",
                           "html: hidden by=display",
                           "mime: type=application/pdf",
                           "mime: charset=utf-8",
                           "file: extension=pdf",
                           "file: invoice"}) {
    INFO(name);
    CHECK(mail.has(name));
  }
  CHECK(mail.names.size() == mail.tokens.size());
}

TEST_CASE("bayes tokens: fields that judge, and those of delivery, give none") {
  const std::string fields =
      "X-Spam-Flag: YES\nX-Spam-Score: 40\nX-Rspamd-Score: 3\nX-Bogosity: Spam\nX-Virus-Scanned: x\n"
      "X-Barracuda-Verdict: x\nAuthentication-Results: x; spf=fail\nDelivered-To: me@example.net\n"
      "X-MS-Exchange-Organization-SCL: 9\nX-Proofpoint-Details: x\nEnvelope-To: me@example.net\nStatus: "
      "RO\nX-UID: 7\n";
  const Tokenized plain = tokenized("Subject: x\nFrom: a@example.org\n\nHello\n");
  for (const std::string& place :
       {fields + "Subject: x\nFrom: a@example.org\n", "Subject: x\n" + fields + "From: a@example.org\n",
        "Subject: x\nFrom: a@example.org\n" + fields})
    CHECK(tokenized(place + "\nHello\n").names == plain.names);
}

TEST_CASE("bayes tokens: LF and CRLF give the same") {
  CHECK(tokenized(test::with_crlf(kMessage)).names == tokenized(kMessage).names);
  CHECK(tokenized(test::with_crlf(kMessage)).tokens == tokenized(kMessage).tokens);
}

TEST_CASE("bayes tokens: they are distinct, never 0, and name their group") {
  const Tokenized mail = tokenized(kMessage + kMessage);
  const std::set<std::uint64_t> distinct(mail.tokens.begin(), mail.tokens.end());
  CHECK(distinct.size() == mail.tokens.size());
  for (const std::uint64_t token : mail.tokens) {
    CHECK(bayes::group_index(token) >= static_cast<std::size_t>(bayes::TokenGroup::words));
    CHECK(bayes::group_index(token) <= static_cast<std::size_t>(bayes::TokenGroup::shape));
  }
}

TEST_CASE("bayes tokens: the window decides how far words are paired") {
  TokenLimits limits;
  limits.window = 1;
  CHECK(text_names(of_text("one two three four", limits)) ==
        std::set<std::string>{"one", "two", "three", "four"});
  limits.window = 3;
  CHECK(text_names(of_text("one two three four", limits)) ==
        std::set<std::string>{"one", "two", "three", "four", "one.two", "two.three", "three.four",
                              "one..three", "two..four"});
  limits.window = 1000;
  CHECK(text_names(of_text("one two", limits)).size() == 3);
  limits.window = 0;
  CHECK(text_names(of_text("one two", limits)).size() == 2);
}

TEST_CASE("bayes tokens: capitals and mixed letters add a word as it is written") {
  const auto size = [](const std::string& text) {
    return of_text(text).tokens.size();
  };
  CHECK(size("free offer") == size("Free Offer"));
  CHECK(size("FREE offer") == size("free offer") + 1);
  CHECK(size("fReE offer") == size("free offer") + 1);
}

TEST_CASE("bayes tokens: limits hold") {
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += fmt::format("w{}x ", i);
  TokenLimits limits;
  limits.words = 100;
  CHECK(text_names(of_text(text, limits)).size() == 199);
  limits = {};
  limits.tokens = 50;
  CHECK(of_text(text, limits).tokens.size() == 50);
  limits.tokens = 0;
  CHECK(of_text(text, limits).tokens.empty());
  CHECK(of_text(text).tokens.size() < TokenLimits{}.tokens);
}

TEST_CASE("bayes tokens: a message without anything has tokens of what it lacks, and no trouble") {
  CHECK_FALSE(tokenized("").tokens.empty());
  CHECK_FALSE(tokenized("\n").tokens.empty());
  CHECK(tokenized("\n\n").has("shape: no date"));
}

TEST_CASE("bayes tokens: hostile texts end and stay within the limits") {
  constexpr std::size_t kMany = 1'000'000;
  const auto times = [](std::string_view what, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes)
      text += what;
    return text;
  };
  // One word; one word again and again; no blank; nothing but separators; bytes that are no UTF-8; pairs.
  CHECK(text_names(of_text(std::string(kMany, 'a'))).size() == 1);
  CHECK(text_names(of_text(times("word ", kMany))) == std::set<std::string>{"word", "word.word"});
  CHECK(text_names(of_text(times("x.y,z-", kMany))).size() == 6);
  CHECK(text_names(of_text(times("!.", kMany))).size() <= 2);
  CHECK(text_names(of_text(times("\xf0\x9f", kMany))).size() <= 2);
  CHECK(text_names(of_text(times("\u65e5\u672c", kMany))).size() <= 2);
  CHECK(text_names(of_text(times("1,", kMany))).size() <= 2);
  CHECK(text_names(of_text(times("\u200b", kMany))).empty());
  CHECK(tokenized("Content-Type: text/html\n\n" + times("<a b=", kMany)).tokens.size() < 1000);
  CHECK(tokenized("Content-Type: text/html\n\n" + times("<", kMany)).tokens.size() < 1000);
  CHECK(tokenized("From: " + times("a.", kMany) + "\n\n").tokens.size() < 1000);
  CHECK(tokenized("Subject: " + times("a b ", kMany) + "\n\n").tokens.size() < 1000);
}

TEST_CASE("bayes tokens: every shape of slow message ends within the limits") {
  for (const test::Shape& shape : test::shapes()) {
    INFO(shape.name);
    CHECK(tokenized(shape.make(100'000)).tokens.size() <= TokenLimits{}.tokens);
  }
}

TEST_CASE("token set: tokens that all want one place cost no more than a bound, and are dropped") {
  bayes::TokenSet set(0, 100'000);
  // Words made to meet: the hash is public.
  std::size_t added = 0;
  for (std::uint64_t i = 0; added < 2000 && i < 40'000'000; ++i) {
    const std::uint64_t token = bayes::mix(i, static_cast<std::uint64_t>(bayes::TokenKind::text));
    if ((token >> 8 & 0x3FFF) != 0) continue;
    set.add_word(bayes::TokenKind::text, {i, "x"});
    ++added;
  }
  CHECK(added == 2000);
  CHECK(set.size() < 200);
  CHECK(set.size() >= 64);
}
