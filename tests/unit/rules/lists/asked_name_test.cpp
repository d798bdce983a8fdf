#include "rules/lists/asked_name.h"

#include <catch2/catch.hpp>

using namespace xspamd;

TEST_CASE("asked name: addresses are turned round, octets and nibbles") {
  CHECK(reversed(*IpAddress::parse("192.0.2.99")) == "99.2.0.192");
  // The examples of RFC 5782 §2.1 and §2.4.
  CHECK(reversed(*IpAddress::parse("2001:db8:1:2:3:4:567:89ab")) ==
        "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2");
  CHECK(reversed(*IpAddress::parse("::ffff:192.0.2.99")) == "99.2.0.192");
}

TEST_CASE("asked name: digests are those that the lists' operators compute") {
  CHECK(hashed(ListHash::sha1, "test@example.com") == "567159d622ffbb50b11b0efd307be358624a26ee");
  // What rspamd 3.4 computes for "hello" (rspamd_cryptobox_hash, base32), cut at 32 characters.
  CHECK(hashed(ListHash::blake2, "hello") == "r9u8kps8ztxdun51jy4xom6y3w1pkfgd");
  CHECK(hashed(ListHash::none, "as.it.is") == "as.it.is");
}

TEST_CASE("asked name: only host names are asked about") {
  CHECK(askable_host("Mail.Example.ORG.") == "mail.example.org");
  CHECK(askable_host("b\xc3\xbc"
                     "cher.example") == "xn--bcher-kva.example");
  CHECK(askable_host("_dmarc.example") == "_dmarc.example");
  for (const std::string& text :
       {std::string("localhost"), std::string("a..example"), std::string("192.0.2.1"),
        std::string("a b.example"), std::string("x\0y.example", 11), std::string("a/b.example"),
        std::string(64, 'a') + ".example", std::string(190, 'a') + ".example.org.net", std::string(),
        std::string("."), std::string("[192.0.2.1]")}) {
    INFO(text);
    CHECK_FALSE(askable_host(text));
  }
}
