#include "proto/mail/html_style.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <string_view>

using namespace xspamd;

namespace {

// "rrggbb" or "rrggbb/alpha in percent".
std::string shown(const std::optional<Colour>& colour) {
  if (!colour) return "-";
  const std::string rgb = fmt::format("{:02x}{:02x}{:02x}", colour->red, colour->green, colour->blue);
  return colour->alpha == 1 ? rgb : rgb + fmt::format("/{:.0f}", colour->alpha * 100);
}

struct Row {
  const char* text;
  const char* want;
};

double font(std::string_view declarations, double parent = 16) {
  return parse_style(declarations, parent).font_pixels.value_or(-1);
}

}  // namespace

TEST_CASE("colours: names, hex digits and functions of CSS") {
  const Row rows[] = {{"red", "ff0000"},
                      {" ReD\n", "ff0000"},
                      {"rebeccapurple", "663399"},
                      {"lightgoldenrodyellow", "fafad2"},
                      {"transparent", "000000/0"},
                      {"WindowText", "000000"},
                      {"#f0a", "ff00aa"},
                      {"#F0a8", "ff00aa/53"},
                      {"#ff00aa", "ff00aa"},
                      {"#ff00aa00", "ff00aa/0"},
                      {"#ff00a", "-"},
                      {"#ggg", "-"},
                      {"ff00aa", "-"},
                      {"rgb(1,2,3)", "010203"},
                      {"rgb( 1 , 2 , 3 )", "010203"},
                      {"RGB(100% 0% 50%)", "ff0080"},
                      {"rgb(1 2 3 / 50%)", "010203/50"},
                      {"rgba(1,2,3,.5)", "010203/50"},
                      {"rgba(300,-5,3.6,7)", "ff0004"},
                      {"rgb(none 2 3)", "000203"},
                      {"rgb(1,2)", "-"},
                      {"rgb(1,2,3,4,5)", "-"},
                      {"rgb(a,b,c)", "-"},
                      {"rgb(1,2,3", "010203"},
                      {"hsl(120,100%,50%)", "00ff00"},
                      {"hsl(-240deg 100% 50%)", "00ff00"},
                      {"hsl(0.5turn 100% 50% / 0)", "00ffff/0"},
                      {"hsla(200grad,100%,50%,1)", "00ffff"},
                      {"hsl(3.14159265rad,100%,50%)", "00ffff"},
                      {"hsl(0,0%,100%)", "ffffff"},
                      {"color(srgb 1 1 1)", "-"},
                      {"nosuch", "-"},
                      {"lightgoldenrodyellowlightgoldenrodyellow", "-"},
                      {"#", "-"},
                      {"", "-"}};
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(shown(parse_colour(row.text)) == row.want);
  }
}

TEST_CASE("colours: attributes of old HTML take anything") {
  const Row rows[] = {{"ff00aa", "ff00aa"},
                      {"#ff00aa", "ff00aa"},
                      {"#f0a", "ff00aa"},
                      {"f0a", "0f000a"},
                      {"Red", "ff0000"},
                      {"chucknorris", "c00000"},
                      {"#zqbttv", "00b000"},
                      {"0", "000000"},
                      {"000000000000000000000000001", "000001"},
                      {"ffff00000000ffff", "ff00ff"},
                      {"\U0001F600\u00e4\u20ac", "000000"},
                      {"transparent", "-"},
                      {" ", "-"},
                      {"", "-"}};
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(shown(parse_colour(row.text, true)) == row.want);
  }
}

TEST_CASE("colours: what is nearly the background cannot be read") {
  const auto readable = [](std::string_view text, std::string_view background) {
    return is_readable(*parse_colour(text), *parse_colour(background));
  };
  CHECK(readable("black", "white"));
  CHECK(readable("yellow", "white"));
  CHECK(readable("#ccc", "white"));
  CHECK(readable("blue", "black"));
  CHECK(readable("#333", "black"));
  CHECK(!readable("white", "white"));
  CHECK(!readable("#eee", "white"));
  CHECK(!readable("#fffff0", "white"));
  CHECK(!readable("#0e0e0e", "black"));
  CHECK(!readable("#0000ee", "blue"));
  CHECK(!readable("transparent", "white"));
  CHECK(!readable("rgba(0,0,0,.05)", "white"));
  CHECK(readable("rgba(0,0,0,.5)", "white"));
}

TEST_CASE("styles: sizes of fonts are pixels") {
  CHECK(font("font-size:10px") == Approx(10));
  CHECK(font("font-size: 12PT ") == Approx(16));
  CHECK(font("font-size:2em", 10) == Approx(20));
  CHECK(font("font-size:50%", 10) == Approx(5));
  CHECK(font("font-size:2ex", 10) == Approx(10));
  CHECK(font("font-size:2rem", 10) == Approx(32));
  CHECK(font("font-size:smaller", 12) == Approx(10));
  CHECK(font("font-size:xx-small") == Approx(9));
  CHECK(font("font-size:1in") == Approx(96));
  CHECK(font("font-size:2.54cm") == Approx(96));
  CHECK(font("font-size:+.5px") == Approx(.5));
  CHECK(font("font-size:1") == Approx(1));
  CHECK(font("font-size:1e1px") == Approx(10));
  CHECK(font("font: italic bold .5px/30px Georgia, serif") == Approx(.5));
  CHECK(font("font:inherit", 7) == Approx(7));
  CHECK(font("font:400 Arial") == -1);
  CHECK(font("font-size:-1px") == -1);
  CHECK(font("font-size:1furlong") == -1);
  CHECK(font("font-size:inf") == -1);
  CHECK(font("font-size:1e999px") == -1);
  CHECK(font("font-size:5px;font-size:oops") == Approx(5));
}

TEST_CASE("styles: later declarations win, important ones over all") {
  CHECK(parse_style("display:none;display:inline", 16).shown == true);
  CHECK(parse_style("display:none!important;display:inline", 16).shown == false);
  CHECK(parse_style("display:none;display:nosuch", 16).shown == false);
  CHECK(parse_style("color:red;color:inherit", 16).inherits_colour);
  CHECK(parse_style("color:inherit;color:red", 16).colour == parse_colour("red"));
  const StyleRule rule = parse_declarations("color:red;opacity:.5 ! IMPORTANT", 16);
  CHECK(rule.usual.colour == parse_colour("red"));
  REQUIRE(rule.important.has_value());
  CHECK(rule.important->opacity == .5);
}

TEST_CASE("styles: what is missing comes from the weaker one") {
  Style style = parse_style("color:red;width:5px", 16);
  style.inherit_missing(
      parse_style("color:blue;height:6px;display:block;text-indent:-9999px;font-size:2em", 16));
  CHECK(style.colour == parse_colour("red"));
  CHECK(style.width == 5);
  CHECK(style.height == 6);
  CHECK(style.flow == Flow::block);
  CHECK(style.off_screen);
  style.set_parent_font(10);
  CHECK(style.font_pixels == 20);
}

TEST_CASE("styles: backgrounds are a colour, or not known") {
  const auto background = [](std::string_view value) {
    const Style style = parse_style("background:" + std::string(value), 16);
    return shown(style.background) + (style.background_image == true ? "+image" : "");
  };
  CHECK(background("red") == "ff0000");
  CHECK(background("#fff url(a;b.png) no-repeat") == "ffffff+image");
  CHECK(background("url('a,b'),linear-gradient(rgba(0,0,255,.5),red),60px 60px,red") == "ff0000+image");
  CHECK(background("url(a)#fff") == "ffffff+image");
  CHECK(background("none") == "000000/0");
  CHECK(background("rgb(1, 2, 3)") == "010203");
  CHECK(parse_style("background-image:none", 16).background_image == false);
  CHECK(parse_style("background:url(a);background:red", 16).background_image == false);
}

TEST_CASE("styles: strings, brackets, comments and escapes hide delimiters") {
  CHECK(parse_style("a:';display:none';color:red", 16).shown == std::nullopt);
  CHECK(parse_style("a:url(;display:none;);color:red", 16).colour == parse_colour("red"));
  CHECK(parse_style("a:\"x\\\";display:none", 16).shown == std::nullopt);
  CHECK(parse_style("a:'x\n;display:none", 16).shown == false);  // a line end ends a string
  CHECK(parse_style("/* a;b */ display /**/ : /**/ none", 16).shown == false);
  CHECK(parse_style("a:'/*';display:none", 16).shown == false);
  CHECK(parse_style("dis\\70 lay:n\\00006fne", 16).shown == false);
  CHECK(parse_style("\\", 16) == Style{});
  CHECK(parse_style(";;:;a;:b;color:;", 16) == Style{});
}

TEST_CASE("styles: addresses are collected") {
  const Style style = parse_style("background:url( 'a\\62 c' ), URL(d) ; x:url(\"e", 16);
  REQUIRE(style.urls.size() == 3);
  CHECK(style.urls[0] == "abc");
  CHECK(style.urls[1] == "d");
  CHECK(style.urls[2] == "e");
}
