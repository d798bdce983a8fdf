#include "tests/support/shapes.h"

#include <fmt/format.h>

namespace xspamd::test {

namespace {

std::string repeat(std::string_view piece, std::size_t bytes) {
  std::string text;
  text.reserve(bytes + piece.size());
  while (text.size() < bytes)
    text += piece;
  return text;
}

// `piece` with "{}" replaced by a running number.
template <class Make>
std::string numbered(std::size_t bytes, Make make) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i)
    text += make(i);
  return text;
}

std::string with_type(std::string_view type, const std::string& body) {
  return fmt::format("From: a@example.org\nMIME-Version: 1.0\nContent-Type: {}\n\n{}", type, body);
}
std::string plain(const std::string& body) {
  return with_type("text/plain; charset=utf-8", body);
}
std::string html(const std::string& body) {
  return with_type("text/html; charset=utf-8", body);
}
std::string encoded(std::string_view encoding, const std::string& body) {
  return fmt::format("Content-Type: text/plain\nContent-Transfer-Encoding: {}\n\n{}", encoding, body);
}
std::string file(const std::string& body) {
  return fmt::format("Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: 8bit\n\n{}",
                     body);
}
std::string field(std::string_view name, const std::string& value) {
  return fmt::format("{}: {}\n\nbody\n", name, value);
}

std::string nested_multiparts(std::size_t bytes, bool closed) {
  std::string text = "Content-Type: multipart/mixed; boundary=b0\n\n";
  std::size_t depth = 0;
  for (; text.size() < bytes; ++depth)
    text += fmt::format("--b{}\nContent-Type: multipart/mixed; boundary=b{}\n\n", depth, depth + 1);
  for (std::size_t i = depth; closed && i-- > 0;)
    text += fmt::format("--b{}--\n", i);
  return text;
}

// As many containers as are split, then lines that begin as each of their boundaries does.
std::string like_boundaries(std::size_t bytes) {
  const std::string prefix(60, 'x');
  std::string text = fmt::format("Content-Type: multipart/mixed; boundary={}0\n\n", prefix);
  for (int i = 0; i < 45; ++i)
    text += fmt::format("--{}{}\nContent-Type: multipart/mixed; boundary={}{}\n\n", prefix, i, prefix, i + 1);
  return text + repeat("--" + prefix + "y\n", bytes);
}

std::string central_directory(std::size_t bytes) {
  using namespace std::string_literals;
  const std::string header =
      "PK\x01\x02"s + std::string(24, '\0') + "\x01\0\0\0\0\0\0\0"s + std::string(10, '\0') + "a";
  std::string entries = repeat(header, bytes);
  const std::size_t size = entries.size();
  const auto little = [](std::size_t value, int length) {
    std::string text;
    for (int i = 0; i < length; ++i)
      text += static_cast<char>(value >> (8 * i) & 0xff);
    return text;
  };
  return "PK\x03\x04" + entries + "PK\x05\x06"s + std::string(4, '\0') + "\xff\xff\xff\xff"s +
         little(size, 4) + little(4, 4) + std::string(2, '\0');
}

constexpr Shape kShapes[] = {
    {"fields",
     [](std::size_t n) {
       return repeat("A: 1\n", n) + "\nbody\n";
     }},
    {"folds",
     [](std::size_t n) {
       return field("Subject", repeat("a\n ", n) + "a");
     }},
    {"blanks",
     [](std::size_t n) {
       return field("Subject", repeat(" ", n) + "a");
     }},
    {"words",
     [](std::size_t n) {
       return field("Subject", repeat("=?utf-8?q?=C3?= ", n));
     }},
    {"words that never end",
     [](std::size_t n) {
       return field("Subject", repeat("=?utf-8?q?", n));
     }},
    {"comments",
     [](std::size_t n) {
       return field("From", repeat("(", n));
     }},
    {"quotes",
     [](std::size_t n) {
       return field("To", repeat("\"a\\\" <", n));
     }},
    {"groups",
     [](std::size_t n) {
       return field("To", repeat("a:b@c,;", n));
     }},
    {"received",
     [](std::size_t n) {
       return repeat("Received: from a (b [192.0.2.1]) by c with d id e; f\n", n) + "\n";
     }},
    {"parameters",
     [](std::size_t n) {
       return field("Content-Type", "text/plain" + repeat("; a=b", n));
     }},
    {"sections",
     [](std::size_t n) {
       return field("Content-Type",
                    "text/plain" + numbered(n, [](std::size_t i) { return fmt::format("; name*{}*=a", i); }));
     }},
    {"parts",
     [](std::size_t n) {
       return with_type("multipart/mixed; boundary=b", repeat("--b\n\na\n", n));
     }},
    {"open multiparts",
     [](std::size_t n) {
       return nested_multiparts(n, false);
     }},
    {"closed multiparts",
     [](std::size_t n) {
       return nested_multiparts(n, true);
     }},
    {"like boundaries", like_boundaries},
    {"dashes",
     [](std::size_t n) {
       return with_type("multipart/mixed; boundary=\"----------\"", repeat("-", n));
     }},
    {"messages",
     [](std::size_t n) {
       return repeat("Content-Type: message/rfc822\n\n", n);
     }},
    {"base64",
     [](std::size_t n) {
       return encoded("base64", repeat("YWJj\n", n));
     }},
    {"quoted-printable",
     [](std::size_t n) {
       return encoded("quoted-printable", repeat("=C3=A9 = \n", n));
     }},
    {"uuencode begins",
     [](std::size_t n) {
       return plain(repeat("begin 644 a\n", n));
     }},
    {"yenc begins",
     [](std::size_t n) {
       return plain(repeat("=ybegin line=128 size=9 name=a\n", n));
     }},
    {"tags",
     [](std::size_t n) {
       return html(repeat("<b>a</i>", n));
     }},
    {"open elements",
     [](std::size_t n) {
       return html(repeat("<div><span style='color:red'>a", n));
     }},
    {"ends without begins",
     [](std::size_t n) {
       return html(repeat("<div>", 2000) + repeat("</p></td>", n));
     }},
    {"attributes",
     [](std::size_t n) {
       return html("<a " + numbered(n, [](std::size_t i) { return fmt::format("a{}=b ", i); }) + ">");
     }},
    {"references",
     [](std::size_t n) {
       return html(repeat("&amp&notit;&#x", n));
     }},
    {"opens",
     [](std::size_t n) {
       return html(repeat("<", n));
     }},
    {"comments that never end",
     [](std::size_t n) {
       return html(repeat("<!-- a --!", n));
     }},
    {"scripts",
     [](std::size_t n) {
       return html("<script>" + repeat("<!--<script></scrip", n));
     }},
    {"declarations",
     [](std::size_t n) {
       return html("<p style=\"" + repeat("color:red;font:0/1 a;", n) + "\">a");
     }},
    {"style rules",
     [](std::size_t n) {
       return html("<style>" +
                   numbered(n, [](std::size_t i) { return fmt::format(".c{}{{display:none}}", i); }) +
                   "</style>" + repeat("<b class='c1 c2 c3'>a</b>", n));
     }},
    {"anchors",
     [](std::size_t n) {
       return html(repeat("<a href='http://example.org/'>", n) + repeat("a", n));
     }},
    {"tables",
     [](std::size_t n) {
       return html(repeat("<table><tr><td>a", n));
     }},
    {"dots",
     [](std::size_t n) {
       return plain(repeat("a.", n));
     }},
    {"ats",
     [](std::size_t n) {
       return plain(repeat("a@", n));
     }},
    {"schemes",
     [](std::size_t n) {
       return plain(repeat("http://", n));
     }},
    {"one URL",
     [](std::size_t n) {
       return plain("http://example.org/" + repeat("a(", n));
     }},
    {"one host",
     [](std::size_t n) {
       return plain("http://" + repeat("a.", n) + "org/");
     }},
    {"nested URLs",
     [](std::size_t n) {
       return plain(repeat("http://example.org/?u=", n));
     }},
    {"percent",
     [](std::size_t n) {
       return plain("http://example.org/?u=http%3A//" + repeat("%25", n));
     }},
    {"many URLs",
     [](std::size_t n) {
       return plain(numbered(n, [](std::size_t i) { return fmt::format("http://a{}.example.org/ ", i); }));
     }},
    {"angle brackets",
     [](std::size_t n) {
       return plain(repeat("<http://a\n", n));
     }},
    {"scripts of the world",
     [](std::size_t n) {
       return plain(repeat("aбcд\u200b\u202e名 ", n));
     }},
    {"directory of a ZIP",
     [](std::size_t n) {
       return file(central_directory(n));
     }},
    {"ends of a ZIP",
     [](std::size_t n) {
       return file("PK\x03\x04" + repeat("PK\x05\x06", n));
     }},
    {"local headers of a ZIP",
     [](std::size_t n) {
       return file(repeat("PK\x03\x04", n));
     }},
};

}  // namespace

std::span<const Shape> shapes() {
  return kShapes;
}

}  // namespace xspamd::test
