#include "proto/mail/html.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "proto/base/text.h"

using namespace xspamd;

namespace {

// "visible|hidden", LF as "/".
std::string seen(std::string_view source) {
  const Html html = read_html(source, {});
  std::string text = html.visible + "|" + html.hidden;
  for (char& c : text)
    if (c == '\n') c = '/';
  return text;
}

struct Row {
  const char* source;
  const char* want;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.source);
    CHECK(seen(row.source) == row.want);
  }
}

// Why the first text that is hidden is.
std::string why(std::string_view source) {
  const Html html = read_html(source, {});
  for (std::size_t i = 0; i < std::size(html.hidden_characters); ++i)
    if (html.hidden_characters[i] > 0) return std::string(name(static_cast<Hiding>(i)));
  return "seen";
}

std::string links(std::string_view source) {
  std::string text;
  for (const HtmlLink& link : read_html(source, {}).links)
    text +=
        fmt::format("{} {}[{}]{};", name(link.kind), link.target, link.text, link.hidden ? " hidden" : "");
  return text;
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i)
    text += piece;
  return text;
}

}  // namespace

TEST_CASE("html: white space is folded, blocks and breaks end lines, words that tags cut stay whole") {
  check({{"a  b\r\n c", "a b c|"},
         {" <p>a</p>\n<p>b</p> ", "a/b|"},
         {"<p>a<p>b<div>c</div>d<br>e<hr>f", "a/b/c/d/e/f|"},
         {"a<br><br><br>b", "a/b|"},
         {"<table><tr><td>1<td>2<tr><td>3</table>x", "1 2/3/x|"},
         {"<ul><li>a<li>b</ul>", "a/b|"},
         {"<select><option>a<option>b</select>", "a/b|"},
         {"V<b></b>ia<!-- x -->gra", "Viagra|"},
         {"V<font color=red>i</font><i>ag</i><wbr>ra", "Viagra|"},
         {"V<span style='display:inline-block'>i</span>agra", "Viagra|"},
         {"V<div style='display:inline'>i</div>agra", "Viagra|"},
         {"<div style='display:inline-block'>Home</div><div style='display:inline-block'>Shop</div>",
          "Home Shop|"},
         {"a<span style='display:block'>b</span>c", "a/b/c|"},
         {"a\u00a0\u2003\u3000b", "a b|"},
         {"a&nbsp;&nbsp;b&#8203;c", "a b\u200bc|"},
         {"\u00e4\u00c2 \u20ac\u3042 \U0001F600  x", "\u00e4\u00c2 \u20ac\u3042 \U0001F600 x|"},
         {"<pre>a\nb  c</pre>d\ne", "a/b c/d e|"},
         {"<div style='white-space:pre-line'>a\nb<span style='white-space:normal'>c\nd</span></div>",
          "a/bc d|"},
         {"<textarea>a\n<b>b</textarea><button>c</button>", "a/<b>b c|"},
         {"a<img src=x>b<img src=y width=1 height=1>c", "a bc|"},
         {"12345678  1234567 12345678\t9", "12345678 1234567 12345678 9|"},
         {"", "|"}});
}

TEST_CASE("html: what is no text of the page is left out") {
  check({{"a<!-- b -->c", "ac|"},
         {"a<script>b</script><style>p{}</style>c", "ac|"},
         {"<head><title>t</title><meta name=x></head>a", "a|"},
         {"<template>a<p>b</p></template>c", "c|"},
         {"<noscript>a</noscript>", "a|"},
         {"<iframe>a</iframe><noframes>b</noframes><noembed>c</noembed>d", "d|"},
         {"<!--[if mso]>a<![endif]-->b<![if !mso]>c<![endif]>", "bc|"},
         {"<!--[if !mso]><!-->a<!--<![endif]-->", "a|"},
         {"a<![CDATA[b]]>c", "ac|"},
         {"a<!-- never ends", "a|"},
         {"<plaintext>a</plaintext>", "a</plaintext>|"},
         {"<svg><style/></svg>a", "a|"},
         {"<svg><title>a</title><text>b</text></svg>c", "bc|"},
         {"<datalist><option>a</datalist>b", "b|"}});
  CHECK(read_html("<title> a\n b</title><title>c</title>", {}).title == "a b");
  CHECK(read_html("<svg><title>a</title></svg><title>b</title>", {}).title == "b");
}

TEST_CASE("html: each way to hide has its name") {
  const Row rows[] = {
      {"<p style='display:none'>x", "display"},
      {"<p style='DISPLAY : None ! important'>x", "display"},
      {"<p style='d\\69splay:none'>x", "display"},
      {"<p style='display:/**/none'>x", "display"},
      {"<p style='dis/**/play:none'>x", "seen"},
      {"<p style='display:none;display:block'>x", "seen"},
      {"<p style='display:none;mso-hide:all'>x", "display"},
      {"<p style='mso-hide:all'>x", "seen"},
      {"<p style='visibility:hidden'>x", "visibility"},
      {"<p style='visibility:collapse'>x", "visibility"},
      {"<p style='font-size:0'>x", "font_size"},
      {"<p style='font-size:1px'>x", "font_size"},
      {"<p style='font-size:0.1em'>x", "font_size"},
      {"<p style='font-size:5%'>x", "font_size"},
      {"<p style='font-size:3px'>x", "seen"},
      {"<p style='font:0/0 a'>x", "font_size"},
      {"<p style='font:700 12px/1 Arial'>x", "seen"},
      {"<p style='opacity:0'>x", "opacity"},
      {"<p style='opacity:.2'><b style='opacity:20%'>x", "opacity"},
      {"<p style='opacity:.5'>x", "seen"},
      {"<p style='max-height:0;overflow:hidden'>x", "zero_size"},
      {"<p style='max-height:0'>x", "seen"},
      {"<span style='display:inline-block;width:1px;height:1px;overflow:hidden'>x", "zero_size"},
      {"<table><td style='height:0;overflow:hidden'>x", "seen"},
      {"<p style='transform:scale(0)'>x", "zero_size"},
      {"<p style='position:absolute;left:-9999px'>x", "off_screen"},
      {"<p style='position:fixed;top:-1000em'>x", "off_screen"},
      {"<p style='left:-9999px'>x", "seen"},
      {"<p style='position:absolute;left:-10px'>x", "seen"},
      {"<p style='text-indent:-9999px'>x", "off_screen"},
      {"<p style='margin-left:-9999px'>x", "off_screen"},
      {"<p style='margin:0 0 0 -9999px'>x", "off_screen"},
      {"<p style='position:absolute;clip:rect(0,0,0,0)'>x", "off_screen"},
      {"<p style='position:absolute;clip:rect(0 0 0 0)'>x", "off_screen"},
      {"<p style='clip-path:inset(100%)'>x", "off_screen"},
      {"<p style='clip-path:circle(0)'>x", "off_screen"},
      {"<p hidden>x", "attribute"},
      {"<p hidden style='display:block'>x", "seen"},
      {"<p aria-hidden=true>x", "seen"}};
  for (const Row& row : rows) {
    INFO(row.source);
    CHECK(why(row.source) == row.want);
  }
}

TEST_CASE("html: a colour hides on a background that is nearly the same") {
  const Row rows[] = {
      {"<font color=white>x", "colour"},
      {"<font color='#FFFFFE'>x", "colour"},
      {"<font color=yellow>x", "seen"},
      {"<font color='#ddd'>x", "seen"},
      {"<p style='color:transparent'>x", "colour"},
      {"<p style='color:rgba(0,0,0,0)'>x", "colour"},
      {"<p style='color:#0000'>x", "colour"},
      {"<p style='color:rgba(0,0,0,.03)'>x", "colour"},
      {"<p style='color:red;background:red'>x", "colour"},
      {"<p style='color:red;background:url(a.png) red'>x", "seen"},
      {"<p style='color:white;background:linear-gradient(red,blue)'>x", "seen"},
      {"<table background=a.gif><td><font color=white>x", "seen"},
      {"<table background=a.gif><td bgcolor=white><font color=white>x", "colour"},
      {"<body bgcolor=black>x", "colour"},
      {"<body bgcolor=black text=white>x", "seen"},
      {"<body bgcolor=black text=white><font color='#000001'>x", "colour"},
      {"<table bgcolor=black><td><font color=white>x", "seen"},
      {"<table><tr bgcolor=ffffff><td><font color=ffffff>x", "colour"},
      {"<div style='background:black'><div style='background:transparent;color:white'>x", "seen"},
      {"<div style='background:rgba(0,0,0,.01);color:white'>x", "colour"},
      {"<div style='color:white'><a href=u>x", "seen"},
      {"<div style='color:white'><a href=u style='color:inherit'>x", "colour"},
      {"<div style='color:white'><a name=u>x", "colour"},
      {"<body link=white><a href=u>x", "colour"},
      {"<font color=white><button>x", "seen"},
      {"<font color=white><mark>x", "seen"},
      {"<p style='color:white;-webkit-text-fill-color:black'>x", "seen"},
      {"<p style='color:nosuch'>x", "seen"},
      {"<p style='color:windowtext'>x", "seen"}};
  for (const Row& row : rows) {
    INFO(row.source);
    CHECK(why(row.source) == row.want);
  }
}

TEST_CASE("html: what is hidden does not cut words, blanks in it are seen as far as they take place") {
  check({{"Vi<span style='display:none'>xx</span>agra", "Viagra|xx"},
         {"Vi<div style='display:none'>x<p>y</div>agra", "Viagra|x/y"},
         {"Vi<div style='position:absolute;left:-9999px'>x</div>agra", "Viagra|x"},
         {"Vi<span style='font-size:0'> x </span>agra", "Viagra|x"},
         {"a<font color=white> </font>b<font color=white> x</font>c", "a b c|x"},
         {"a<i hidden>x</i>b<i hidden>y</i>c", "abc|x y"}});
}

TEST_CASE("html: sizes, colours and visibility are inherited and can be won back, boxes cannot") {
  check({{"<div style='font-size:0'>x<p style='font-size:12px'>y</p></div>", "y|x"},
         {"<div style='font-size:0'><font size=2>y</font><b style='font-size:2em'>x</b></div>", "y|x"},
         {"<div style='visibility:hidden'>x<i style='visibility:visible'>y</i></div>", "y|x"},
         {"<div style='display:none'>x<p style='display:block'>y</div>z", "z|x/y"},
         {"<div style='opacity:0'><p style='opacity:1'>x</div>", "|x"},
         {"<div style='color:white'>x<p style='color:black'>y</div>", "y|x"},
         {"<font size=0>y</font><font size=-7>z</font>", "yz|"}});
}

TEST_CASE("html: wrong nesting hides and shows what it does in a browser") {
  check({// An end tag that is another's, and one that reaches only so far.
         {"<div style='display:none'>x</span>y</div>z", "z|xy"},
         {"<span style='display:none'>x<div>y</span>w</div>v", "|x/yw/v"},
         {"<div style='display:none'><table><tr><td>x</div>y</table></div>z", "z|xy"},
         {"<p style='display:none'>x</div>y</p>z", "z|xy"},
         // Formatting goes on in the next paragraph, and ends with the cell it began in.
         {"<p><font color=white>x</p><p>y</font>z</p>", "z|x/y"},
         {"<table><td><font color=white>x</td><td>y</table>z", "y/z|x"},
         {"<b><div style='display:none'>x</b>y</div>z", "z|xy"},
         {"<b><span style='display:none'>x</b>y", "y|x"},
         {"<b><i></b></i>x", "x|"},
         {"<font style='font-size:0'>x<p>y", "|x/y"},
         {"<span style='font-size:0'><p>x</span>y", "|xy"},
         // What ends by itself.
         {"<p style='display:none'>x<p>y", "y|x"},
         {"<p style='display:none'>x<div>y</div>", "y|x"},
         {"<ul><li style='display:none'>x<li>y</ul>", "y|x"},
         {"<dl><dt style='display:none'>x<dd>y</dl>", "y|x"},
         {"<table><tr style='display:none'><td>x<tr><td>y</table>", "y|x"},
         {"<table><tr><td style='display:none'>x<td>y</table>", "y|x"},
         {"<table><tbody style='display:none'><tr><td>x<tbody><tr><td>y</table>", "y|x"},
         {"<h1 style='display:none'>x<h2>y</h1>z", "y/z|x"},
         {"<a href=u style='display:none'>x<a href=v>y", "y|x"},
         {"<button style='display:none'>x<button>y", "y|x"},
         {"<form style='display:none'><div>x</form>y</div>z", "y/z|x"},
         // Parts of tables are nothing without a table; in a table the rest stands before it.
         {"<td style='display:none'>x</td>y", "xy|"},
         {"<table style='display:none'>y<tr><td>x</table>", "y|x"},
         {"<table style='display:none'><div>y</div><tr><td>x</table>", "y|x"},
         // SVG ends where HTML begins.
         {"<svg style='display:none'><g>x<p>y", "y|x"},
         {"<svg><foreignObject style='display:none'><p>x</p></foreignObject></svg>y", "y|x"},
         {"<svg style='display:none'/>y", "y|"},
         {"<div style='display:none'/>x", "|x"},
         // Ends without a start.
         {"a</div>b</p>c</br>d</td>e", "ab/c/de|"},
         {"<body>a</body></html>b", "ab|"}});
}

TEST_CASE("html: the root's looks hold for what came before its tag") {
  check({{"<font color=white>x<body bgcolor=black>y", "xy|"},
         {"<div><body bgcolor=black text=white><font color=white>y", "y|"},
         {"<body bgcolor=black text=white><body bgcolor=white text=black>y", "y|"},
         {"<html style='display:none'><body>x", "|x"},
         {"<html style='color:white;background:black'>y", "y|"},
         {"<body style='font-size:0'>x<p style='font-size:1em'>x", "|x/x"}});
}

TEST_CASE("html: rules of a style sheet hold by tag, class and id, wherever the sheet stands") {
  check({{"<style>.h{display:none}</style><p class=h>x<p>y", "y|x"},
         {"<p class='a h b'>x</p><p>y</p><style>.h{display:none}</style>", "y|x"},
         {"<style>#i{display:none}</style><p id=i>x<p id=j>y", "y|x"},
         {"<style>p.h{display:none}</style><p class=h>x<div class=h>y", "y|x"},
         {"<style>span{display:none}</style><span>x</span>y", "y|x"},
         {"<style><!-- b, .h { font-size : 0 } --></style><b>x</b><i class=h>x</i>y", "y|xx"},
         {"<style>.h{display:none}p{display:block}</style><p class=h>x", "|x"},
         {"<style>.h{display:none}</style><p class=h style='display:block'>y", "y|"},
         {"<style>.h{display:none!important}</style><p class=h style='display:block'>x", "|x"},
         {"<style>.h{display:none!important}</style><p class=h style='display:block!important'>y", "y|"},
         {"<style>.a{display:none}.a{color:red}</style><p class=a>x", "|x"},
         {"<style>.a{display:none}.b{display:block}</style><p class='b a'>y", "y|"},
         {"<style>div .h, .h:hover, .h>b, [x]{display:none}</style><p class=h>y", "y|"},
         {"<style>a:link{color:white}</style><a href=u>x", "|x"},
         {"<style>*{color:white}</style><p>x", "|x"},
         {"<style>body{background:#000;color:#fff}</style>y<font color=black>x", "y|x"},
         {"<style>body{background:#000}</style><body style='background:#fff'>y", "y|"},
         {"<style>.h{font-size:.1em}</style><p class=h>x<b style='font-size:20px'>y", "y|x"},
         {"<style>@media print{.h{display:none}}</style><p class=h>y", "y|"},
         {"<style>@media only screen and (max-width:480px){.h{display:none}}</style><p class=h>y", "y|"},
         {"<style>@media screen{.h{display:none}}.i{display:none}</style><p class=h>x<p class=i>x", "|x/x"},
         {"<style>@media screen and (min-width:400px){.h{display:none}}</style><p class=h>x", "|x"},
         {"<style>@font-face{src:url(f)} @import 'i'; @charset \"x\"; .h{display:none}</style><p class=h>x",
          "|x"},
         {"<style media=print>.h{display:none}</style><p class=h>y", "y|"},
         {"<style>.H{display:none}</style><p class=h>x", "|x"},
         {"<!doctype html><style>.H{display:none}</style><p class=h>y", "y|"},
         {"<style>.\\68{display:none}/* } */</style><p class=h>x", "|x"},
         {"<style>.h{display:none", "|"}});
}

TEST_CASE("html: links have the text that a reader sees and the target that they lead to") {
  const Row rows[] = {
      {"<a href='http://evil'>http://bank</a>", "anchor http://evil[http://bank];"},
      {"<a href=' ht\ntp://e&#118;il/\t?a&amp;b '> a <b>b</b>\n<i>c</i> </a>",
       "anchor http://evil/?a&b[a b c];"},
      {"<a href=u>V<i hidden>x</i>ia</a>", "anchor u[Via];"},
      {"<a href=u></a>", "anchor u[] hidden;"},
      {"<a href=u hidden>x</a>", "anchor u[] hidden;"},
      {"<a href=u><img src=i alt='Click  me'></a>", "anchor u[Click me];image i[Click me];"},
      {"<a href=u><img src=i width=1 height=1></a>", "anchor u[] hidden;image i[] hidden;"},
      {"<a href=u><p>a</p></a>", "anchor u[a];"},
      {"<a href=u>a<a href=v>b", "anchor u[a];anchor v[b];"},
      {"<a href=u>a<table><td><a href=v>b</a>c</table>d</a>", "anchor u[a c d];anchor v[b];"},
      {"<a name=x>a</a><a href=''>b</a>", ""},
      {"<map><area href=u></map>", "area u[];"},
      {"<img srcset='a.png 1x, b.png 2x' longdesc=l>", "image a.png[];other l[];"},
      {"<img src='data:image/gif;base64,AAAA'><img src='cid:x'>", "image cid:x[];"},
      {"<form action=u><input type=image src=i><button formaction=v>x</button></form>",
       "form u[];image i[];form v[];"},
      {"<iframe src=u></iframe><frame src=v><iframe src=w width=0></iframe>",
       "frame u[];frame v[];frame w[] hidden;"},
      {"<object data=u></object><embed src=v><video src=w poster=p></video>",
       "object u[];object v[];object w[];image p[];"},
      {"<object><param name=movie value=u><param name=x value=v></object>", "object u[];"},
      {"<body background=u><table><td background=v style='background:url( \"w\" )'>",
       "background u[];background v[];style w[];"},
      {"<style>p{background:url(u)} @import url(v);</style>", "style u[];style v[];"},
      {"<p style='a:url(x);b:url();c:url(y'>", "style x[];style y[];"},
      {"<meta http-equiv=Refresh content='5; URL=\"u\"'><meta http-equiv=refresh content=3>", "refresh u[];"},
      {"<link rel=stylesheet href=u><link rel=icon href=v>", "style u[];other v[];"},
      {"<svg><a xlink:href=u><text>x</text></a></svg>", "anchor u[x];"},
      {"<blockquote cite=u>", "other u[];"},
      {"<v:rect href=u>", "other u[];"},
      {"<div style='display:none'><img src=u><a href=v>x</a></div>", "image u[] hidden;anchor v[] hidden;"}};
  for (const Row& row : rows) {
    INFO(row.source);
    CHECK(links(row.source) == row.want);
  }
}

TEST_CASE("html: a link stands where its text begins") {
  const Html html = read_html("<p>ab </p><a href=u> cd</a><a href=v>ef</a><a href=w></a>", {});
  REQUIRE(html.visible == "ab\ncdef");
  REQUIRE(html.links.size() == 3);
  CHECK(html.links[0].text_at == 3);
  CHECK(html.links[1].text_at == 5);
  CHECK(html.links[2].text_at == 7);
}

TEST_CASE("html: images have sizes in pixels") {
  const Html html = read_html(
      "<img src=a width=10 height='20px'><img src=b width='50%' style='height:30px;width:auto'><img src=c "
      "width=0>",
      {});
  REQUIRE(html.images.size() == 3);
  CHECK(html.images[0].width == 10);
  CHECK(html.images[0].height == 20);
  CHECK(html.images[1].width == -1);
  CHECK(html.images[1].height == 30);
  CHECK(!html.images[1].hidden);
  CHECK(html.images[2].hidden);
}

TEST_CASE("html: everything is counted") {
  const Html html = read_html(
      "<html><base href=' http://b/ '><!-- abc --><form><input type=Password><input onclick=x onfoo=y "
      "on=z></form>"
      "<script></script><iframe></iframe><object></object><embed><nosuch><o:p></o:p></b></i>"
      "<meta http-equiv=refresh content='0;url=x'>",
      {});
  CHECK(html.has_html_tag);
  CHECK(html.base == "http://b/");
  CHECK(html.comments == 1);
  CHECK(html.comment_bytes == 5);
  CHECK(html.forms == 1);
  CHECK(html.inputs == 2);
  CHECK(html.password_inputs == 1);
  CHECK(html.event_handlers == 2);
  CHECK(html.scripts == 1);
  CHECK(html.frames == 1);
  CHECK(html.objects == 2);
  CHECK(html.tags == 12);
  CHECK(html.unknown_tags == 1);
  CHECK(html.unbalanced == 2);
  CHECK(html.meta_refreshes == 1);
}

TEST_CASE("html: hidden characters are those of the hidden text") {
  const Html html = read_html("<p hidden>a b\u00e4</p><p style='font-size:0'>cd</p>", {});
  CHECK(html.hidden == "a b\u00e4\ncd");
  CHECK(html.hidden_characters[static_cast<std::size_t>(Hiding::attribute)] == 4);
  CHECK(html.hidden_characters[static_cast<std::size_t>(Hiding::font_size)] == 3);
}

TEST_CASE("html: links over the limit are counted and elements over the depth are balanced") {
  const Html many = read_html(repeated("<a href=u>x</a>", 30), {256, 10});
  CHECK(many.links.size() == 10);
  CHECK(many.link_count == 30);
  CHECK(!many.over_depth);

  const std::string deep = repeated("<div>", 300) + "a" + repeated("</div>", 300);
  const Html html = read_html("<div hidden>" + deep + "x</div>b", {});
  CHECK(html.over_depth);
  CHECK(html.visible == "b");
  CHECK(html.unbalanced == 0);
}

TEST_CASE("html: nothing takes more than linear time or grows without bound") {
  const char* const shapes[] = {"<b>",
                                "<p><b>",
                                "<font color=#123456>",
                                "<div></b>",
                                "<table>",
                                "<table><tr><td>",
                                "</p>",
                                "<a href=x><table>",
                                "<li>",
                                "<svg>",
                                "<x><y></z>",
                                "<style>.a{color:red}</style>",
                                "<p style='background:url(url(url('>",
                                "<p style=\"((((\">",
                                "<body text=white>",
                                "<b><div></b>x",
                                "<!--",
                                "&"};
  for (const char* shape : shapes) {
    INFO(shape);
    const Html html = read_html(repeated(shape, 20'000), {});
    CHECK(is_utf8(html.visible));
    CHECK(html.links.size() <= 2000);
  }
}
