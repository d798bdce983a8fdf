#include "rules/hosts/asn.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

std::string parsed(std::string_view text, std::string_view client = "185.9.8.7") {
  const auto origin = parse_network_origin(text, *IpAddress::parse(client));
  if (!origin) return "nothing";
  return fmt::format("{} {} {}", fmt::join(origin->asns, "+"), origin->network.to_string(), origin->country);
}

}  // namespace

TEST_CASE("asn: both services' forms are read") {
  CHECK(parsed("3320 | 185.9.8.0/22 | DE | ripencc | 2012-03-04") == "3320 185.9.8.0/22 DE");
  CHECK(parsed("3320|185.9.8.0/22|DE|ripencc|") == "3320 185.9.8.0/22 DE");
  CHECK(parsed("3320|2a01::/16|DE|ripencc|", "2a01::7") == "3320 2a01::/16 DE");
  CHECK(parsed("3320 | 185.9.8.0/22 | ") == "3320 185.9.8.0/22 ");
  CHECK(parsed("23028  33651 4294967295 | 185.9.8.0/24 | US") == "23028+33651+4294967295 185.9.8.0/24 US");
}

TEST_CASE("asn: what is of no such form tells nothing") {
  for (const std::string_view text :
       {"", "|", "||", "3320", "3320|185.9.8.0/22", "AS3320|185.9.8.0/22|DE", "4294967296|185.9.8.0/22|DE",
        "-1|185.9.8.0/22|DE", "|185.9.8.0/22|DE", "NA|NA|NA", "3320|185.9.8.1/22|DE", "3320|185.9.8.0/33|DE",
        "3320|10.0.0.0/8|DE", "3320|2a01::/16|DE", "3320,1|185.9.8.0/22|DE"})
    CHECK(parsed(text) == "nothing");
}

TEST_CASE("asn: a country is two capital letters, all else is not shown") {
  for (const std::string_view country : {"de", "D", "DEU", "D\x07", "\xc3\x84", "]["})
    CHECK(parsed(fmt::format("1|185.9.8.0/22|{}|", country)) == "1 185.9.8.0/22 ");
}

TEST_CASE("asn: of very many numbers eight are kept, of very long texts nothing") {
  CHECK(parsed("1 2 3 4 5 6 7 8 9 10|185.9.8.0/22|DE") == "1+2+3+4+5+6+7+8 185.9.8.0/22 DE");
  CHECK(parsed("1|185.9.8.0/22|DE|" + std::string(100'000, '|')) == "nothing");
}
