#include "rules/bayes/sa_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "rules/bayes/backup.h"
#include "rules/bayes/sa_field_values.h"
#include "rules/bayes/sa_token_set.h"
#include "rules/bayes/tokens.h"
#include "rules/learn/owner.h"
#include "tests/support/parsing.h"

using namespace xspamd;

namespace {

struct Read {
  std::vector<std::uint64_t> tokens;
  std::vector<std::string> names;
};

Read read(const std::string& bytes, const SaTokenLimits& limits = {}) {
  const auto message = test::parsed(bytes);
  Request request;
  request.dialect = Dialect::spamc;
  const Origin origin = find_origin(request, *message, {});
  const Mail mail{request, *message, origin};
  return {sa_tokens(mail, limits), sa_token_names(mail, limits)};
}

using Names = std::set<std::string>;

Names of_text(const std::string& text) {
  const auto names = read("Content-Type: text/plain; charset=utf-8\n\n" + text).names;
  Names found;
  for (const std::string& name : names)
    if (!name.starts_with("H*ct:")) found.insert(name);
  return found;
}

Names of_field(const std::string& field, const std::string& mark) {
  Names found;
  for (const std::string& name : read(field + "\n\n").names)
    if (name.starts_with(mark)) found.insert(name.substr(mark.size()));
  return found;
}

// As mail() of tests/e2e/test_teaching.py makes them.
std::string taught(std::size_t number, const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += words[(number + i) % words.size()] + " ";
  return fmt::format(
      "From: writer{0}@example.org\nTo: bob@test.example\nSubject: {1} {2}\n"
      "Date: Sun, 22 Nov 2026 05:00:00 +0000\nMessage-ID: <{0}@example.org>\n\n{3}number{0}\n",
      number, words[number % words.size()], words[(number + 1) % words.size()], text);
}

}  // namespace

// The second column is the end of what `printf %s TEXT | sha1sum` prints.
TEST_CASE("sa tokens: a token is made of the last five bytes of the SHA-1 of its text") {
  struct Row {
    std::string_view text;
    std::uint64_t hash;
  };
  const Row row =
      GENERATE(Row{"pills", 0x71f9451190}, Row{"sk:unbelie", 0x77d832071f},
               Row{"H*F:D*example.com", 0xd2e2f22315}, Row{"UD:example.org", 0xb530913b91},
               Row{"U*joe", 0x3de7602910}, Row{"I*:casino", 0x9af29b7d64}, Row{"u8:\u65e5", 0x6e2f7f67a1});
  CAPTURE(row.text);
  CHECK(sa_token(row.text) == sa_token_from(row.hash));
}

TEST_CASE("sa tokens: what is stored stays what it is") {
  CHECK(sa_token_from(0) == sa_token_from(0));
  CHECK(sa_token_from(0x71f9451190) != sa_token_from(0x71f9451191));
  CHECK(sa_token_from(0) == 0x73b730785e601269U);
  CHECK(sa_token_from(0x71f9451190) == 0x8f66a88ed2276c49U);
}

TEST_CASE("sa tokens: their group tells them from ours, also in the table that owners share") {
  for (std::uint64_t hash = 0; hash < 1'000; ++hash) {
    const std::uint64_t token = sa_token_from(hash << 20 | hash);
    CHECK(bayes::group_index(token) == kSaTokenGroup);
    CHECK(bayes::group_index(scoped(token, kSpamAssassinOwner)) == kSaTokenGroup);
  }
  const auto message = test::parsed("From: a@example.org\nSubject: x y\n\nBuy http://www.example.com/ now\n");
  const Request request;
  for (const std::uint64_t token : bayes_tokens(Mail{request, *message, Origin{}}))
    CHECK(bayes::group_index(scoped(token, "bob@example.org")) != kSaTokenGroup);
}

TEST_CASE("sa tokens: words of a text") {
  struct Row {
    std::string text;
    Names names;
  };
  const Row row = GENERATE(
      // In both letter cases, with and without marks; short ones not at all.
      Row{"of to WIN", {"WIN", "win"}}, Row{"win!", {"win!", "win"}},
      Row{"so W!N", {"W!N", "WN", "w!n", "wn"}}, Row{"$5,000", {"$5,000", "5000"}},
      Row{"'quoted.' \"-said-\"", {"quoted", "said"}},
      // Long ones keep seven characters.
      Row{"abcdefghijklmno", {"abcdefghijklmno"}}, Row{"abcdefghijklmnop", {"sk:abcdefg"}},
      Row{"a*cdefghijklmnop", {"a*cdefghijklmnop"}},
      Row{"\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4",
          {"sk:\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4", "sk:"}},
      Row{"\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e", {"u8:\u65e5", "u8:\u672c", "u8:\u8a9e"}},
      // Runs of dots and hyphens part words; two dots do not.
      Row{"one...two--six", {"one", "two", "six"}},
      Row{"a-z b..d", {"a-z", "az", "b..d", "bd", "UD:b..d", "UD:.d"}},
      // Addresses and hosts.
      Row{"joe@mail.example", {"sk:joe@mai", "sk:joemai", "U*joe", "D*mail.example", "D*example"}},
      Row{"x@@", {"x@@", "x", "U*x", "D*@"}}, Row{"1.50", {"1.50", "150"}},
      Row{"see x.example", {"see", "x.example", "xexample", "UD:x.example", "UD:example"}});
  CAPTURE(row.text);
  CHECK(of_text(row.text) == row.names);
}

TEST_CASE("sa tokens: the first word of a sentence is taken small unless a capital follows too soon") {
  CHECK(of_text("Dear friend") == Names{"dear", "friend"});
  CHECK(of_text("DEAR friend") == Names{"DEAR", "dear", "friend"});
  CHECK(of_text("dear Friend") == Names{"dear", "Friend", "friend"});
  CHECK(of_text("all right. Then go") == Names{"all", "right", "then"});
  // The sentence before has taken its blank.
  CHECK(of_text("All right. Then went") == Names{"all", "right", "Then", "then", "went"});
  // A paragraph is a line.
  CHECK(of_text("One more\n\nTwo more\nThree") == Names{"one", "more", "two", "Three", "three"});
}

TEST_CASE("sa tokens: words of fields") {
  struct Row {
    std::string field, mark;
    Names names;
  };
  const Row row = GENERATE(
      Row{"From: \"Best Offers\" <joe@Shop.Example>",
          "H*F:",
          {"N*Best", "N*Offers", "U*joe", "D*Shop.Example", "D*Example"}},
      Row{"To: a@x.example, Bob <b@x.example>", "H*Ad:", {"N*Bob", "U*a", "U*b", "D*x.example", "D*example"}},
      Row{"To: all@x.example", "HTo:", {"U*all", "D*x.example", "D*example"}},
      Row{"Message-ID: <0123456789ab$89abcdef$01234567@host>",
          "H*M:",
          {"OEA0123", "OEB89ab", "OEC01234567", "host"}},
      Row{"Message-Id: <1abcDE-000abc-0A@mx.example>", "H*m:", {"1abcDE", "000abc", "example"}},
      Row{"Message-ID: <1abcDEf-000abc-0A@mx.example>", "H*MI:", {"example"}},
      Row{"Message-ID: <20261122051015.0123456789A@mx.example>", "H*MI:", {"example"}},
      Row{"References: <one@a.example>\n <two@b.example>", "H*f:", {"one@a.example", "two@b.example"}},
      Row{"X-Mailer: Great Mailer (5.01)", "H*UA:", {"Great", "Mailer", "5.01"}},
      Row{"X-Odd: Some SCREAMING-WORDS!and more", "HX-Odd:", {"Some", "sk:SCREAMI", "more"}},
      Row{"Content-Type: multipart/mixed; boundary=\"--Next_ab12\"",
          "H*ct:",
          {"multipart", "mixed", "NHxt", "HHHH"}},
      Row{"Received: from pc (dsl.example [198.51.100.7]) by mx.example\n with ESMTP id abcdef0123; "
          "Sun, 22 Nov 2026 06:10:39 +0000",
          "H*r:",
          {"from", "dsl.example", "198.51.100", "ip*198.51.100.7", "mx.example", "with", "ESMTP"}},
      Row{"Received: from pc (dsl.example [198.51.100.7]) by mx.example with SMTP id 2; "
          "Sun, 22 Nov 2026 06:10:39 +0000",
          "H*RU:",
          {"198.51.100.7", "dsl.example", "mx.example"}},
      Row{"X-Spam-Status: Yes, score=99", "HX-Spam-Status:", {}}, Row{"Subject: hello", "HSubject:", {}},
      Row{"DKIM-Signature: v=1; d=example.org", "HDKIM-Signature:", {}});
  CAPTURE(row.field, row.mark);
  CHECK(of_field(row.field, row.mark) == row.names);
}

TEST_CASE("sa tokens: a subject counts as text, hidden text and links by themselves") {
  CHECK(read("Subject: Cheap pills\n\n").names == std::vector<std::string>{"cheap", "pills"});
  const auto names = read(
                         "Content-Type: text/html\n\n<p>Seen</p><p style='display:none'>unseen</p>"
                         "<a href='http://www.shop.example/buy-now-cheaply-and-quickly'>here</a>")
                         .names;
  const Names found(names.begin(), names.end());
  for (const char* wanted :
       {"I*:unseen", "http", "UD:www.shop.example", "buy-now-cheaply-and-quickly", "here"})
    CHECK(found.count(wanted) == 1);
  CHECK(found.count("unseen") == 0);
}

TEST_CASE("sa tokens: limits hold, and no token comes twice") {
  std::string text = "To: a@example.org\n\n";
  for (int i = 0; i < 20'000; ++i)
    text += "word" + std::to_string(i % 9'000) + " ";
  const Read all = read(text);
  CHECK(all.tokens.size() == SaTokenLimits{}.tokens);
  CHECK(all.names.size() == all.tokens.size());
  CHECK(std::set(all.tokens.begin(), all.tokens.end()).size() == all.tokens.size());
  SaTokenLimits few;
  few.words = 10;
  CHECK(read(text, few).tokens.size() < 20);
}

TEST_CASE("sa tokens: hostile texts are read to their end") {
  for (const std::string& text :
       {std::string(100'000, '.'), std::string(100'000, '@'), std::string(100'000, 'A'),
        std::string(50'000, '\xff'), std::string("a").append(50'000, '.').append("b"),
        std::string(1'000, 'A') + ". " + std::string(1'000, 'B')})
    CHECK(
        read("To: " + text + "\nReceived: " + text + "\nMessage-ID: <" + text + "\n\n" + text).tokens.size() <
        100);
  std::string domain;
  for (int i = 0; i < 10'000; ++i)
    domain += "a.";
  CHECK(read("\n\njoe@" + domain + "com").tokens.size() < 100);
}

TEST_CASE("sa tokens: values of fields that are broken stay as they are") {
  CHECK(bayes::sa_content_type("text/plain; boundary=\"open") == "text/plain; boundary=\"open");
  CHECK(bayes::sa_content_type("x; boundary=") == "x; boundary=");
  CHECK(bayes::sa_received("from 1.2.3 by 1.2.3.4567 1.2.3.4") ==
        "from 1.2.3 by 1.2.3.4567 1.2.3 ip*1.2.3.4 ");
  CHECK(bayes::sa_message_ids("<0123456789ab$89abcdef$0123456@x>") == " 0123456789ab 89abcdef 0123456 x ");
  CHECK(bayes::sa_addresses("nobody at all").empty() == false);
}

TEST_CASE("sa tokens: all that sa-learn learned of twenty messages is found in them") {
  std::ifstream file(XSPAMD_TEST_DATA "/backup/spamassassin.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  BackupReader reader;
  std::vector<BackupEntry> entries;
  REQUIRE(reader.feed(text, entries));
  REQUIRE(reader.finish(entries));
  std::set<std::uint64_t> missing;
  for (const BackupEntry& entry : entries)
    if (const auto* token = std::get_if<BackupToken>(&entry)) missing.insert(sa_token_from(token->token));
  REQUIRE(missing.size() == 114);
  for (std::size_t number = 0; number < 10; ++number) {
    for (const std::uint64_t token : read(taught(number, {"cheap", "pills", "casino", "winner", "lottery",
                                                          "viagra", "discount", "click", "prize", "million"}))
                                         .tokens)
      missing.erase(token);
    for (const std::uint64_t token :
         read(taught(100 + number, {"meeting", "minutes", "project", "schedule", "compiler", "patch",
                                    "review", "agenda", "budget", "report"}))
             .tokens)
      missing.erase(token);
  }
  CHECK(missing.empty());
}
