#include "rules/learn/identity.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "rules/scan.h"
#include "tests/support/scanning.h"

using namespace xspamd;
using auth::DkimResult;
using auth::DmarcResult;
using auth::SpfResult;

namespace {

struct World {
  std::string client = "192.0.2.1";
  std::string header = "From: Ann <ann@example.org>\n";
  Facts facts = {};
  IdentityOptions options = {};

  void sign(std::string domain, DkimResult result = DkimResult::pass) {
    facts.dkim.emplace_back();
    facts.dkim.back().result = result;
    facts.dkim.back().domain = std::move(domain);
  }
  void pass_spf(std::string domain) {
    facts.spf.emplace();
    facts.spf->result = SpfResult::pass;
    facts.spf->domain = std::move(domain);
  }
  void judge_dmarc(DmarcResult result) {
    facts.dmarc.emplace();
    facts.dmarc->result = result;
  }
  void except(const std::string& network) { options.except.networks.push_back(*Network::parse(network)); }

  std::vector<Identity> identities() const {
    Envelope envelope;
    if (!client.empty()) envelope.client = IpAddress::parse(client);
    const auto suffixes = std::make_shared<const Suffixes>();
    const Prepared mail = prepare(test::request_of(header + "\nText\n", envelope), conf::Config(), *suffixes);
    IdentityOptions all = options;
    all.suffixes = suffixes;
    return identities_of({mail.request, *mail.message, mail.origin}, facts, all);
  }
  std::string found() const {
    std::string text;
    for (const Identity& identity : identities())
      text += fmt::format("{}{}:{}", text.empty() ? "" : " ", name(identity.kind), identity.value);
    return text;
  }
};

}  // namespace

TEST_CASE("identity: an address stands for its host, which the options may make wider") {
  struct Row {
    const char* client;
    int ipv4, ipv6;
    const char* found;
  };
  const Row rows[] = {
      {"192.0.2.1", 32, 64, "ip:192.0.2.1"},
      {"192.0.2.77", 24, 64, "ip:192.0.2.0/24"},
      {"192.0.2.77", 27, 64, "ip:192.0.2.64/27"},
      {"2001:db8:1:2:3:4:5:6", 32, 64, "ip:2001:db8:1:2::/64"},
      {"2001:db8:1:2:3:4:5:6", 24, 128, "ip:2001:db8:1:2:3:4:5:6"},
      {"::ffff:192.0.2.1", 32, 64, "ip:192.0.2.1"},
      {"", 32, 64, ""},
  };
  for (const Row& row : rows) {
    World world{.client = row.client};
    world.options.ipv4_prefix = row.ipv4;
    world.options.ipv6_prefix = row.ipv6;
    INFO(row.client << " " << row.ipv4);
    CHECK(world.found() == row.found);
  }
}

TEST_CASE("identity: the hosts of a range are one") {
  World world{.client = "198.51.100.9"};
  world.options.ranges = {*Network::parse("198.51.100.0/28"), *Network::parse("2001:db8::/32")};
  CHECK(world.found() == "ip:198.51.100.0/28");
  world.client = "198.51.100.16";
  CHECK(world.found() == "ip:198.51.100.16");
  world.client = "2001:db8:ffff::1";
  CHECK(world.found() == "ip:2001:db8::/32");
}

TEST_CASE("identity: autonomous systems are those of the client, three at most") {
  World world;
  world.facts.host.asns = {64500, 64501, 64500, 64502, 64503};
  CHECK(world.found() == "ip:192.0.2.1 asn:64500 asn:64501");
  world.facts.host.asns = {64500, 64501, 64502, 64503};
  CHECK(world.found() == "ip:192.0.2.1 asn:64500 asn:64501 asn:64502");
}

TEST_CASE("identity: a client that is excepted, and its network, are none") {
  World world;
  world.facts.host.asns = {64500};
  world.except("192.0.2.0/30");
  world.pass_spf("example.org");
  CHECK(world.found() == "spf:example.org from:example.org");
  world.client = "192.0.2.4";
  CHECK(world.found() == "ip:192.0.2.4 asn:64500 spf:example.org from:example.org");
}

TEST_CASE("identity: a domain is that of its owner, found once") {
  World world{.client = "", .header = "From: x@unproved.test\n"};
  world.sign("a.mail.example.co.uk");
  world.sign("b.EXAMPLE.co.uk.");
  world.sign("co.uk");
  world.pass_spf("bounce.example.co.uk");
  CHECK(world.found() == "dkim:example.co.uk dkim:co.uk spf:example.co.uk");
}

TEST_CASE("identity: what is not proved is none") {
  World none{.client = ""};
  for (const DkimResult result : {DkimResult::fail, DkimResult::neutral, DkimResult::policy,
                                  DkimResult::temperror, DkimResult::permerror})
    none.sign("example.org", result);
  none.sign("");
  CHECK(none.found() == "");
  for (const SpfResult result : {SpfResult::none, SpfResult::neutral, SpfResult::fail, SpfResult::softfail,
                                 SpfResult::temperror, SpfResult::permerror}) {
    none.pass_spf("example.org");
    none.facts.spf->result = result;
    INFO(auth::name(result));
    CHECK(none.found() == "");
  }
  World everyone{.client = ""};
  everyone.pass_spf("example.org");
  everyone.facts.spf->plus_all = true;
  CHECK(everyone.found() == "");
  World open{.client = ""};
  open.sign("example.org");
  open.facts.dkim[0].unsigned_bytes = 1;
  CHECK(open.found() == "");
}

TEST_CASE("identity: an author counts when his domain's owner is proved and DMARC did not fail") {
  struct Row {
    const char* why;
    const char* header;
    std::optional<DmarcResult> dmarc;
    bool counts;
  };
  const Row rows[] = {
      {"the same domain", "From: ann@example.org\n", {}, true},
      {"below it", "From: ann@NEWS.example.org\n", DmarcResult::none, true},
      {"a pass", "From: ann@example.org\n", DmarcResult::pass, true},
      {"its owner asks for the same domain", "From: ann@news.example.org\n", DmarcResult::fail, false},
      {"another", "From: ann@example.com\n", DmarcResult::pass, false},
      {"two authors", "From: ann@example.org, eve@example.org\n", DmarcResult::pass, false},
      {"no address", "From: Ann\n", DmarcResult::none, false},
      {"no From", "Subject: x\n", DmarcResult::none, false},
  };
  for (const Row& row : rows) {
    for (const bool by_spf : {false, true}) {
      World world{.client = "", .header = row.header};
      if (row.dmarc) world.judge_dmarc(*row.dmarc);
      by_spf ? world.pass_spf("example.org") : world.sign("example.org");
      INFO(row.why << " " << by_spf);
      CHECK((world.found().find("from:example.org") != std::string::npos) == row.counts);
    }
  }
}

TEST_CASE("identity: domains that are excepted, and what is below them, are none") {
  World world{.client = "", .header = "From: ann@news.example.org\n"};
  world.sign("news.example.org");
  world.sign("example.org");
  world.pass_spf("other.example.net");
  world.options.except.domains = {"news.example.org", "example.net"};
  CHECK(world.found() == "dkim:example.org");
  world.options.except.domains = {"example.org"};
  CHECK(world.found() == "spf:example.net");
}

TEST_CASE("identity: their number and length are bounded") {
  World world;
  for (int i = 0; i < 100; ++i) {
    world.sign(fmt::format("d{}.test", i));
    world.facts.host.asns.push_back(static_cast<std::uint32_t>(i));
  }
  world.pass_spf("example.org");
  CHECK(world.identities().size() == kMostIdentities);
  World longest{.client = "", .header = "From: x@y\n"};
  const std::string label(60, 'a');
  longest.sign(fmt::format("{0}.{0}.{0}.test", label));  // the owner is the last two labels
  longest.sign(std::string(kMostValue, 'b'));
  longest.sign(std::string(kMostValue + 1, 'c'));
  CHECK(longest.found() == fmt::format("dkim:{}.test dkim:{}", label, std::string(kMostValue, 'b')));
}
