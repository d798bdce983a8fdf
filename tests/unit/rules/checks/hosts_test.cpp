#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "rules/score.h"
#include "tests/support/run_task.h"
#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;

namespace {

// Two clients with all in order, and a sender that takes mail.
constexpr std::string_view kZone =
    "7.8.9.185.in-addr.arpa PTR mail.example.org\nmail.example.org A 185.9.8.7\n"
    "7.8.9.185.origin.test TXT 64500 | 185.9.8.0/22 | DE | ripencc | 2012-03-04\n"
    "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.8.1.1.0.a.2.ip6.arpa PTR mail6.example.org\n"
    "mail6.example.org AAAA 2a01:1803::7\n"
    "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.8.1.1.0.a.2.origin6.test TXT "
    "64501|2a01:1803::/32|FR|\n"
    "sender.example.net A 185.9.8.9\n";

const test::Options kZones{"checks.hosts.asn_zone4=\"origin.test\"",
                           "checks.hosts.asn_zone6=\"origin6.test\""};
const test::Options kNoZones{"checks.hosts.asn_zone4=\"\"", "checks.hosts.asn_zone6=\"\""};

Envelope envelope_of(std::string_view client = "185.9.8.7") {
  Envelope envelope;
  envelope.client = IpAddress::parse(client);
  envelope.helo = "mail.example.org";
  envelope.sender = "ann@sender.example.net";
  envelope.recipients = {"bob@b.example"};
  return envelope;
}

struct Looked {
  std::shared_ptr<test::ZoneDns> dns;
  std::unique_ptr<Scan> scan;

  std::string hits() const { return test::rendered(scan->hits); }
  const HostFacts& facts() const { return scan->facts.host; }
};

// The check alone, in kZone and what is added to it.
Looked look(Envelope envelope, std::string_view zone = {}, const test::Options& options = kNoZones,
            bool has_found = true) {
  Looked looked{std::make_shared<test::ZoneDns>(fmt::format("{}{}", kZone, zone)), nullptr};
  looked.dns->set_has_found(has_found);
  const auto plan = test::shipped_plan(options);
  Prepared prepared =
      prepare(test::request_of("Subject: x\n\n", std::move(envelope)), plan->config, *plan->suffixes);
  const Asking asking{looked.dns, Deadline::max()};
  looked.scan = std::make_unique<Scan>(std::move(prepared), Deadline::max(), asking);
  const auto planned = std::find_if(plan->checks.begin(), plan->checks.end(),
                                    [](const PlannedCheck& each) { return each.check->name == "hosts"; });
  REQUIRE(planned != plan->checks.end());
  test::run_task(std::get<IoCheck>(planned->runner)(*looked.scan));
  return looked;
}

std::string hits(Envelope envelope, std::string_view zone = {}, const test::Options& options = kNoZones) {
  return look(std::move(envelope), zone, options).hits();
}

Envelope with_client(std::string_view client) {
  Envelope envelope = envelope_of(client);
  envelope.helo.clear();
  return envelope;
}

Envelope with_helo(std::string helo) {
  Envelope envelope = envelope_of();
  envelope.helo = std::move(helo);
  return envelope;
}

Envelope with_sender(std::string sender) {
  Envelope envelope = envelope_of();
  envelope.sender = std::move(sender);
  return envelope;
}

}  // namespace

TEST_CASE("check hosts: a client whose names are in order has no symbol but that of its network") {
  CHECK(hits(envelope_of()) == "");
  CHECK(hits(envelope_of(), {}, kZones) == "ASN[asn:64500, ipnet:185.9.8.0/22, country:DE]");
  Envelope v6 = envelope_of("2a01:1803::7");
  v6.helo = "mail6.example.org";
  CHECK(hits(v6, {}, kZones) == "ASN[asn:64501, ipnet:2a01:1803::/32, country:FR]");
}

TEST_CASE("check hosts: the client's name, known, absent, not confirmed and not to be learned") {
  struct Row {
    std::string_view client, zone, hits;
    Known has_name, confirmed;
  };
  const Row kRows[] = {
      {"185.9.8.7", "", "", Known::yes, Known::yes},
      {"2a01:1803::7", "", "", Known::yes, Known::yes},
      {"185.9.8.1", "", "HFILTER_HOSTNAME_UNKNOWN RDNS_NONE", Known::no, Known::no},
      {"2a01:1803::1", "", "HFILTER_HOSTNAME_UNKNOWN RDNS_NONE", Known::no, Known::no},
      {"185.9.8.1", "1.8.9.185.in-addr.arpa TXT nothing\n", "HFILTER_HOSTNAME_UNKNOWN RDNS_NONE", Known::no,
       Known::no},
      {"185.9.8.1", "1.8.9.185.in-addr.arpa PTR mail.example.org\n",
       "HFILTER_HOSTNAME_UNKNOWN[mail.example.org]", Known::yes, Known::no},
      {"185.9.8.1", "1.8.9.185.in-addr.arpa PTR gone.example.org\n",
       "HFILTER_HOSTNAME_UNKNOWN[gone.example.org]", Known::yes, Known::no},
      {"185.9.8.1", "1.8.9.185.in-addr.arpa TIMEOUT\n", "RDNS_DNSFAIL", Known::unknown, Known::unknown},
      {"185.9.8.1", "1.8.9.185.in-addr.arpa SERVFAIL\n", "RDNS_DNSFAIL", Known::unknown, Known::unknown},
      {"185.9.8.1", "1.8.9.185.in-addr.arpa PTR slow.example.org\nslow.example.org TIMEOUT\n", "RDNS_DNSFAIL",
       Known::yes, Known::unknown},
      // One name that cannot be learned may be the right one; the right one needs no other.
      {"185.9.8.1",
       "1.8.9.185.in-addr.arpa PTR slow.example.org\n1.8.9.185.in-addr.arpa PTR mail.example.org\n"
       "slow.example.org SERVFAIL\n",
       "RDNS_DNSFAIL", Known::yes, Known::unknown},
      {"185.9.8.7", "7.8.9.185.in-addr.arpa PTR slow.example.org\nslow.example.org SERVFAIL\n", "",
       Known::yes, Known::yes},
  };
  for (const Row& row : kRows) {
    const Looked looked = look(with_client(row.client), row.zone);
    INFO(row.client << " " << row.zone);
    CHECK(looked.hits() == row.hits);
    CHECK(looked.facts().has_name == row.has_name);
    CHECK(looked.facts().confirmed == row.confirmed);
    CHECK(looked.scan->skipped.size() == (row.confirmed == Known::unknown ? 1 : 0));
  }
}

TEST_CASE("check hosts: why something could not be learned is told") {
  const Looked looked = look(with_client("185.9.8.1"), "1.8.9.185.in-addr.arpa TIMEOUT\n");
  REQUIRE(looked.scan->skipped.size() == 1);
  CHECK(looked.scan->skipped[0].check == "hosts");
  CHECK(looked.scan->skipped[0].why == "PTR of 1.8.9.185.in-addr.arpa could not be learned: timeout");
}

TEST_CASE("check hosts: the name that the mail server has verified is believed, and nothing asked about it") {
  Envelope envelope = envelope_of("185.9.8.1");
  envelope.hostname = "Mail.Example.ORG.";
  const Looked looked = look(envelope);
  CHECK(looked.hits() == "");
  CHECK(looked.facts().verified == "mail.example.org");
  CHECK(looked.facts().confirmed == Known::yes);
  CHECK(looked.dns->asked() == std::vector<std::string>{"sender.example.net A"});
  for (const std::string no_name : {"unknown", "[185.9.8.1]", "185.9.8.1", "localhost", "a b.example.org"}) {
    envelope.hostname = no_name;
    envelope.helo.clear();
    CHECK(hits(envelope) == "HFILTER_HOSTNAME_UNKNOWN RDNS_NONE");
  }
}

TEST_CASE("check hosts: the greeting is the client's name, another's, nobody's, or not to be learned") {
  constexpr std::string_view kHelo =
      "other.example.com A 185.1.1.1\nsix.example.com AAAA 2a01::1\nfarm.example.org A 185.1.1.1\n"
      "mx.example.com MX 10 other.example.com\ndead.example.com MX 10 gone.example.com\n"
      "null.example.com MX 0 .\nslow.example.com TIMEOUT\nslowmx.example.com MX 10 slow.example.com\n"
      "halfmx.example.com MX 10 gone.example.com\nhalfmx.example.com MX 20 slow.example.com\n"
      "half.example.com A 185.9.8.7\nhalf.example.com TIMEOUT\n";
  const std::pair<std::string, std::string> kTable[] = {
      {"mail.example.org", ""},
      {"half.example.com", ""},  // its AAAA records are of no account
      {"other.example.com", "HFILTER_HELO_IP_A[other.example.com]"},
      {"six.example.com", "HFILTER_HELO_IP_A[six.example.com]"},
      {"farm.example.org", ""},  // another host of the same owner
      {"gone.example.com",
       "HFILTER_HELO_IP_A[gone.example.com] HFILTER_HELO_NORES_A_OR_MX[gone.example.com]"},
      {"mx.example.com", "HFILTER_HELO_IP_A[mx.example.com]"},
      {"dead.example.com",
       "HFILTER_HELO_IP_A[dead.example.com] HFILTER_HELO_NORESOLVE_MX[dead.example.com, gone.example.com]"},
      {"null.example.com",
       "HFILTER_HELO_IP_A[null.example.com] HFILTER_HELO_NORESOLVE_MX[null.example.com, null MX]"},
      {"slow.example.com", ""},
      {"slowmx.example.com", "HFILTER_HELO_IP_A[slowmx.example.com]"},
      {"halfmx.example.com", "HFILTER_HELO_IP_A[halfmx.example.com]"},
      {"[185.9.8.7]", ""},
      {"185.1.1.1", ""},
      {"COMPUTER", ""},
      {"two words.example.com", ""},
      {"", ""},
  };
  for (const auto& [helo, want] : kTable) {
    INFO(helo);
    CHECK(hits(with_helo(helo), kHelo) == want);
  }
}

TEST_CASE("check hosts: a client of IPv6 greets with a name of IPv6") {
  Envelope envelope = envelope_of("2a01:1803::7");
  envelope.helo = "mail6.example.org";
  CHECK(hits(envelope) == "");
  envelope.helo = "other.example.com";
  CHECK(hits(envelope, "other.example.com A 185.9.8.7\n") == "HFILTER_HELO_IP_A[other.example.com]");
}

TEST_CASE("check hosts: whose the greeting is stays open where the client's name could not be learned") {
  Envelope envelope = envelope_of("185.9.8.1");
  envelope.helo = "other.example.com";
  CHECK(hits(envelope, "other.example.com A 185.1.1.1\n1.8.9.185.in-addr.arpa TIMEOUT\n") == "RDNS_DNSFAIL");
}

TEST_CASE("check hosts: the sender's domain exists, or does not, or is not to be learned") {
  constexpr std::string_view kSenders =
      "six.example.com AAAA 2a01::1\nmx.example.com MX 10 mail.example.org\ndead.example.com MX 10 "
      "gone.example.com\n"
      "dead.example.com MX 20 none.example.com\nhalf.example.com MX 10 gone.example.com\n"
      "half.example.com MX 20 mail.example.org\nnull.example.com MX 0 .\nboth.example.com A 185.1.1.1\n"
      "both.example.com MX 10 gone.example.com\nslow.example.com TIMEOUT\nbroken.example.com SERVFAIL\n"
      "slowmx.example.com MX 10 slow.example.com\nxn--bcher-kva.example.com A 185.1.1.1\n"
      "many.example.com MX 1 a.gone.example.com\nmany.example.com MX 2 b.gone.example.com\n"
      "many.example.com MX 3 c.gone.example.com\nmany.example.com MX 4 mail.example.org\n";
  const std::pair<std::string, std::string> kTable[] = {
      {"ann@sender.example.net", ""},
      {"ann@six.example.com", ""},
      {"ann@mx.example.com", ""},
      {"ann@gone.example.com", "HFILTER_FROMHOST_NORES_A_OR_MX[gone.example.com]"},
      {"ann@GONE.example.com", "HFILTER_FROMHOST_NORES_A_OR_MX[gone.example.com]"},
      {"ann@dead.example.com", "HFILTER_FROMHOST_NORESOLVE_MX[dead.example.com, gone.example.com]"},
      {"ann@half.example.com", ""},
      {"ann@null.example.com", "HFILTER_FROMHOST_NORESOLVE_MX[null.example.com, null MX]"},
      {"ann@both.example.com", ""},
      {"ann@slow.example.com", ""},
      {"ann@broken.example.com", ""},
      {"ann@slowmx.example.com", ""},
      {"ann@many.example.com", ""},
      {"ann@bücher.example.com", ""},
      {"ann@[185.1.1.1]", ""},
      {"ann@localhost", ""},
      {"ann", ""},
      {"", ""},
  };
  for (const auto& [sender, want] : kTable) {
    INFO(sender);
    CHECK(hits(with_sender(sender), kSenders) == want);
  }
  CHECK(look(with_sender("ann@slow.example.com"), kSenders).scan->skipped.size() == 1);
  CHECK(look(with_sender("ann@slowmx.example.com"), kSenders).scan->skipped.size() == 1);
}

TEST_CASE("check hosts: the mail exchange of the sender, when it is asked for") {
  constexpr std::string_view kSenders =
      "good.example.com MX 10 mail.example.org\ndead.example.com MX 10 gone.example.com\nnull.example.com MX "
      "0 .\n"
      "slow.example.com TIMEOUT\nslowmx.example.com MX 10 slow.example.com\n"
      "dead.example.com A 185.1.1.1\nnull.example.com A 185.1.1.1\nslowmx.example.com A 185.1.1.1\n"
      "example.org MX 10 mail.example.org\n";
  const std::pair<std::string, std::string> kTable[] = {
      {"ann@good.example.com", "MX_GOOD[mail.example.org]"},
      {"ann@sender.example.net", "MX_GOOD[sender.example.net]"},
      {"ann@dead.example.com", "MX_INVALID[dead.example.com, gone.example.com]"},
      {"ann@null.example.com", "MX_INVALID[null.example.com, null MX]"},
      {"ann@gone.example.com",
       "HFILTER_FROMHOST_NORES_A_OR_MX[gone.example.com] MX_MISSING[gone.example.com]"},
      {"ann@slow.example.com", ""},
      {"ann@slowmx.example.com", ""},
      {"", "MX_GOOD[mail.example.org]"},  // of the greeting
  };
  test::Options options = kNoZones;
  options.push_back("checks.hosts.mx=true");
  for (const auto& [sender, want] : kTable) {
    INFO(sender);
    CHECK(hits(with_sender(sender), kSenders, options) == want);
  }
  CHECK(look(with_sender("ann@slowmx.example.com"), kSenders, options).scan->skipped.size() == 1);
}

TEST_CASE("check hosts: our own users and networks are not looked at unless the options say so") {
  Envelope user = envelope_of("185.9.8.1");
  user.user = "ann";
  user.helo.clear();
  CHECK(look(user).dns->asked().empty());
  CHECK(hits(user) == "");
  test::Options options = kNoZones;
  options.push_back("checks.hosts.check_authed=true");
  CHECK(hits(user, {}, options) == "HFILTER_HOSTNAME_UNKNOWN RDNS_NONE");

  const Envelope local = with_sender("ann@gone.example.com");
  options = kNoZones;
  options.push_back("networks.local=[\"185.9.8.0/24\"]");
  CHECK(look(local, {}, options).dns->asked().empty());
  options.push_back("checks.hosts.check_local=true");
  CHECK(hits(local, {}, options) == "HFILTER_FROMHOST_NORES_A_OR_MX[gone.example.com]");

  Envelope unknown = envelope_of();
  unknown.client.reset();
  CHECK(look(unknown).dns->asked().empty());
}

TEST_CASE("check hosts: of addresses that are not public nothing is asked") {
  for (const std::string_view client :
       {"10.1.2.3", "100.64.1.1", "127.0.0.1", "169.254.1.1", "224.0.0.1", "fc00::1", "fe80::1", "::1"}) {
    test::Options options = kZones;
    options.push_back("checks.hosts.check_local=true");
    const Looked looked = look(envelope_of(client), {}, options);
    INFO(client);
    CHECK(looked.hits() == "");
    CHECK(looked.dns->asked() == std::vector<std::string>{"sender.example.net A"});
    CHECK(looked.facts().confirmed == Known::unknown);
    CHECK(looked.scan->skipped.empty());
  }
}

TEST_CASE("check hosts: the network of the client, known, absent and not to be learned") {
  constexpr std::string_view kName = "1.8.9.185.origin.test";
  struct Row {
    std::string_view zone, hits;
    Known routed;
    std::size_t skipped;
  };
  const Row kRows[] = {
      {"TXT 64500 | 185.9.8.0/22 | DE | ripencc | 2012-03-04",
       "ASN[asn:64500, ipnet:185.9.8.0/22, country:DE]", Known::yes, 0},
      {"TXT 64500 64501 | 185.9.8.0/22 | DE | ripencc |",
       "ASN[asn:64500, asn:64501, ipnet:185.9.8.0/22, country:DE]", Known::yes, 0},
      {"TXT 64500|185.9.8.0/22||", "ASN[asn:64500, ipnet:185.9.8.0/22]", Known::yes, 0},
      {"TXT nonsense", "", Known::unknown, 0},
      {"TXT 64500 | 10.0.0.0/8 | DE", "", Known::unknown, 0},
      {"A 127.0.0.2", "", Known::no, 0},
      {"TIMEOUT", "", Known::unknown, 1},
      {"SERVFAIL", "", Known::unknown, 1},
  };
  Envelope envelope = envelope_of("185.9.8.1");
  envelope.hostname = "mail.example.org";
  for (const Row& row : kRows) {
    const Looked looked = look(envelope, fmt::format("{} {}\n", kName, row.zone), kZones);
    INFO(row.zone);
    CHECK(looked.hits() == row.hits);
    CHECK(looked.facts().routed == row.routed);
    CHECK(looked.scan->skipped.size() == row.skipped);
  }
  const std::string two =
      fmt::format("{0} TXT 1 | 185.9.8.0/24 | FR |\n{0} TXT 2 | 185.9.0.0/16 | DE |\n", kName);
  CHECK(look(envelope, two, kZones).hits() == "ASN[asn:1, ipnet:185.9.8.0/24, country:FR]");
}

TEST_CASE(
    "check hosts: a client with many names, and names that are none, costs little and shows nothing odd") {
  std::string zone;
  for (int i = 0; i < 30; ++i)
    zone += fmt::format("1.8.9.185.in-addr.arpa PTR host{}.gone.example.com\n", i);
  const Looked many = look(with_client("185.9.8.1"), zone);
  CHECK(many.hits() == "");  // the right one may be among those that were not looked at
  CHECK(many.facts().confirmed == Known::unknown);
  CHECK(many.dns->asked().size() == 5);
  CHECK(many.scan->skipped.empty());

  test::ZoneDns names;
  const std::string label(63, 'a');
  const std::string long_name = fmt::format("{0}.{0}.{0}.{0}", label);
  const std::string odd[] = {"under_score.example.org",
                             long_name,
                             "bell\\007.example.org",
                             "two\\032words.example.org",
                             "a,b].example.org",
                             std::string("nul\0.org", 8),
                             "single",
                             "185.1.1.1",
                             "\xff\xfe.example.org",
                             "..",
                             ""};
  zone.clear();
  const Looked none = [&] {
    Looked looked{std::make_shared<test::ZoneDns>(kZone), nullptr};
    for (const std::string& name : odd)
      looked.dns->add("1.8.9.185.in-addr.arpa", "PTR", name);
    const auto plan = test::shipped_plan(kNoZones);
    Prepared prepared =
        prepare(test::request_of("Subject: x\n\n", with_client("185.9.8.1")), plan->config, *plan->suffixes);
    const Asking asking{looked.dns, Deadline::max()};
    looked.scan = std::make_unique<Scan>(std::move(prepared), Deadline::max(), asking);
    for (const PlannedCheck& planned : plan->checks) {
      if (planned.check->name == "hosts") test::run_task(std::get<IoCheck>(planned.runner)(*looked.scan));
    }
    return looked;
  }();
  CHECK(none.hits() == "HFILTER_HOSTNAME_UNKNOWN[under_score.example.org]");
  CHECK(none.facts().has_name == Known::yes);
}

TEST_CASE("check hosts: no message asks more than twelve questions") {
  // Three names, none confirmed; greeting and sender with three exchanges each, none of which exists.
  std::string zone = "1.8.9.185.origin.test TXT nonsense\n";
  for (int i = 0; i < 3; ++i) {
    zone += fmt::format("1.8.9.185.in-addr.arpa PTR n{}.example.com\n", i);
    zone += fmt::format(
        "helo.example.com MX {0} h{0}.example.com\nfrom.example.com MX {0} f{0}.example.com\n", i);
  }
  Envelope envelope = with_sender("ann@from.example.com");
  envelope.client = IpAddress::parse("185.9.8.1");
  envelope.helo = "helo.example.com";
  for (const bool mx : {false, true}) {
    test::Options options = kZones;
    options.push_back(mx ? "checks.hosts.mx=true" : "checks.hosts.mx=false");
    const Looked looked = look(envelope, zone, options);
    CHECK(looked.dns->asked().size() == 12);
    CHECK(looked.hits() ==
          "HFILTER_HOSTNAME_UNKNOWN[n0.example.com, n1.example.com, n2.example.com] "
          "HFILTER_HELO_IP_A[helo.example.com]");
  }
}

TEST_CASE("check hosts: ordinary mail asks three questions, four with its network") {
  CHECK(look(envelope_of()).dns->asked() ==
        std::vector<std::string>{"7.8.9.185.in-addr.arpa PTR", "sender.example.net A", "mail.example.org A"});
  CHECK(look(envelope_of(), {}, kZones).dns->asked().size() == 4);
}

TEST_CASE("check hosts: a zone that is no domain is refused") {
  for (const std::string zone : {"origin", "a..b", "origin.test/x"}) {
    const auto problems = test::plan_problems(all_checks(), {"checks.hosts.asn_zone4=\"" + zone + "\""});
    CHECK(problems.find("asn_zone4: \"" + zone + "\" is no domain") != std::string::npos);
  }
}

TEST_CASE("check hosts: a greeting that has its points already gets no more of them") {
  const auto plan = test::shipped_plan();
  const auto scored = [&](const std::vector<std::string_view>& symbols) {
    const auto scan = test::fresh_scan(*plan);
    for (const std::string_view symbol : symbols)
      scan->add(symbol);
    return test::rendered(score(*plan, *scan));
  };
  CHECK(scored({"HFILTER_HELO_5", "HFILTER_HELO_IP_A", "HFILTER_HELO_NORES_A_OR_MX"}) ==
        "no action 3.0: HFILTER_HELO_5(3.00)");
  CHECK(scored({"HFILTER_HELO_NOT_FQDN", "HFILTER_HELO_NORESOLVE_MX"}) ==
        "no action 2.0: HFILTER_HELO_NOT_FQDN(2.00)");
  CHECK(scored({"HFILTER_HELO_IP_A", "HFILTER_HELO_NORES_A_OR_MX"}) ==
        "no action 1.3: HFILTER_HELO_IP_A(1.00) HFILTER_HELO_NORES_A_OR_MX(0.30)");
}

TEST_CASE("check hosts: mail in one hop from a customer's line is told, from any other host it is not") {
  const auto plan = test::shipped_plan();
  const auto has = [&](std::string hostname, std::string header) {
    Envelope envelope = envelope_of();
    envelope.hostname = std::move(hostname);
    const auto scan = test::scan_with(plan, test::request_of(header + "Subject: x\n\ny\n", envelope));
    const Verdict verdict = score(*plan, *scan);
    return std::any_of(verdict.scores.begin(), verdict.scores.end(), [](const Score& each) {
      return each.symbol == "ONCE_RECEIVED_STRICT" && each.value == Points{4000};
    });
  };
  const std::string hop =
      "Received: from a.example.org ([185.1.1.1]) by b.example.org; Sun, 22 Nov 2026 12:00:00 +0000\n";
  CHECK(has("p1-2.dynamic.isp.example.org", ""));
  CHECK(has("1-2-3.DSL.isp.example.org", ""));
  CHECK_FALSE(has("p1-2.dynamic.isp.example.org", hop + hop));
  CHECK_FALSE(has("mail.example.org", ""));
  CHECK_FALSE(has("static-1-2.isp.example.org", ""));
  CHECK_FALSE(has("dynamo.example.org", ""));
  CHECK_FALSE(has("", ""));
}

TEST_CASE("check hosts: a resolver that has never found a name proves nothing against a client") {
  Envelope nobody = envelope_of("185.9.8.77");
  nobody.helo = "no.such.example";
  nobody.sender = "x@no.such.example";
  const auto believed = look(nobody);
  CHECK(believed.hits().find("HFILTER_FROMHOST_NORES_A_OR_MX") != std::string::npos);
  CHECK(believed.scan->unsure.empty());
  const auto empty = look(nobody, {}, kNoZones, false);
  CHECK(empty.hits() == "");
  CHECK(empty.scan->unsure.contains("HFILTER_HOSTNAME_UNKNOWN"));
}

TEST_CASE("check hosts: addresses of documentation are asked about as public ones") {
  for (const char* client : {"192.0.2.7", "198.51.100.7", "203.0.113.7", "2001:db8::7"}) {
    INFO(client);
    CHECK(hits(with_client(client)) == "HFILTER_HOSTNAME_UNKNOWN RDNS_NONE");
  }
}
