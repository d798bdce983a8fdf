#include "proto/base/text.h"

#include <catch2/catch.hpp>

#include "proto/base/ip.h"

using namespace xspamd;

TEST_CASE("text: only well-formed UTF-8 counts as characters") {
  CHECK(is_utf8("plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"));
  CHECK_FALSE(is_utf8("\xC0\xAF"));          // overlong
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK_FALSE(is_utf8("\xE2\x82"));          // cut off
}

TEST_CASE("text: a cut never ends inside a character") {
  CHECK(cut_utf8("a\xE2\x82\xAC", 3) == "a");
  CHECK(cut_utf8("a\xE2\x82\xAC", 4) == "a\xE2\x82\xAC");
  CHECK(cut_utf8("abc", 2) == "ab");
}

TEST_CASE("text: what goes on one line has neither controls nor broken bytes") {
  CHECK(printable("a\r\nb\x01\xFF\xC3\xA9") == "a??b??\xC3\xA9");
  CHECK(quoted("say \"hi\" \\") == "\"say \\\"hi\\\" \\\\\"");
}

TEST_CASE("text: numbers are digits and nothing else") {
  CHECK(parse_unsigned("0456") == 456U);
  CHECK_FALSE(parse_unsigned("+1"));
  CHECK_FALSE(parse_unsigned(" 1"));
  CHECK_FALSE(parse_unsigned("18446744073709551616"));
  CHECK_FALSE(parse_unsigned(""));
}

TEST_CASE("text: the nearest name is offered only when it is near") {
  CHECK(nearest("timout", {"timeout", "servers"}) == "timeout");
  CHECK(nearest("sevrer", {"server", "limits"}) == "server");
  CHECK(nearest("zzz", {"timeout", "servers"}).empty());
}

TEST_CASE("ip: mapped addresses are IPv4, brackets and zones are refused") {
  CHECK(IpAddress::parse("::ffff:192.0.2.1")->to_string() == "192.0.2.1");
  CHECK(IpAddress::parse("2001:DB8:0:0::1")->to_string() == "2001:db8::1");
  CHECK_FALSE(IpAddress::parse("[::1]"));
  CHECK_FALSE(IpAddress::parse("fe80::1%eth0"));
  CHECK_FALSE(IpAddress::parse("1.2.3"));
}

TEST_CASE("ip: a network with bits after its prefix is refused with the one that was meant") {
  CHECK(Network::parse("10.0.0.0/8").value().contains(*IpAddress::parse("10.255.0.1")));
  CHECK_FALSE(Network::parse("10.0.0.0/8").value().contains(*IpAddress::parse("11.0.0.1")));
  CHECK(Network::parse("2001:db8::/33").value().contains(*IpAddress::parse("2001:db8:7fff::1")));
  CHECK_FALSE(Network::parse("2001:db8::/33").value().contains(*IpAddress::parse("2001:db8:8000::1")));
  CHECK(Network::parse("10.1.0.0/8").error().sentence.find("did you mean \"10.0.0.0/8\"?") !=
        std::string::npos);
  CHECK_FALSE(Network::parse("10.0.0.0/33").has_value());
}
