#include "proto/mail/domain.h"

#include <catch2/catch.hpp>

using namespace xspamd;

TEST_CASE("domain: two spellings of a name are one") {
  CHECK(mail::ascii_domain("Bücher.Example.") == "xn--bcher-kva.example");
  CHECK(mail::ascii_domain("例え.テスト") == "xn--r8jz45g.xn--zckzah");
  CHECK(mail::same_domain("bücher.example", "XN--BCHER-KVA.example."));
  CHECK(mail::same_domain("x.example", "X.EXAMPLE."));
  CHECK_FALSE(mail::same_domain("bücher.example", "bucher.example"));
  CHECK_FALSE(mail::same_domain("x.example", "y.example"));
}

TEST_CASE("domain: what is no name stays as it is") {
  CHECK(mail::ascii_domain("").empty());
  CHECK(mail::ascii_domain("[192.0.2.1]") == "[192.0.2.1]");
  CHECK(mail::ascii_domain("\xFF.example") == "\xFF.example");
  CHECK(mail::ascii_domain("ü..ü") == "xn--tda..xn--tda");
  const std::string endless(100'000, '\xC3');
  CHECK(mail::ascii_domain(endless) == endless);
}
