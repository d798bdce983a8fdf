#include "proto/mail/address.h"

#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;
using namespace std::string_literals;

namespace {

std::string shown(std::string_view text, std::size_t most = 100) {
  std::string list;
  for (const Mailbox& mailbox : parse_addresses(text, most)) {
    if (!list.empty()) list += " | ";
    list += mailbox.name + "<" + mailbox.address() + ">";
  }
  return list;
}

struct Case {
  std::string why, text, want;
};

}  // namespace

TEST_CASE("addresses: what RFC 5322 allows") {
  const Case cases[] = {
      {"bare", "a@b.example", "<a@b.example>"},
      {"named", "John Doe <j@x>", "John Doe<j@x>"},
      {"quoted name", "\"Doe, \\\"J\\\" <x>\" <j@x>", "Doe, \"J\" <x><j@x>"},
      {"list", "a@b, C <c@d>,,e@f", "<a@b> | C<c@d> | <e@f>"},
      {"group", "Team: a@b, C <c@d>; e@f", "<a@b> | C<c@d> | <e@f>"},
      {"empty group", "undisclosed-recipients:;", ""},
      {"comments", "(x)a@b(y (z))", "x<a@b>"},
      {"the name in a comment", "j@x (John \\) Doe)", "John ) Doe<j@x>"},
      {"a comment after the brackets", "<j@x> (John)", "John<j@x>"},
      {"a comment between", "John (the) Doe <j@x>", "John Doe<j@x>"},
      {"quoted local part", "\"a b\"@x", "<\"a b\"@x>"},
      {"needless quotes go", "\"ab\"@x", "<ab@x>"},
      {"quotes in the middle", "a.\"b c\".d@x", "<\"a.b c.d\"@x>"},
      {"domain literal", "a@[IPv6:2001:DB8::1]", "<a@[ipv6:2001:db8::1]>"},
      {"obsolete route", "J <@h.example,@i.example:j@x>", "J<j@x>"},
      {"obsolete blanks", "< a . b @ c . d >", "<a.b@c.d>"},
      {"obsolete dots in names", "John Q. Public <j@x>", "John Q. Public<j@x>"},
      {"null", "<>", "<>"},
      {"named null", "Mailer <>", "Mailer<>"},
      {"the domain in small letters", "J@X.EXAMPLE.", "<J@x.example>"},
      {"encoded name", "=?utf-8?Q?Andr=C3=A9?= =?utf-8?Q?_X?= <a@x>", "André X<a@x>"},
      {"raw UTF-8", "Andr\xC3\xA9 <andr\xC3\xA9@x>", "André<andré@x>"},
      {"raw bytes", "Andr\xE9 <andr\xE9@x\xE9>", "André<andré@xé>"},
      {"empty", "", ""},
      {"only commas", " , ,, ", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("addresses: broken lists give their most useful reading") {
  const Case cases[] = {
      {"a comma in the name", "Doe, John <j@x>, a@b", "Doe, John<j@x> | <a@b>"},
      {"a bare word before an address", "root, a@b", "<root> | <a@b>"},
      {"bare words", "John Smith", "John Smith<>"},
      {"a bare quoted name", "\"John\"", "John<>"},
      {"a missing comma", "a@b c@d", "<a@b> | <c@d>"},
      {"a missing comma and names", "A B a@b C c@d D", "A B<a@b> | C D<c@d>"},
      {"a missing comma and brackets", "A <a@b> B <c@d>", "A<a@b> | B<c@d>"},
      {"blanks around the at sign and a dot behind it", "John a @ b . c Doe", "John Doe<a@b.c>"},
      {"a dot at the end of a sentence", "a@b. John", "John<a@b>"},
      {"no brackets", "John Q. a@b", "John Q.<a@b>"},
      {"the name behind", "a@b John", "John<a@b>"},
      {"the name behind brackets", "<a@b> John", "John<a@b>"},
      {"an address as name", "pay@bank.example <evil@x>", "pay@bank.example<evil@x>"},
      {"a quoted address as name", "\"pay@bank.example\" <evil@x>", "pay@bank.example<evil@x>"},
      {"two brackets", "A <a@b> <c@d>", "A<a@b> | <c@d>"},
      {"two at signs", "a@b@c", "<\"a@b\"@c>"},
      {"two at signs in brackets", "<a@b@c>", "<\"a@b\"@c>"},
      {"no closing bracket", "A <a@b, C <c@d>", "A<a@b> | C<c@d>"},
      {"no closing bracket at all", "A <a@b", "A<a@b>"},
      {"a bracket opens in a bracket", "A <a@b <c@d>", "A<a@b> | <c@d>"},
      {"doubled brackets", "A <<a@b>>", "A<a@b>"},
      {"a stray closing bracket", "a@b>", "<a@b>"},
      {"a quote without end", "\"John <a@b>, c@d", "John<a@b> | <c@d>"},
      {"a quote in the middle", "Jo\"hn <a@b>", "John<a@b>"},
      {"a comment without end", "John (x <a@b>", "John (x<a@b>"},
      {"a literal without end", "a@[1.2.3.4, c@d", "<a@[1.2.3.4> | <c@d>"},
      {"square brackets in a name", "[SPAM] John <a@b>", "[SPAM] John<a@b>"},
      {"semicolons of Outlook", "a@b; C <c@d>;", "<a@b> | C<c@d>"},
      {"a colon in the name", "Re: offer <a@b>", "Re: offer<a@b>"},
      {"a link", "<mailto:a@b>", "<a@b>"},
      {"a bare link", "mailto:a@b", "<a@b>"},
      {"double dots", "a..b@c", "<a..b@c>"},
      {"a blank in the local part", "<a b@c>", "<\"a b\"@c>"},
      {"no local part", "<@b>", "<@b>"},
      {"no domain", "<a@>", "<a>"},
      {"a word in brackets", "<root>", "<root>"},
      {"all encoded", "=?utf-8?Q?John_=3Ca=40b=3E?=", "John<a@b>"},
      {"all encoded, no address", "=?utf-8?Q?John?=", "John<>"},
      {"specials in an encoded word", "=?utf-8?Q?Doe,_<John>?= <a@b>", "Doe, <John><a@b>"},
      {"NULs", "A\0B <a\0@b>"s, "AB<a@b>"},
      {"line ends in an encoded name", "=?utf-8?Q?A=0D=0AB?= <a@b>", "A  B<a@b>"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("addresses: no more than asked for") {
  CHECK(shown("a@b,c@d,e@f", 2) == "<a@b> | <c@d>");
  CHECK(shown("a@b", 0).empty());
  CHECK(shown("A <a@b <c@d", 1) == "A<a@b>");
  CHECK(shown("a@b c@d e@f", 2) == "<a@b> | <c@d>");
}

TEST_CASE("addresses: text made to be slow takes linear time") {
  for (const std::string piece :
       {"(",   "\"", "<",    ">",   "@",     ",",  ";",    ":",  "[", "=?",   "=?a?Q?",
        "a@[", "a ", "a@b:", "(a)", "\"a\"", "a,", "<@a:", "\\", ".", "a <b", "a@b <c> "}) {
    INFO(piece);
    std::string text;
    while (text.size() < 1'000'000)
      text += piece;
    CHECK(parse_addresses(text, 1000).size() <= 1000);
    CHECK(parse_addresses("a@b " + text, 1'000'000).size() <= 1'000'000);
  }
}

TEST_CASE("paths: envelope addresses, with brackets or without") {
  const Case cases[] = {
      {"plain", "a@B.Example", "a|b.example|a@b.example"},
      {"brackets", "<a@b>", "a|b|a@b"},
      {"null", "", "||"},
      {"null in brackets", "<>", "||"},
      {"quoted", "\"quoted local\"@b", "quoted local|b|\"quoted local\"@b"},
      {"quoted, all in it", "<\"a> b\\\"c@d\"@x.example>", "a> b\"c@d|x.example|\"a> b\\\"c@d\"@x.example"},
      {"no domain", "postmaster", "postmaster||postmaster"},
      {"route", "<@h,@i:a@b>", "a|b|a@b"},
      {"two at signs", "a@b@c", "a@b|c|\"a@b\"@c"},
      {"a quote without end", "\"a@b", "\"a|b|\"\\\"a\"@b"},
      {"invalid bytes", "\xFF@b", "ÿ|b|ÿ@b"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Mailbox mailbox = parse_path(c.text);
    CHECK(mailbox.local + "|" + mailbox.domain + "|" + mailbox.address() == c.want);
  }
}
