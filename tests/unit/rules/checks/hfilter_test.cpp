#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

std::string names(std::string helo, std::string hostname = {}, std::string user = {},
                  std::string_view ip = "198.18.7.7") {
  Envelope envelope;
  envelope.helo = std::move(helo);
  envelope.hostname = std::move(hostname);
  envelope.user = std::move(user);
  envelope.client = IpAddress::parse(ip);
  return test::hits_of("hfilter", {"", "", "", envelope});
}

std::string sender(std::string address, std::vector<std::string> recipients = {"bob@b.example"}) {
  Envelope envelope;
  envelope.sender = std::move(address);
  envelope.recipients = std::move(recipients);
  return test::hits_of("hfilter", {"", "", "", envelope});
}

}  // namespace

TEST_CASE("hfilter: the greeting of the client") {
  const std::pair<std::string, std::string> kTable[] = {
      {"", ""},
      {"mail.example.org", ""},
      {"mail.example.org.", ""},
      {"xn--bcher-kva.example", ""},
      {"8.8.8.8", "HFILTER_HELO_BAREIP[8.8.8.8]"},
      {"[8.8.8.8]", ""},
      {"192.168.1.5", "HFILTER_HELO_BADIP[192.168.1.5]"},
      {"[10.0.0.1]", "HFILTER_HELO_BADIP[[10.0.0.1]]"},
      {"[IPv6:fe80::1]", "HFILTER_HELO_BADIP[[IPv6:fe80::1]]"},
      {"[IPv6:2a01::1]", ""},
      {"COMPUTER", "HFILTER_HELO_5[COMPUTER]"},
      {"pc.localdomain", "HFILTER_HELO_5[pc.localdomain]"},
      {"my-local.example.org", ""},
      {"dyn-1-2-3.isp.example", "HFILTER_HELO_5[dyn-1-2-3.isp.example]"},
      {"1-2-3.dsl.isp.example", "HFILTER_HELO_4[1-2-3.dsl.isp.example]"},
      {"cable-1.isp.example", "HFILTER_HELO_3[cable-1.isp.example]"},
      {"host-12.isp.example", "HFILTER_HELO_2[host-12.isp.example]"},
      {"customer.isp.example", "HFILTER_HELO_1[customer.isp.example]"},
      {"host.example.org", ""},
      {"dynamo.example.org", ""},
      {"poolside.example.org", ""},
      {"mail_1.example.org", "HFILTER_HELO_NOT_FQDN[mail_1.example.org]"},
      {"-mail.example.org", "HFILTER_HELO_NOT_FQDN[-mail.example.org]"},
  };
  for (const auto& [helo, hits] : kTable)
    CHECK(names(helo) == hits);
}

TEST_CASE("hfilter: of greeting and host name the worse counts") {
  CHECK(names("mail.example.org", "1-2.dynamic.isp.example") ==
        "HFILTER_HOSTNAME_5[1-2.dynamic.isp.example]");
  CHECK(names("a.dsl.isp.example", "a.dyn.isp.example") == "HFILTER_HOSTNAME_5[a.dyn.isp.example]");
  CHECK(names("a.dyn.isp.example", "a.dyn.isp.example") == "HFILTER_HELO_5[a.dyn.isp.example]");
  CHECK(names("a.dyn.isp.example", "a.dsl.isp.example") == "HFILTER_HELO_5[a.dyn.isp.example]");
}

TEST_CASE("hfilter: our own users and networks are not looked at") {
  CHECK(names("COMPUTER", "", "ann") == "");
  CHECK(names("COMPUTER", "", "", "192.168.0.9") == "");
}

TEST_CASE("hfilter: the sender of the envelope") {
  CHECK(sender("a@mail.example") == "");
  CHECK(sender("a@localhost") == "HFILTER_FROMHOST_NOT_FQDN[localhost]");
  CHECK(sender("a@[192.0.2.1]") == "");
  CHECK(sender("") == "HFILTER_FROM_BOUNCE");
  CHECK(sender("", {"a@b.example", "c@b.example"}) == "HFILTER_FROM_BOUNCE HFILTER_RCPT_BOUNCEMOREONE[2]");
  CHECK(sender("", {}) == "");
}
