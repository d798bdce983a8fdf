#include "conf/units.h"

#include <catch2/catch.hpp>

#include "conf/address.h"

using namespace xspamd;
using namespace xspamd::conf;
using std::chrono::milliseconds;

TEST_CASE("units: a duration is a whole number with its unit") {
  CHECK(parse_duration("500ms").value() == milliseconds(500));
  CHECK(parse_duration("8s").value() == milliseconds(8'000));
  CHECK(parse_duration("10min").value() == milliseconds(600'000));
  CHECK(parse_duration("1h").value() == milliseconds(3'600'000));
  CHECK(parse_duration("1d").value() == milliseconds(86'400'000));
  CHECK(parse_duration("0s").value() == milliseconds(0));
}

TEST_CASE("units: a size is a whole number, of bytes where no unit is given") {
  CHECK(parse_size("100").value() == 100);
  CHECK(parse_size("16KiB").value() == 16'384);
  CHECK(parse_size("50MiB").value() == 52'428'800);
  CHECK(parse_size("1GiB").value() == 1'073'741'824);
}

TEST_CASE("units: what is no duration is told with the spelling that was meant") {
  struct Row {
    std::string_view text;
    std::string_view told;
  };
  const Row rows[] = {
      {"", "\"\" is no duration"},
      {"s", "\"s\" is no duration"},
      {"8", "\"8\" is no duration, did you mean \"8s\"?"},
      {"8 s", "\"8 s\" is no duration, did you mean \"8s\"?"},
      {"5m", "\"5m\" is no duration, did you mean \"5min\"?"},
      {"5 Minutes", "\"5 Minutes\" is no duration, did you mean \"5min\"?"},
      {"1.5s", "\"1.5s\" is no duration"},
      {"-1s", "\"-1s\" is no duration"},
      {"2h30min", "\"2h30min\" is no duration"},
      {"9999999d", "\"9999999d\" is too large"},
      {"99999999999999999999s", "\"99999999999999999999s\" is too large"},
  };
  for (const Row& row : rows) {
    const auto duration = parse_duration(row.text);
    CHECK((duration ? "fine" : duration.error().sentence) == row.told);
  }
}

TEST_CASE("units: what is no size is told with the spelling that was meant") {
  CHECK(parse_size("50MB").error().sentence == "\"50MB\" is no size, did you mean \"50MiB\"?");
  CHECK(parse_size("50M").error().sentence == "\"50M\" is no size, did you mean \"50MiB\"?");
  CHECK(parse_size("4k").error().sentence == "\"4k\" is no size, did you mean \"4KiB\"?");
  CHECK(parse_size("much").error().sentence == "\"much\" is no size");
  CHECK(parse_size("9999999999GiB").error().sentence == "\"9999999999GiB\" is too large");
}

TEST_CASE("units: printing is the inverse of parsing") {
  for (const std::string_view text : {"500ms", "8s", "10min", "1h", "1d", "90s", "0s"})
    CHECK(duration_text(parse_duration(text).value()) == text);
  for (const std::string_view text : {"0", "100", "16KiB", "50MiB", "1GiB", "1025"})
    CHECK(size_text(parse_size(text).value()) == text);
}

TEST_CASE("addresses: host and port, IPv6 in brackets, unix sockets") {
  CHECK(parse_address("127.0.0.1:11333")->port == 11333);
  CHECK(parse_address("[::1]:25")->host == "::1");
  CHECK(parse_address("localhost:25")->host == "localhost");
  CHECK(parse_address("unix:/run/x.sock")->path == "/run/x.sock");
  CHECK(parse_address("127.0.0.1").error().sentence == "\"127.0.0.1\" has no port of 0 to 65535 at its end");
  CHECK(parse_address("127.0.0.1:99999").error().sentence ==
        "\"127.0.0.1:99999\" has no port of 0 to 65535 at its end");
  CHECK(parse_address("127.0.0.300:1").error().sentence ==
        "\"127.0.0.300:1\": \"127.0.0.300\" is no IP address");
  CHECK(parse_address("unix:x").error().sentence == "\"unix:x\": the path of a unix socket begins with /");
  CHECK_FALSE(parse_address("unix:/" + std::string(200, 'x')).has_value());
  CHECK_FALSE(parse_address("::1:25").has_value());
  CHECK_FALSE(parse_address(":25").has_value());
}

TEST_CASE("addresses: a DNS server is an address, with port 53 where none is given") {
  CHECK(parse_dns_server("192.0.2.1")->port == 53);
  CHECK(parse_dns_server("192.0.2.1:5301")->port == 5301);
  CHECK(parse_dns_server("2001:db8::1")->host == "2001:db8::1");
  CHECK(parse_dns_server("[2001:db8::1]:5301")->port == 5301);
  CHECK_FALSE(parse_dns_server("dns.example:53").has_value());
}
