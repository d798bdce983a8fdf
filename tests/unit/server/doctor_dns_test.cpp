#include "server/doctor_dns.h"

#include <catch2/catch.hpp>

#include "tests/support/dns_server.h"

using namespace xspamd;
using test::DnsFault;
using test::FakeDnsServer;
using Kind = DnsFault::Kind;

namespace {

std::string only_finding(const FakeDnsServer& server) {
  conf::Config config;
  config.dns.servers = {server.address()};
  config.dns.timeout = std::chrono::milliseconds(100);
  Findings findings;
  examine_dns(config, findings);
  REQUIRE(findings.list().size() == 1);
  const Finding& finding = findings.list().front();
  constexpr std::string_view kLevels[] = {"ok", "warn", "problem"};
  const std::string begin = "dns " + server.address();
  REQUIRE(finding.text.starts_with(begin));
  return std::string(kLevels[static_cast<std::size_t>(finding.level)]) + finding.text.substr(begin.size());
}

}  // namespace

TEST_CASE("doctor: a DNS server that answers is fine") {
  const FakeDnsServer server;
  CHECK(only_finding(server).starts_with("ok: answers in "));
}

TEST_CASE("doctor: what is wrong with a DNS server is told apart") {
  struct Row {
    Kind kind;
    std::string want;
  };
  const Row rows[] = {
      {Kind::silence, "problem: no answer"},
      {Kind::refused, "problem: REFUSED"},
      {Kind::server_failure, "problem: SERVFAIL"},
      {Kind::wrong_case, "problem: what it sends is not the answer to what was asked"},
  };
  for (const Row& row : rows) {
    FakeDnsServer server;
    server.set_fault("*", {row.kind});
    CHECK(only_finding(server) == row.want);
  }
}

TEST_CASE("doctor: an address for names that do not exist is a problem") {
  FakeDnsServer server;
  server.set_fault("*", {Kind::lie});
  const std::string finding = only_finding(server);
  CHECK(finding.starts_with("problem: NXDOMAIN is rewritten, xspamd-"));
  CHECK(finding.ends_with(".invalid has the address 6.6.6.6"));
}

TEST_CASE("doctor: each DNS server has its line") {
  const FakeDnsServer one;
  const FakeDnsServer two;
  conf::Config config;
  config.dns.servers = {one.address(), two.address()};
  Findings findings;
  examine_dns(config, findings);
  CHECK(findings.list().size() == 2);
}
