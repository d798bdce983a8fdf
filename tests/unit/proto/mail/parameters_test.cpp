#include "proto/mail/parameters.h"

#include <catch2/catch.hpp>

#include "proto/base/text.h"

using namespace xspamd;
using namespace std::string_literals;

namespace {

std::string shown(std::string_view raw) {
  mail::Charsets charsets;
  const mail::ContentField field = mail::parse_content_field(raw, charsets);
  std::string line = field.value;
  for (const mail::Parameter& parameter : field.parameters)
    line += " | " + parameter.name + "=" + parameter.value;
  return line;
}

struct Case {
  std::string why, field, want;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.field) == c.want);
  }
}

}  // namespace

TEST_CASE("parameters: the value is read without comments, blanks and quotes, in lower case") {
  check({
      {"plain", " Text/HTML", "text/html"},
      {"blanks", " message / rfc822 ", "message/rfc822"},
      {"comments", "(hello) text (plain) / (world) plain (eod); charset=us-ascii",
       "text/plain | charset=us-ascii"},
      {"quotes", "\"text/html\"", "text/html"},
      {"a comma for the semicolon", "text/html, charset=utf-8", "text/html | charset=utf-8"},
      {"no semicolon", "multipart/mixed\r\n\tboundary=\"b\"", "multipart/mixed | boundary=b"},
      {"a comment without end", "text/plain (x; a=b", "text/plain(x | a=b"},
      {"nothing", "", ""},
      {"no value", "; charset=x", " | charset=x"},
      {"8-bit", "text/\xe4", "text/\xc3\xa4"},
  });
}

TEST_CASE("parameters: broken ones give the most useful reading") {
  check({
      {"blanks around the sign", "t/p; a = b; c= \"d\"", "t/p | a=b | c=d"},
      {"a comment", "t/p; (one) a=b (two); c=d", "t/p | a=b | c=d"},
      {"escapes", "t/p; a=\"x\\\"y\\\\z; q\"", "t/p | a=x\"y\\z; q"},
      {"folding inside quotes", "t/p; a=\"foo\r\n bar\"", "t/p | a=foo bar"},
      {"semicolons galore", "t/p ;;; ; a=b;", "t/p | a=b"},
      {"no semicolon between", "t/p; a=b\r\n c=\"d\" e=f", "t/p | a=b | c=d | e=f"},
      {"a quote without end", "t/p; a=\"x y", "t/p | a=x y"},
      {"a quote without end swallows nothing", "t/p; a=\"x; c=d", "t/p | a=x | c=d"},
      {"text behind quotes", "t/p; a=\"x\" y; c=d", "t/p | a=x | c=d"},
      {"no sign", "t/p; a; b c=d", "t/p | c=d"},
      {"no name", "t/p; =x; \"=y; a=b", "t/p | \"=y | a=b"},
      {"no value", "t/p; a=; b=\"\"; c=d", "t/p | c=d"},
      {"doubled: the first counts", "t/p; a=1; A=2", "t/p | a=1"},
      {"names in any case", "t/p; ChArSeT=UTF-8", "t/p | charset=UTF-8"},
      {"a file name with blanks and without quotes", "t/p; name=my big file.pdf; a=b",
       "t/p | name=my big file.pdf | a=b"},
      {"and without a semicolon behind", "t/p; name=my file.pdf size=3", "t/p | name=my file.pdf | size=3"},
      {"anything else ends at the blank", "t/p; charset=utf-8 (x) y", "t/p | charset=utf-8"},
      {"a comma for the semicolon", "t/p; a=b, c=d", "t/p | a=b | c=d"},
      {"a comma in a file name", "t/p; name=a,b.pdf", "t/p | name=a,b.pdf"},
      {"a NUL", "t/p; a=\"x\0y\""s, "t/p | a=xy"},
  });
}

TEST_CASE("parameters: encoded words and raw bytes are text too") {
  check({
      {"quoted", "t/p; name=\"=?utf-8?Q?=C3=A4?=.gif\"", "t/p | name=\xc3\xa4.gif"},
      {"unquoted", "t/p; name==?iso-8859-1?B?5A==?=.gif", "t/p | name=\xc3\xa4.gif"},
      {"several", "t/p; name==?iso-8859-1?Q?=E4?= =?utf-8?Q?b?=.gif",
       "t/p | name=\xc3\xa4"
       "b.gif"},
      {"folded", "t/p; name=\"=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=\"", "t/p | name=ab"},
      {"raw UTF-8", "t/p; name=\"\xc3\xa4\"", "t/p | name=\xc3\xa4"},
      {"raw windows-1252", "t/p; name=\"\x80.txt\"", "t/p | name=\xe2\x82\xac.txt"},
  });
}

TEST_CASE("parameters: RFC 2231 splits values and names their charset") {
  check({
      {"charset", "t/p; title*=us-ascii'en-us'This%20is%20%2A", "t/p | title=This is *"},
      {"latin1", "t/p; name*=iso-8859-1''%E4.txt", "t/p | name=\xc3\xa4.txt"},
      {"in quotes, against the rules", "t/p; name*=\"iso-8859-1''%E4.txt\"", "t/p | name=\xc3\xa4.txt"},
      {"no charset", "t/p; name*=''a%20b", "t/p | name=a b"},
      {"no quotes at all", "t/p; name*=a%20b", "t/p | name=a b"},
      {"an unknown charset", "t/p; name*=x''%E4", "t/p | name=\xc3\xa4"},
      {"broken percent signs", "t/p; name*=utf-8''%zz%4", "t/p | name=%zz%4"},
      {"sections", "t/p; url*0=\"ftp://\"; url*1=\"x.org/\"", "t/p | url=ftp://x.org/"},
      {"out of order", "t/p; a*2=z; a*0=x; b=c; a*1=y", "t/p | a=xyz | b=c"},
      {"numbers missing", "t/p; a*7=z; a*1=x", "t/p | a=xz"},
      {"ten and two", "t/p; a*10=j; a*2=c; a*0=a", "t/p | a=acj"},
      {"a section twice", "t/p; a*0=x; a*0=y; a*1=z", "t/p | a=xz"},
      {"both, mixed", "t/p; a*0*=utf-8'en'%C3; a*1*=%A4; a*2=%41", "t/p | a=\xc3\xa4%41"},
      {"the charset again in each section", "t/p; a*0*=iso-8859-1''%E4; a*1*=iso-8859-1'%E4",
       "t/p | a=\xc3\xa4\xc3\xa4"},
      {"encoded words in sections", "t/p; name*0=\"=?utf-8?Q?a\"; name*1=\"b?=\"", "t/p | name=ab"},
      {"it wins over the plain one", "t/p; name=x; name*=utf-8''y", "t/p | name=y"},
      {"also when it comes first", "t/p; name*0=y; name=x", "t/p | name=y"},
      {"stars all over", "t/p; *5**6*=d; 4***=c; a*99999999999=b", "t/p | 5=d | 4=c | a=b"},
  });
}

TEST_CASE("parameters: the bytes of a value are kept as they stand") {
  mail::Charsets charsets;
  const auto field = mail::parse_content_field("multipart/mixed; boundary=\"=?x?Q?\xe4?=\"", charsets);
  REQUIRE(field.find("boundary") != nullptr);
  CHECK(field.parameters.front().bytes == "=?x?Q?\xe4?=");
  CHECK(field.find("charset") == nullptr);
}

TEST_CASE("parameters: a huge field is read in part") {
  std::string field = "t/p";
  for (int i = 0; i < 5000; ++i)
    field += ";a" + std::to_string(i) + "=b";
  mail::Charsets charsets;
  CHECK(mail::parse_content_field(field, charsets).parameters.size() == 1000);
  for (const std::string shape : {"(", "\"", "a=\"", "=", ";a*=", "\\", " ", "a ", "=?", "''"}) {
    std::string many = "t/p; name*=x; name=";
    while (many.size() < 200'000)
      many += shape;
    for (const auto& parameter : mail::parse_content_field(many, charsets).parameters)
      CHECK(is_utf8(parameter.value));
  }
}
