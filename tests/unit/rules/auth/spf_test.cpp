#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "rules/auth/spf.h"
#include "tests/support/run_task.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;
using namespace xspamd::auth;

namespace {

constexpr std::string_view kClient = "192.0.2.3";

SpfInput input_of(std::string_view client, std::string sender) {
  SpfInput input;
  input.client = IpAddress::parse(client).value();
  input.sender = std::move(sender);
  input.helo = "mail.example.net";
  return input;
}

SpfOutcome outcome_of(Dns& dns, const SpfInput& input, const SpfLimits& limits = {}) {
  return test::run_task(check_spf(dns, input, limits, Deadline::max()));
}

// "fail by include:a.org, -all", "pass by +all (everyone)", "permerror: the problem".
std::string rendered(const SpfOutcome& outcome) {
  std::string text(name(outcome.result));
  if (!outcome.mechanism.empty()) text += " by ";
  for (const std::string& step : outcome.via)
    text += step + ", ";
  text += outcome.mechanism;
  if (outcome.plus_all) text += " (everyone)";
  if (!outcome.problem.empty()) text += ": " + outcome.problem;
  if (!outcome.explanation.empty()) text += fmt::format(" \"{}\"", outcome.explanation);
  return text;
}

// The record of example.org, which sends, in a zone of other names.
std::string spf(std::string_view record, std::string_view zone = {}, std::string_view client = kClient) {
  test::ZoneDns dns(zone);
  dns.add("example.org", "TXT", record);
  return rendered(outcome_of(dns, input_of(client, "ann@example.org")));
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i)
    all += text;
  return all;
}

struct Row {
  std::string_view record;
  std::string_view want;
  std::string_view client = kClient;
};

}  // namespace

TEST_CASE("spf: who is checked (RFC 7208 §2.4, §4.3)") {
  test::ZoneDns dns(
      "example.org TXT v=spf1 exists:%{l}.%{o}.x.test -all\n"
      "postmaster.example.org.x.test A 127.0.0.2\n"
      "ann.example.org.x.test A 127.0.0.2\n"
      "xn--bcher-kva.example TXT v=spf1 +all\n"
      "mail.example.net TXT v=spf1 ip4:192.0.2.3 -all\n");
  struct Identity {
    std::string sender, helo, want;
  };
  const Identity kTable[] = {
      {"ann@example.org", "x", "pass example.org"},
      {"bob@example.org", "x", "fail example.org"},
      {"ann@EXAMPLE.org.", "x", "pass example.org"},
      {"@example.org", "x", "pass example.org"},
      {"example.org", "x", "pass example.org"},
      {"\"a@b\"@example.org", "x", "fail example.org"},
      {"ann@B\xc3\xbc"
       "cher.example",
       "x", "pass xn--bcher-kva.example"},
      {"", "mail.example.net", "pass mail.example.net (helo)"},
      {"", "MAIL.example.net.", "pass mail.example.net (helo)"},
      {"", "", "none  (helo)"},
      {"", "[192.0.2.3]", "none [192.0.2.3] (helo)"},
      {"", "192.0.2.3", "none 192.0.2.3 (helo)"},
      {"", "localhost", "none localhost (helo)"},
      {"ann", "mail.example.net", "none ann"},
      {"ann@org", "x", "none org"},
      {"ann@", "x", "none "},
      {"ann@.", "x", "none "},
      {"ann@a..example.org", "x", "none a..example.org"},
      {"ann@.example.org", "x", "none .example.org"},
      {"ann@example.org..", "x", "none example.org."},
      {"ann@[192.0.2.3]", "x", "none [192.0.2.3]"},
      {"ann@[IPv6:2001:db8::1]", "x", "none [ipv6:2001:db8::1]"},
      {"ann@" + std::string(63, 'a') + ".example", "x", "none " + std::string(63, 'a') + ".example"},
      {"ann@" + std::string(64, 'a') + ".example.org", "x", "none " + std::string(64, 'a') + ".example.org"},
      {"ann@exa\xff"
       "mple.org",
       "x", "none exa?mple.org"},
      {"ann@nobody.example", "x", "none nobody.example"},
  };
  for (const Identity& row : kTable) {
    SpfInput input = input_of(kClient, row.sender);
    input.helo = row.helo;
    const auto outcome = outcome_of(dns, input);
    CHECK(fmt::format("{} {}{}", name(outcome.result), outcome.domain, outcome.by_helo ? " (helo)" : "") ==
          row.want);
  }
}

TEST_CASE("spf: what is no domain is not asked for") {
  test::ZoneDns dns;
  for (const char* sender : {"ann@org", "ann@a..b", "ann@[192.0.2.3]", "ann@192.0.2.3", "ann@"})
    outcome_of(dns, input_of(kClient, sender));
  CHECK(dns.asked().empty());
}

TEST_CASE("spf: the record among others (§4.4, §4.5)") {
  const auto with = [](std::string_view zone) {
    test::ZoneDns dns(zone);
    return rendered(outcome_of(dns, input_of(kClient, "ann@example.org")));
  };
  CHECK(with("") == "none");
  CHECK(with("example.org A 192.0.2.1") == "none");
  CHECK(with("example.org TXT v=spf10 -all\nexample.org TXT other") == "none");
  CHECK(with("example.org TXT other\nexample.org TXT V=SPF1 ?all") == "neutral by ?all");
  CHECK(with("example.org TXT v=spf1 -all\nexample.org TXT v=spf1 -all") ==
        "permerror: example.org has more than one SPF record");
  CHECK(with("example.org TXT v=spf1 -all\nexample.org TXT v=spf1 moo") ==
        "permerror: example.org has more than one SPF record");
  CHECK(with("example.org TIMEOUT") == "temperror: TXT of example.org could not be learned: timeout");
  CHECK(with("example.org SERVFAIL") == "temperror: TXT of example.org could not be learned: SERVFAIL");
  CHECK(with("example.org CNAME other.test\nother.test TXT v=spf1 -all") == "fail by -all");
  CHECK(with("example.org TXT v=spf1 moo") == "permerror: \"moo\": there is no such mechanism");
}

TEST_CASE("spf: no time left is a temperror") {
  test::ZoneDns dns("example.org TXT v=spf1 -all");
  const auto input = input_of(kClient, "ann@example.org");
  const SpfLimits limits;
  const auto outcome = test::run_task(check_spf(dns, input, limits, Clock::now()));
  CHECK(rendered(outcome) == "temperror: TXT of example.org could not be learned: timeout");
}

TEST_CASE("spf: mechanisms from left to right, neutral behind the last (§4.6.2, §4.7)") {
  constexpr Row kTable[] = {
      {"v=spf1", "neutral by default"},
      {"v=spf1 -all", "fail by -all"},
      {"v=spf1 ~all", "softfail by ~all"},
      {"v=spf1 ?all", "neutral by ?all"},
      {"v=spf1 ?ip4:192.0.2.0/24 -all", "neutral by ?ip4:192.0.2.0/24"},
      {"v=spf1 ip4:192.0.2.4 ip4:192.0.2.3 -all", "pass by ip4:192.0.2.3"},
      {"v=spf1 -ip4:192.0.2.3 +ip4:192.0.2.3", "fail by -ip4:192.0.2.3"},
      {"v=spf1 -all moo=x", "fail by -all"},
      {"v=spf1 -all redirect=none.test", "fail by -all"},
  };
  for (const Row& row : kTable)
    CHECK(spf(row.record) == row.want);
}

TEST_CASE("spf: IPv4 and IPv6 (§5, §5.6)") {
  constexpr Row kTable[] = {
      {"v=spf1 ip4:192.0.2.0/24 -all", "pass by ip4:192.0.2.0/24", "::ffff:192.0.2.3"},
      {"v=spf1 ip6:::ffff:192.0.2.3 -all", "fail by -all", "192.0.2.3"},
      {"v=spf1 ip6:::ffff:192.0.2.3 -all", "fail by -all", "::ffff:192.0.2.3"},
      {"v=spf1 ip6:::/0 -all", "fail by -all", "192.0.2.3"},
      {"v=spf1 ip4:0.0.0.0/0 -all", "fail by -all", "2001:db8::1"},
      {"v=spf1 ip6:2001:db8::/32 -all", "pass by ip6:2001:db8::/32", "2001:db8:1::1"},
      {"v=spf1 ip6:2001:db8::/33 -all", "fail by -all", "2001:db8:8000::1"},
      {"v=spf1 ip6:2001:DB8::1 -all", "pass by ip6:2001:DB8::1", "2001:db8::1"},
      {"v=spf1 ip4:192.0.2.2/31 -all", "pass by ip4:192.0.2.2/31"},
      {"v=spf1 ip4:192.0.2.9/31 -all", "fail by -all"},
  };
  for (const Row& row : kTable)
    CHECK(spf(row.record, {}, row.client) == row.want);
}

TEST_CASE("spf: the examples of RFC 7208 appendix A.1") {
  constexpr std::string_view kZone =
      "example.com MX 10 mail-a.example.com\nexample.com MX 20 mail-b.example.com\n"
      "example.com A 192.0.2.10\nexample.com A 192.0.2.11\n"
      "amy.example.com A 192.0.2.65\nbob.example.com A 192.0.2.66\n"
      "mail-a.example.com A 192.0.2.129\nmail-b.example.com A 192.0.2.130\n"
      "www.example.com CNAME example.com\n"
      "example.net MX 10 mail-c.example.net\nmail-c.example.net A 192.0.2.140\n"
      "10.2.0.192.in-addr.arpa PTR example.com\n65.2.0.192.in-addr.arpa PTR amy.example.com\n"
      "140.2.0.192.in-addr.arpa PTR mail-c.example.net\n4.0.0.10.in-addr.arpa PTR bob.example.com\n";
  struct Example {
    std::string record, passing;
  };
  const Example kTable[] = {
      {"+all", "192.0.2.10 192.0.2.11 192.0.2.65 192.0.2.66 192.0.2.129 192.0.2.130 192.0.2.140 10.0.0.4"},
      {"a -all", "192.0.2.10 192.0.2.11"},
      {"a:example.net -all", ""},
      {"mx -all", "192.0.2.129 192.0.2.130"},
      {"mx:example.net -all", "192.0.2.140"},
      {"mx mx:example.net -all", "192.0.2.129 192.0.2.130 192.0.2.140"},
      {"mx/30 mx:example.net/30 -all", "192.0.2.129 192.0.2.130 192.0.2.140"},
      {"ptr -all", "192.0.2.10 192.0.2.65"},
      {"ip4:192.0.2.128/28 -all", "192.0.2.129 192.0.2.130 192.0.2.140"},
  };
  for (const Example& row : kTable) {
    test::ZoneDns dns(kZone);
    dns.add("example.com", "TXT", "v=spf1 " + row.record);
    std::string passing;
    for (const char* client : {"192.0.2.10", "192.0.2.11", "192.0.2.65", "192.0.2.66", "192.0.2.129",
                               "192.0.2.130", "192.0.2.140", "10.0.0.4"}) {
      const auto outcome = outcome_of(dns, input_of(client, "ann@example.com"));
      if (outcome.result == SpfResult::pass) passing += (passing.empty() ? "" : " ") + std::string(client);
    }
    CHECK(passing == row.passing);
  }
}

TEST_CASE("spf: what an included record says (§5.2)") {
  struct Included {
    std::string zone, want;
  };
  const Included kTable[] = {
      {"i.test TXT v=spf1 ip4:192.0.2.3", "pass by include:i.test, ip4:192.0.2.3"},
      {"i.test TXT v=spf1 -all", "softfail by ~all"},
      {"i.test TXT v=spf1 ~all", "softfail by ~all"},
      {"i.test TXT v=spf1 ?all", "softfail by ~all"},
      {"i.test TXT v=spf1", "softfail by ~all"},
      {"i.test TXT v=spf1 moo", "permerror: \"moo\": there is no such mechanism"},
      {"i.test TIMEOUT", "temperror: TXT of i.test could not be learned: timeout"},
      {"i.test A 192.0.2.1", "permerror: i.test has no SPF record"},
      {"", "permerror: i.test has no SPF record"},
      {"i.test TXT v=spf1 redirect=r.test\nr.test TXT v=spf1 ip4:192.0.2.3",
       "pass by include:i.test, redirect=r.test, ip4:192.0.2.3"},
      {"i.test TXT v=spf1 include:j.test -all\nj.test TXT v=spf1 a:a.test\na.test A 192.0.2.3",
       "pass by include:i.test, include:j.test, a:a.test"},
      {"i.test TXT v=spf1 -include:j.test +all\nj.test TXT v=spf1 all", "softfail by ~all"},
      {"i.test TXT v=spf1 a:%{d}\ni.test A 192.0.2.3", "pass by include:i.test, a:%{d}"},
  };
  for (const Included& row : kTable)
    CHECK(spf("v=spf1 include:i.test ~all", row.zone) == row.want);
  CHECK(spf("v=spf1 -include:i.test ?all", "i.test TXT v=spf1 all") == "fail by -include:i.test, all");
  CHECK(spf("v=spf1 include:%{l}..test ?all") == "permerror: \"include:%{l}..test\" leads to no domain");
}

TEST_CASE("spf: a redirect takes the place of the record (§6.1)") {
  CHECK(spf("v=spf1 redirect=r.test", "r.test TXT v=spf1 -all") == "fail by redirect=r.test, -all");
  CHECK(spf("v=spf1 redirect=r.test", "r.test TXT v=spf1") == "neutral by redirect=r.test, default");
  CHECK(spf("v=spf1 redirect=r.test", "r.test TXT v=spf1 redirect=s.test\ns.test TXT v=spf1 ~all") ==
        "softfail by redirect=r.test, redirect=s.test, ~all");
  CHECK(spf("v=spf1 redirect=r.test ip4:192.0.2.3") == "pass by ip4:192.0.2.3");
  CHECK(spf("v=spf1 redirect=r.test") == "permerror: r.test has no SPF record");
  CHECK(spf("v=spf1 redirect=%{l}..test") == "permerror: \"redirect=%{l}..test\" leads to no domain");
  CHECK(spf("v=spf1 redirect=r.test", "r.test TIMEOUT") ==
        "temperror: TXT of r.test could not be learned: timeout");
  CHECK(spf("v=spf1 redirect=r.test", "r.test TXT v=spf1 a -all\nr.test A 192.0.2.3") ==
        "pass by redirect=r.test, a");
}

TEST_CASE("spf: a and mx ask for the client's family (§5.3, §5.4)") {
  constexpr std::string_view kZone =
      "h.test A 192.0.2.3\nh.test AAAA 2001:db8::3\nfour.test A 192.0.2.77\nsix.test AAAA 2001:db8::77\n"
      "m.test MX 10 four.test\nm.test MX 10 h.test\nnull.test MX 0 .\ncut.test MX 5 slow.test\ncut.test MX 9 "
      "h.test\n"
      "slow.test TIMEOUT\nlost.test MX 5 slow.test\nlost.test MX 6 four.test\n";
  constexpr Row kTable[] = {
      {"v=spf1 a:h.test -all", "pass by a:h.test"},
      {"v=spf1 a:h.test -all", "pass by a:h.test", "2001:db8::3"},
      {"v=spf1 a:four.test/24 -all", "pass by a:four.test/24"},
      {"v=spf1 a:four.test//24 -all", "fail by -all"},
      {"v=spf1 a:six.test/1//64 -all", "pass by a:six.test/1//64", "2001:db8::3"},
      {"v=spf1 a:four.test//0 -all", "fail by -all", "2001:db8::3"},
      {"v=spf1 a:none.test -all", "fail by -all"},
      {"v=spf1 a:slow.test -all", "temperror: A of slow.test could not be learned: timeout"},
      {"v=spf1 a:slow.test -all", "temperror: AAAA of slow.test could not be learned: timeout",
       "2001:db8::3"},
      {"v=spf1 mx:m.test -all", "pass by mx:m.test"},
      {"v=spf1 mx:m.test -all", "pass by mx:m.test", "2001:db8::3"},
      {"v=spf1 mx:h.test -all", "fail by -all"},  // no MX: its address does not stand in
      {"v=spf1 mx:null.test -all", "fail by -all"},
      {"v=spf1 mx:slow.test -all", "temperror: MX of slow.test could not be learned: timeout"},
      {"v=spf1 mx:cut.test -all", "pass by mx:cut.test"},
      {"v=spf1 mx:lost.test -all", "temperror: A of slow.test could not be learned: timeout"},
      {"v=spf1 exists:h.test -all", "pass by exists:h.test", "2001:db8::9"},
      {"v=spf1 exists:six.test -all", "fail by -all", "2001:db8::77"},
      {"v=spf1 exists:slow.test -all", "temperror: A of slow.test could not be learned: timeout"},
      {"v=spf1 a:%{l}..test -all", "fail by -all"},
      {"v=spf1 exists:%{l}\\.test -all", "fail by -all"},
  };
  for (const Row& row : kTable)
    CHECK(spf(row.record, kZone, row.client) == row.want);
}

TEST_CASE("spf: ptr believes a name that leads back (§5.5)") {
  constexpr std::string_view kZone =
      "3.2.0.192.in-addr.arpa PTR liar.other.test\n3.2.0.192.in-addr.arpa PTR mx.example.org\n"
      "3.2.0.192.in-addr.arpa PTR slow.example.org\n3.2.0.192.in-addr.arpa PTR evilexample.org\n"
      "liar.other.test A 192.0.2.4\nmx.example.org A 192.0.2.3\nevilexample.org A "
      "192.0.2.3\nslow.example.org TIMEOUT\n"
      "3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR example.org\n"
      "example.org AAAA 2001:db8::3\n4.2.0.192.in-addr.arpa TIMEOUT\n";
  constexpr Row kTable[] = {
      {"v=spf1 ptr -all", "pass by ptr"},
      {"v=spf1 ptr:MX.example.org -all", "pass by ptr:MX.example.org"},
      {"v=spf1 ptr:other.test -all", "fail by -all"},
      {"v=spf1 ptr:slow.example.org -all", "fail by -all"},
      {"v=spf1 ptr -all", "pass by ptr", "2001:db8::3"},
      {"v=spf1 ptr -all", "fail by -all", "192.0.2.4"},  // a DNS error is no match
      {"v=spf1 ptr -all", "fail by -all", "192.0.2.5"},
      {"v=spf1 exists:%{p}.x.test -all", "fail by -all"},
  };
  for (const Row& row : kTable)
    CHECK(spf(row.record, kZone, row.client) == row.want);
}

TEST_CASE("spf: the macro p prefers the domain, then what is below it, else any name or unknown (§7.3)") {
  const auto chosen = [](std::string_view zone) {
    return spf("v=spf1 -all exp=e.test", std::string(zone) + "\ne.test TXT %{p}");
  };
  constexpr std::string_view kPtr = "3.2.0.192.in-addr.arpa PTR ";
  const auto named = [&](std::vector<std::string> names) {
    std::string zone;
    for (const std::string& name : names)
      zone += fmt::format("{}{}\n{} A 192.0.2.3\n", kPtr, name, name);
    return chosen(zone);
  };
  CHECK(named({"a.other.test", "example.org", "a.example.org"}) == "fail by -all \"example.org\"");
  CHECK(named({"a.other.test", "z.example.org", "b.example.org"}) == "fail by -all \"b.example.org\"");
  CHECK(named({"z.other.test", "a.other.test"}) == "fail by -all \"a.other.test\"");
  CHECK(chosen("") == "fail by -all \"unknown\"");
  CHECK(chosen("3.2.0.192.in-addr.arpa TIMEOUT") == "fail by -all \"unknown\"");
  CHECK(chosen("3.2.0.192.in-addr.arpa PTR example.org\nexample.org A 192.0.2.4") ==
        "fail by -all \"unknown\"");
}

TEST_CASE("spf: the order in which the DNS answers does not matter") {
  std::vector<std::string> lines{"a.test MX 10 one.test",
                                 "a.test MX 10 two.test",
                                 "a.test MX 10 slow.test",
                                 "3.2.0.192.in-addr.arpa PTR one.example.org",
                                 "3.2.0.192.in-addr.arpa PTR two.example.org",
                                 "example.org TXT other"};
  std::sort(lines.begin(), lines.end());
  do {
    std::string zone = "one.test A 192.0.2.9\ntwo.test A 192.0.2.3\nslow.test TIMEOUT\n";
    zone += "one.example.org A 192.0.2.3\ntwo.example.org A 192.0.2.3\ne.test TXT %{p}\n";
    for (const std::string& line : lines)
      zone += line + "\n";
    REQUIRE(spf("v=spf1 -mx:a.test exp=e.test", zone) == "fail by -mx:a.test \"one.example.org\"");
  } while (std::next_permutation(lines.begin(), lines.end()));
}

TEST_CASE("spf: the eleventh term that asks is a permerror (§4.6.4)") {
  const std::string zone = "n.test A 192.0.2.9\ni.test TXT v=spf1" + repeated(" a:n.test", 8);
  const std::string kTooMany = "permerror: more than 10 terms ask the DNS";
  const std::string ten = "v=spf1" + repeated(" a:n.test", 10);
  CHECK(spf(ten + " ip4:192.0.2.3", zone) == "pass by ip4:192.0.2.3");
  CHECK(spf(ten + " a:n.test", zone) == kTooMany);
  CHECK(spf(ten + " redirect=i.test", zone) == kTooMany);
  CHECK(spf(ten + " -all a:n.test", zone) == "fail by -all");
  CHECK(spf("v=spf1 a:n.test include:i.test -all", zone) == "fail by -all");
  CHECK(spf("v=spf1 a:n.test include:i.test a:n.test", zone) == kTooMany);
  CHECK(spf("v=spf1 redirect=example.org", zone) == kTooMany);
  CHECK(spf("v=spf1 include:example.org", zone) == kTooMany);
  // The macro p asks too; that of an explanation is not counted.
  CHECK(spf("v=spf1" + repeated(" exists:%{p}.x.n.test", 2) + repeated(" a:n.test", 6) + " -all", zone) ==
        "fail by -all");
  CHECK(spf("v=spf1" + repeated(" a:n.test", 9) + " exists:%{p}.x.n.test -all", zone) == kTooMany);
  CHECK(spf(ten + " -all exp=%{p}.e.test", zone + "\nunknown.e.test TXT %{p}") == "fail by -all \"unknown\"");
}

TEST_CASE("spf: two terms may ask for what is not there (§4.6.4)") {
  constexpr std::string_view kZone =
      "six.test AAAA 2001:db8::9\nm.test MX 1 none1.test\nm.test MX 2 none2.test\nm.test MX 3 none3.test\n"
      "n.test MX 1 none1.test\nn.test MX 2 h.test\nh.test A 192.0.2.9\n";
  const std::string kTooMany = "permerror: more than 2 terms ask for what is not there";
  constexpr std::string_view kVoid[] = {"a:none.test", "a:six.test",       "mx:none.test",
                                        "mx:m.test",   "exists:none.test", "ptr"};
  for (const std::string_view term : kVoid) {
    CHECK(spf("v=spf1" + repeated(fmt::format(" {}", term), 2) + " -all", kZone) == "fail by -all");
    CHECK(spf("v=spf1" + repeated(fmt::format(" {}", term), 3) + " -all", kZone) == kTooMany);
  }
  // An exchange that is not there is none of them while another one is; nor is a name that is not asked for.
  CHECK(spf("v=spf1" + repeated(" mx:n.test", 3) + " -all", kZone) == "fail by -all");
  CHECK(spf("v=spf1" + repeated(" a:%{l}", 3) + " -all", kZone) == "fail by -all");
}

TEST_CASE("spf: ten exchanges and ten names of the client (§4.6.4)") {
  test::ZoneDns dns("example.org TXT v=spf1 mx -all\nexample.net TXT v=spf1 ptr -all\n");
  for (int i = 0; i < 10; ++i)
    dns.add("example.org", "MX", fmt::format("{} m{}.test", i, i));
  dns.add("m9.test", "A", kClient);
  CHECK(rendered(outcome_of(dns, input_of(kClient, "ann@example.org"))) == "pass by mx");
  dns.add("example.org", "MX", "10 m9.test");
  CHECK(rendered(outcome_of(dns, input_of(kClient, "ann@example.org"))) ==
        "permerror: \"mx\": more than 10 exchanges");

  for (int i = 0; i < 30; ++i)
    dns.add("3.2.0.192.in-addr.arpa", "PTR", fmt::format("m{:02}.example.net", i));
  dns.add("m10.example.net", "A", kClient);
  const std::size_t before = dns.asked().size();
  CHECK(rendered(outcome_of(dns, input_of(kClient, "ann@example.net"))) == "fail by -all");
  CHECK(dns.asked().size() - before == 12);
  dns.add("m09.example.net", "A", kClient);
  CHECK(rendered(outcome_of(dns, input_of(kClient, "ann@example.net"))) == "pass by ptr");
}

TEST_CASE("spf: the explanation of a fail (§6.2)") {
  constexpr std::string_view kZone =
      "e.test TXT No, %{i} may not send for %{d}.\ntwo.test TXT one\ntwo.test TXT two\nbad.test TXT %{x}\n"
      "slow.test TIMEOUT\ni.test TXT v=spf1 -all exp=other.test\nother.test TXT other\n"
      "r.test TXT v=spf1 -all exp=e.test\nn.test TXT v=spf1 -all\nall.test TXT v=spf1 all exp=other.test\n";
  constexpr Row kTable[] = {
      {"v=spf1 -all exp=e.test", "fail by -all \"No, 192.0.2.3 may not send for example.org.\""},
      {"v=spf1 ~all exp=e.test", "softfail by ~all"},
      {"v=spf1 -all exp=two.test", "fail by -all"},
      {"v=spf1 -all exp=none.test", "fail by -all"},
      {"v=spf1 -all exp=slow.test", "fail by -all"},
      {"v=spf1 -all exp=bad.test", "fail by -all"},
      {"v=spf1 -all exp=%{l}", "fail by -all"},
      {"v=spf1 include:i.test -all", "fail by -all"},
      {"v=spf1 include:i.test -all exp=e.test",
       "fail by -all \"No, 192.0.2.3 may not send for example.org.\""},
      {"v=spf1 -include:all.test exp=e.test",
       "fail by -include:all.test, all \"No, 192.0.2.3 may not send for example.org.\""},
      {"v=spf1 exp=other.test redirect=n.test", "fail by redirect=n.test, -all"},
      {"v=spf1 exp=other.test redirect=r.test",
       "fail by redirect=r.test, -all \"No, 192.0.2.3 may not send for r.test.\""},
  };
  for (const Row& row : kTable)
    CHECK(spf(row.record, kZone) == row.want);
  test::ZoneDns dns(kZone);
  dns.add("example.org", "TXT", "v=spf1 -all exp=e.test");
  SpfLimits silent;
  silent.explain = false;
  CHECK(rendered(outcome_of(dns, input_of(kClient, "ann@example.org"), silent)) == "fail by -all");
  CHECK(dns.asked() == std::vector<std::string>{"example.org TXT"});
}

TEST_CASE("spf: records that pass everyone") {
  constexpr std::string_view kZone =
      "i.test TXT v=spf1 +all\nh.test A 192.0.2.9\nh.test AAAA 2001:db8::9\nm.test MX 1 h.test\n";
  constexpr Row kTable[] = {
      {"v=spf1 +all", "pass by +all (everyone)"},
      {"v=spf1 all", "pass by all (everyone)"},
      {"v=spf1 -ip4:198.51.100.0/24 +all", "pass by +all (everyone)"},
      {"v=spf1 include:i.test -all", "pass by include:i.test, +all (everyone)"},
      {"v=spf1 redirect=i.test", "pass by redirect=i.test, +all (everyone)"},
      {"v=spf1 ip4:192.0.2.3 +all", "pass by ip4:192.0.2.3"},
      {"v=spf1 -include:i.test +all", "fail by -include:i.test, +all"},
      {"v=spf1 ip4:0.0.0.0/0", "pass by ip4:0.0.0.0/0 (everyone)"},
      {"v=spf1 ip4:128.0.0.0/1 -all", "pass by ip4:128.0.0.0/1 (everyone)"},
      {"v=spf1 ip4:192.0.0.0/2 -all", "pass by ip4:192.0.0.0/2"},
      {"v=spf1 ip4:64.0.0.0/2 ip4:192.0.0.0/2 -all", "pass by ip4:192.0.0.0/2 (everyone)"},
      {"v=spf1 -ip4:64.0.0.0/2 ip4:192.0.0.0/2 -all", "pass by ip4:192.0.0.0/2"},
      {"v=spf1 a:h.test/0", "pass by a:h.test/0 (everyone)"},
      {"v=spf1 mx:m.test/1", "pass by mx:m.test/1 (everyone)"},
      {"v=spf1 a:h.test/24", "pass by a:h.test/24"},
      {"v=spf1 ip6:::/0", "pass by ip6:::/0 (everyone)", "2001:db8::1"},
      {"v=spf1 ip6:2000::/3 -all", "pass by ip6:2000::/3 (everyone)", "2001:db8::1"},
      {"v=spf1 ip6:2000::/4 -all", "pass by ip6:2000::/4 (everyone)", "2001:db8::1"},
      {"v=spf1 ip6:2000::/5 -all", "pass by ip6:2000::/5", "2001:db8::1"},
      {"v=spf1 a:h.test//0", "pass by a:h.test//0 (everyone)", "2001:db8::1"},
      {"v=spf1 exists:h.test", "pass by exists:h.test"},
  };
  for (const Row& row : kTable)
    CHECK(spf(row.record, kZone, row.client) == row.want);
}

TEST_CASE("spf: results are named as RFC 8601 §2.7.2 spells them") {
  CHECK(name(SpfResult::none) == "none");
  CHECK(name(SpfResult::permerror) == "permerror");
  CHECK(name(SpfResult::temperror) == "temperror");
}
