#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

std::string page(const std::string& html) {
  return "Content-Type: text/html; charset=utf-8\n\n<html><body>" + html;
}

std::string words(std::size_t count) {
  std::string text;
  while (count-- > 0)
    text += "word ";
  return text;
}

std::string repeated(std::size_t count, const std::string& html) {
  std::string text;
  while (count-- > 0)
    text += html;
  return text;
}

void check(const std::vector<test::CheckCase>& table) {
  for (const test::CheckCase& row : table) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("html", row) == row.hits);
  }
}

}  // namespace

TEST_CASE("html: pictures in the place of text") {
  const std::string picture = "<img src=cid:1@x width=300 height=200>";
  const std::string link = "<a href=http://x.example/>" + picture + "</a>";
  check({
      {"a picture and no text", page(picture), "R_EMPTY_IMAGE"},
      {"text enough", page(picture + words(20)), ""},
      {"a small one", page("<img src=cid:1@x width=100 height=50>"), ""},
      {"of unknown size", page("<img src=cid:1@x>"), ""},
      {"that is a link", page(link), "HTML_SHORT_LINK_IMG_1"},
      {"with a name", page("<a href=http://x.example/><img src=cid:1@x width=300 height=200 alt=Offer></a>"),
       "HTML_SHORT_LINK_IMG_1"},
      {"little text", page(link + words(250)), "HTML_SHORT_LINK_IMG_2"},
      {"not much text", page(link + words(350)), "HTML_SHORT_LINK_IMG_3"},
      {"much text", page(link + words(450)), ""},
      {"beside a link", page("<a href=http://x.example/>More</a> " + picture + words(20)), ""},
      {"the picture lies elsewhere",
       page("<a href=http://x.example/><img src=http://x.example/1.png width=300 height=200></a>"), ""},
      {"in its address",
       page("<a href=http://x.example/><img width=300 height=200 src=data:image/png;base64,AA></a>"),
       "HTML_SHORT_LINK_IMG_1 HAS_DATA_URI"},
  });
}

TEST_CASE("html: text that nobody sees") {
  const std::string tail = words(20);
  check({
      {"white on white", page("<font color=white>" + words(20) + "</font>" + tail),
       "R_WHITE_ON_WHITE[99 of 198]"},
      {"a word of it", page("<font color=white>word</font>" + tail), ""},
      {"white on black", page("<div style='background:black;color:white'>" + words(20) + "</div>"), ""},
      {"no size", page("<span style='font-size:0'>" + words(60) + "</span>" + tail), "ZERO_FONT[299]"},
      {"a preview", page("<span style='font-size:0'>" + words(10) + "</span>" + tail), "ZERO_FONT[49]x0.2"},
      {"small print", page("<span style='font-size:8px'>" + words(60) + "</span>" + tail), ""},
      {"many pieces", page(repeated(12, "<p style='display:none'>secret</p>") + tail),
       "MANY_INVISIBLE_PARTS[12]"},
      {"much in one", page("<p style='display:none'>" + words(60) + "</p>" + tail),
       "MANY_INVISIBLE_PARTS[1]x0.1"},
      {"a preview", page("<p style='display:none'>" + words(10) + "</p>" + tail), ""},
  });
}

TEST_CASE("html: where it leads") {
  check({
      {"a link", page("<a href=http://x.example/>More</a>"), ""},
      {"at once", page("<meta http-equiv=refresh content='0; url=http://x.example/'>"),
       "HTML_META_REFRESH_URL"},
      {"another meta", page("<meta http-equiv=content-type content='text/html; url=x'>"), ""},
      {"looks from afar", page("<link rel=stylesheet href=https://x.example/a.css?v=1>"), "EXT_CSS"},
      {"another link", page("<link rel=icon href=https://x.example/a.png>"), ""},
      {"a picture in its address", page("<img src='data:image/gif;base64,R0lG'>"), "HAS_DATA_URI"},
      {"a page in its address", page("<a href='data:text/html;charset=utf-8;base64,PGh0bWw+'>More</a>"),
       "HAS_DATA_URI DATA_URI_OBFU"},
      {"a page in words", page("<a href='data:text/html,hello'>More</a>"), "HAS_DATA_URI"},
      {"it only looks secure", page("<a href=http://x.example/>https://x.example/</a>"), "HTTP_TO_HTTPS"},
      {"it is secure", page("<a href=https://x.example/>http://x.example/</a>"), ""},
      {"a number", page("<a href=http://192.0.2.1:80/a>More</a>"), "HTTP_TO_IP"},
      {"a name with numbers", page("<a href=http://192.0.2.1.x.example/>More</a>"), ""},
      {"plain text is none", "Content-Type: text/plain\n\n<a href=http://192.0.2.1/>More</a>", ""},
  });
}
