#include "proto/mail/encoding.h"

#include <catch2/catch.hpp>

using namespace xspamd::mail;
using namespace std::string_literals;

TEST_CASE("base64: what is no base64 is stepped over and nothing is lost") {
  CHECK(decode_base64("aGVsbG8=") == "hello");
  CHECK(decode_base64("aGVsbG8") == "hello");            // padding forgotten
  CHECK(decode_base64("aGVs\r\nbG8=\r\n") == "hello");   // lines
  CHECK(decode_base64("a*G V\x80s\0bG8="s) == "hello");  // foreign bytes: RFC 2045 §6.8
  CHECK(decode_base64("aGk=aGk=") == "hihi");            // several texts in a row
  CHECK(decode_base64("====aGk=") == "hi");
  CHECK(decode_base64("a").empty());  // six bits are no byte
  CHECK(decode_base64("").empty());
  CHECK(decode_base64("/+//") == "\xFF\xEF\xFF");
  CHECK(decode_base64("aGVsbG8g\r\naGVs-bG8g\naGVsbG8\n") == "hello hello hello");
  CHECK(decode_base64("aGk= text") == "hi\xB5\xEC\x6D");   // as if nothing stood in between
  CHECK(decode_base64("aGVsb\nG8gaGk\n=") == "hello hi");  // groups across lines
}

TEST_CASE("quoted-printable: soft breaks join, blanks at line ends go, broken escapes stay") {
  CHECK(decode_quoted_printable("a=3Db=\r\nc") == "a=bc");
  CHECK(decode_quoted_printable("a= \t\nb") == "ab");  // blanks added between = and line end
  CHECK(decode_quoted_printable("a  \t\r\nb \n") == "a\r\nb\n");
  CHECK(decode_quoted_printable("a=20\nb") == "a \nb");    // escaped blanks are content
  CHECK(decode_quoted_printable("=e4=C3") == "\xE4\xC3");  // small digits
  CHECK(decode_quoted_printable("=XY=4") == "=XY=4");
  CHECK(decode_quoted_printable("end=") == "end");
  CHECK(decode_quoted_printable("=\r=41") == "=\rA");
  CHECK(decode_quoted_printable("a \r b") == "a \r b");
  CHECK(decode_quoted_printable("a \t\n\n =\n=20 \n") == "a"s + "\n\n  \n");
  CHECK(decode_quoted_printable("a==\nb=\t \r\nc= ") == "a=bc");
  CHECK(decode_quoted_printable("=3D3D=3d") == "=3D=");
  CHECK(decode_quoted_printable("a\0=00b"s) == "a\0\0b"s);
}

TEST_CASE("q encoding: the underscore is a blank") {
  CHECK(decode_q("a_b=5F=2") == "a b_=2");
}
