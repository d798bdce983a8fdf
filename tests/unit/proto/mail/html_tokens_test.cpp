#include "proto/mail/html_tokens.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using namespace xspamd;

namespace {

// "TYPE name" of each token with what belongs to it, between "|"; texts that follow each other as one.
std::string rendered(HtmlTokenizer& tokenizer) {
  std::string all;
  bool text_before = false;
  for (HtmlToken token; tokenizer.next(token);) {
    const bool text = token.type == HtmlToken::Type::text;
    if (!all.empty() && !(text && text_before)) all += '|';
    if (text) all += token.text;
    if (token.type == HtmlToken::Type::comment) all += fmt::format("!{}", token.text);
    if (token.type == HtmlToken::Type::end_tag) all += fmt::format("</{}>", token.name);
    if (token.type == HtmlToken::Type::start_tag) {
      all += fmt::format("<{}", token.name);
      for (const HtmlAttribute& attribute : token.attributes)
        all += fmt::format(" {}={}", attribute.name, attribute.value);
      all += token.self_closing ? " />" : ">";
    }
    if (token.type == HtmlToken::Type::doctype) {
      all += fmt::format("doctype {}", token.name);
      if (token.has_public_id) all += fmt::format(" public={}", token.public_id);
      if (token.has_system_id) all += fmt::format(" system={}", token.system_id);
      if (token.force_quirks) all += " quirks";
    }
    text_before = text;
  }
  return all;
}

std::string tokens(std::string_view source) {
  HtmlTokenizer tokenizer(source);
  return rendered(tokenizer);
}

struct Row {
  std::string_view source;
  std::string_view want;
};

void check(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    INFO(row.source);
    CHECK(tokens(row.source) == row.want);
  }
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i)
    all += piece;
  return all;
}

}  // namespace

TEST_CASE("html: tags are read with their attributes, quoted, unquoted or without value") {
  check({{"<P Class=x ID='a b' title=\"c\" hidden>d</P >", "<p class=x id=a b title=c hidden=>|d|</p>"},
         {"<br/><br / ><img src=a/>", "<br />|<br>|<img src=a/>"},
         {"<a\r\nhref\t=\r'x'\fb=1>", "<a href=x b=1>"},
         {"<a href='x'id=y>", "<a href=x id=y>"},
         {"<a =b=c>", "<a =b=c>"},
         {"<a b=>", "<a b=>"},
         {"<a b= c>", "<a b=c>"},
         {"<a b=\"\" c=''>", "<a b= c=>"},
         {"<a b'c\"<d>", "<a b'c\"<d=>"},
         {"<a/b/c=d/>", "<a b= c=d/>"},
         {"<a b=1 B=2 c=3 b>", "<a b=1 c=3>"},
         // Names whose FNV-1a hashes are the same.
         {"<a costarring=1 liquid=2 liquid=3>", "<a costarring=1 liquid=2>"},
         {"<a b='1\r\n2\r3'>", "<a b=1\n2\n3>"},
         {"</a b=c/>", "</a>"},
         {"<a<b>", "<a<b>"},
         {"<\xc3\xa4>", "<\xc3\xa4>"},
         {"<A\xc3\x84>", "<a\xc3\x84>"}});
}

TEST_CASE("html: a tag that never ends is nothing") {
  check({{"a<b", "a"},
         {"a<b c", "a"},
         {"a<b c=", "a"},
         {"a<b c=d", "a"},
         {"a<b c='d>e", "a"},
         {"a<b c=\"d\"", "a"},
         {"a<b /", "a"},
         {"a</b", "a"}});
}

TEST_CASE("html: a less-than sign that starts nothing is text") {
  check({{"a < b <", "a < b <"},
         {"1<2", "1<2"},
         {"<<b>", "<|<b>"},
         {"a</", "a</"},
         {"a</>b", "ab"},
         {"a</ b>c", "a|! b|c"},
         {"", ""}});
}

TEST_CASE("html: comments end where browsers end them") {
  check({{"<!--a-->b", "!a|b"},
         {"<!-->b", "!|b"},
         {"<!--->b", "!|b"},
         {"<!---->b", "!|b"},
         {"<!----->b", "!-|b"},
         {"<!--a--!>b", "!a|b"},
         {"<!--a--!b-->c", "!a--!b|c"},
         {"<!--a--!-->b", "!a--!|b"},
         {"<!--a<!--b-->c-->", "!a<!--b|c-->"},
         {"<!--a<!-->b", "!a<!|b"},
         {"<!--[if mso]><p>a</p><![endif]-->b", "![if mso]><p>a</p><![endif]|b"},
         {"<![if !mso]>a<![endif]>", "![if !mso]|a|![endif]"},
         {"<!--a\r\nb-->", "!a\nb"},
         {std::string_view("<!--a\0b-->", 10),
          "!a\xef\xbf\xbd"
          "b"}});
}

TEST_CASE("html: a comment that never ends is a comment") {
  check({{"a<!--b<p>c", "a|!b<p>c"},
         {"<!--", "!"},
         {"<!---", "!"},
         {"<!--a-", "!a"},
         {"<!--a--", "!a"},
         {"<!--a---", "!a-"},
         {"<!--a--!", "!a"},
         {"<!--a-!", "!a-!"},
         {"<!--a>b", "!a>b"}});
}

TEST_CASE("html: other markup is a comment up to the next greater-than sign") {
  check({{"<?xml a='>'?>b", "!?xml a='|'?>b"},
         {"<!a-->b", "!a--|b"},
         {"<!-a-->b", "!-a--|b"},
         {"<![CDATA[a<b>]]>c", "![CDATA[a<b|]]>c"},
         {"<!", "!"},
         {"<?", "!?"},
         {"</1>a", "!1|a"}});
}

TEST_CASE("html: doctypes give their identifiers") {
  check({{"<!DOCTYPE HTML>", "doctype html"},
         {"<!doctype html PUBLIC \"-//W3C//DTD XHTML 1.0\" 'http://a'>",
          "doctype html public=-//W3C//DTD XHTML 1.0 system=http://a"},
         {"<!doctype html public 'a'\"b\">", "doctype html public=a system=b"},
         {"<!doctype html system'a' b>c", "doctype html system=a|c"},
         {"<!doctypehtml>", "doctype html"},
         {"<!doctype>", "doctype  quirks"},
         {"<!doctype html", "doctype html quirks"},
         {"<!doctype html a>b", "doctype html quirks|b"},
         {"<!doctype html public>b", "doctype html quirks|b"},
         {"<!doctype html public 'a>b", "doctype html public=a quirks|b"},
         {"<!doctype html public 'a' x>b", "doctype html public=a quirks|b"},
         {"<!doctype html system 'a'", "doctype html system=a quirks"},
         {"<!doctype html system 'a", "doctype html system=a quirks"}});
}

TEST_CASE("html: character references in text are the longest name that is known") {
  check({{"&lt;b&gt; &AMP; &nbsp;|", "<b> & \xc2\xa0|"},
         {"&amp", "&"},
         {"&notit; &notin; &not",
          "\xc2\xac"
          "it; \xe2\x88\x89 \xc2\xac"},
         {"&copy=1", "\xc2\xa9=1"},
         {"&nGt;", "\xe2\x89\xab\xe2\x83\x92"},
         {"&CounterClockwiseContourIntegral;", "\xe2\x88\xb3"},
         {"AT&T & &; &unknown; &Lt", "AT&T & &; &unknown; &Lt"},
         {"&", "&"},
         {"&l&lt", "&l<"}});
}

TEST_CASE("html: numeric references give characters, never half ones") {
  check(
      {{"&#65;&#x42;&#X43&#68 ", "ABCD "},
       {"&#147;&#x94;&#128;&#129;", "\xe2\x80\x9c\xe2\x80\x9d\xe2\x82\xac\xc2\x81"},
       {"&#0;&#xd800;&#x110000;&#99999999999999999999;", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
       {"&#x10ffff;&#128512;", "\xf4\x8f\xbf\xbf\xf0\x9f\x98\x80"},
       {"&#; &#x; &#xg &# &#", "&#; &#x; &#xg &# &#"},
       {"&#13;&#10;", "\r\n"}});
}

TEST_CASE("html: in attributes a name without semicolon before a letter, digit or equals sign is none") {
  check({{"<a href='?a=1&copy=2&lt3&amp;b&reg&para;'>", "<a href=?a=1&copy=2&lt3&b\xc2\xae\xc2\xb6>"},
         {"<a b=&lt;&lt>", "<a b=<<>"},
         {"<a b=&#106avascript&#58;x>", "<a b=javascript:x>"}});
  CHECK(decode_html_references("a&copyb&lt;", true) == "a&copyb<");
  CHECK(decode_html_references("a&copyb&lt;", false) ==
        "a\xc2\xa9"
        "b<");
}

TEST_CASE("html: the content of some elements is raw text") {
  check({{"<title>a<b>&lt;</title>c", "<title>|a<b><|</title>|c"},
         {"<TEXTAREA><p></TEXTAREAS></TeXtArEa\n>a", "<textarea>|<p></TEXTAREAS>|</textarea>|a"},
         {"<style>a&lt;</p></style/>b", "<style>|a&lt;</p>|</style>|b"},
         {"<xmp><b></xmp><iframe><b></iframe>", "<xmp>|<b>|</xmp>|<iframe>|<b>|</iframe>"},
         {"<noscript><b>", "<noscript>|<b>"},
         {"<plaintext><b></plaintext>", "<plaintext>|<b></plaintext>"},
         {"<title>a</title", "<title>|a</title"},
         {"<title>a</title b", "<title>|a"},
         {"<title></title>", "<title>|</title>"}});
}

TEST_CASE("html: a script in a comment of a script hides the end of the script") {
  check({{"<script>a<!--<script>b</script>c</script>d", "<script>|a<!--<script>b</script>c|</script>|d"},
         {"<script><!--<script>--></script>d", "<script>|<!--<script>-->|</script>|d"},
         {"<script><!--<script></script><script>--></script>d",
          "<script>|<!--<script></script><script>-->|</script>|d"},
         {"<script><!--a</script>b", "<script>|<!--a|</script>|b"},
         {"<script><!--><script></script>b", "<script>|<!--><script>|</script>|b"},
         {"<script><!--<scripty></script>b", "<script>|<!--<scripty>|</script>|b"},
         {"<script><!-<script></script>b", "<script>|<!-<script>|</script>|b"}});
}

TEST_CASE("html: CDATA ends with two brackets and is no other text") {
  HtmlTokenizer tokenizer("a<b>&lt;]]]>c<b>", false);
  tokenizer.set_state(HtmlState::cdata, "");
  CHECK(rendered(tokenizer) == "a<b>&lt;]c|<b>");
}

TEST_CASE("html: without switches by tag a title is like other tags") {
  HtmlTokenizer tokenizer("<title><b>", false);
  CHECK(rendered(tokenizer) == "<title>|<b>");
}

TEST_CASE("html: line ends are LF, NUL stays in text and is replaced elsewhere") {
  check({{"a\r\nb\rc\nd\r\r\n", "a\nb\nc\nd\n\n"},
         {std::string_view("a\0b", 3), std::string_view("a\0b", 3)},
         {std::string_view("<a\0b c\0=\0>", 10),
          "<a\xef\xbf\xbd"
          "b c\xef\xbf\xbd=\xef\xbf\xbd>"},
         {std::string_view("<title>\0</title>", 16), "<title>|\xef\xbf\xbd|</title>"}});
}

TEST_CASE("html: text and values that need no decoding are views into the source") {
  const std::string source = "plain text<a href='http://a.example/'>";
  const auto inside = [&](std::string_view part) {
    return part.data() >= source.data() && part.data() + part.size() <= source.data() + source.size();
  };
  HtmlTokenizer tokenizer(source);
  HtmlToken token;
  REQUIRE(tokenizer.next(token));
  CHECK(inside(token.text));
  REQUIRE(tokenizer.next(token));
  CHECK((inside(token.name) && inside(token.attributes[0].name) && inside(token.attributes[0].value)));
  CHECK_FALSE(tokenizer.next(token));
  CHECK(token.type == HtmlToken::Type::end);
  CHECK_FALSE(tokenizer.next(token));
}

TEST_CASE("html: tokens tell where they stand in the source") {
  const std::string_view source = "a&amp;b\r\n</><p x='&lt;'>c</p><!--d-->e";
  HtmlTokenizer tokenizer(source);
  std::string pieces;
  for (HtmlToken token; tokenizer.next(token);)
    pieces += fmt::format("{}|", source.substr(token.begin, token.end - token.begin));
  CHECK(pieces == "a&amp;b\r\n|<p x='&lt;'>|c|</p>|<!--d-->|e|");
}

TEST_CASE("html: attributes over the limit and the ends of overlong names and values are left out") {
  std::string source = "<a";
  for (int i = 0; i < 1000; ++i)
    source += fmt::format(" x{}=1", i);
  HtmlToken token;
  source += ">";
  HtmlTokenizer many(source);
  REQUIRE(many.next(token));
  CHECK(token.attributes.size() == HtmlTokenizer::kMostAttributes);
  CHECK(token.attributes.back().name == "x255");

  const std::string umlauts = repeated("\xc3\xa4", 100000);
  const std::string longest = fmt::format("<a{0} b{0}='c{0}'>", umlauts);
  HtmlTokenizer large(longest);
  REQUIRE(large.next(token));
  CHECK(token.name.size() == HtmlTokenizer::kLongestName - 1);
  CHECK(token.attributes.at(0).name.size() == HtmlTokenizer::kLongestName - 1);
  CHECK(token.attributes.at(0).value.size() == HtmlTokenizer::kLongestValue - 1);
}

TEST_CASE("html: text of any length comes whole, in pieces") {
  const std::string plain = repeated("0123456789abcdef", 10000);
  CHECK(tokens(plain + "&amp;" + plain) == plain + "&" + plain);
  CHECK(tokens(repeated("a line\r\n", 10000)) == repeated("a line\n", 10000));
  CHECK(tokens(repeated("&#13;&lt", 30000)) == repeated("\r<", 30000));
}
