#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "rules/score.h"
#include "tests/unit/rules/checks/with_store.h"

using namespace xspamd;
using namespace std::chrono_literals;
using auth::DkimResult;
using auth::SpfResult;
using test::WithStore;

namespace {

constexpr int kSpam = 20;  // points
constexpr int kHam = 0;

test::Options with(test::Options options) {
  options.emplace_back("checks.reputation.enabled=true");
  return options;
}

struct Incoming {
  std::string client = "198.51.100.7";
  std::string user = "";
  std::string header = "From: Ann <ann@example.org>\n";
  std::size_t recipients = 1;
  std::string spf = "";  // domain
  std::vector<std::string> dkim = {};
  std::vector<std::uint32_t> asns = {};
};

std::unique_ptr<Scan> look_at(WithStore& world, const Incoming& mail) {
  Envelope envelope;
  if (!mail.client.empty()) envelope.client = IpAddress::parse(mail.client);
  envelope.user = mail.user;
  for (std::size_t i = 0; i < mail.recipients; ++i)
    envelope.recipients.push_back(fmt::format("r{}@ours.test", i));
  return world.scan(test::request_of(mail.header + "\nText\n", envelope), [&](Facts& facts) {
    facts.host.asns = mail.asns;
    if (!mail.spf.empty()) {
      facts.spf.emplace();
      facts.spf->result = SpfResult::pass;
      facts.spf->domain = mail.spf;
    }
    for (const std::string& domain : mail.dkim) {
      facts.dkim.emplace_back();
      facts.dkim.back().result = DkimResult::pass;
      facts.dkim.back().domain = domain;
    }
  });
}

// The check's own hits, and one of another.
Verdict judged(const WithStore& world, const Scan& scan, int points) {
  Verdict verdict = score(world.plan(), scan);
  verdict.thresholds = thresholds_in(world.plan().config.actions);
  verdict.scores.push_back({"OTHER", "", "", Points{points * 1000}, {}});
  return verdict;
}

void end(const Scan& scan, const Verdict& verdict) {
  for (const auto& task : scan.afterwards)
    task(verdict);
}

void receive(WithStore& world, const Incoming& mail, int points, int times = 1) {
  for (int i = 0; i < times; ++i) {
    const auto scan = look_at(world, mail);
    end(*scan, judged(world, *scan, points));
  }
}

std::string hits(WithStore& world, const Incoming& mail) {
  const auto scan = look_at(world, mail);
  std::string text;
  for (const Hit& hit : scan->hits.list)
    text += fmt::format("{}{}[{}]x{:.2f}", text.empty() ? "" : " ", hit.symbol, fmt::join(hit.options, "; "),
                        hit.weight);
  for (const std::string_view check : scan->store_failed)
    text += "failed:" + std::string(check);
  return text;
}

std::string notes(WithStore& world, const Incoming& mail) {
  return fmt::format("{}", fmt::join(look_at(world, mail)->notes, "\n"));
}

const std::string kBad = "IP_REPUTATION_SPAM[100% of 20; 198.51.100.7]x0.67";

}  // namespace

TEST_CASE("check reputation: off by default, for all or but for those whose profile wants it") {
  const auto is_planned = [](const Plan& plan) {
    return std::any_of(plan.checks.begin(), plan.checks.end(),
                       [](const PlannedCheck& planned) { return planned.check->name == "reputation"; });
  };
  CHECK_FALSE(is_planned(*test::shipped_plan()));
  CHECK(is_planned(*test::shipped_plan(with({}))));
  const auto some =
      test::shipped_plan({"profiles.p={for={recipient=[\"a@x.example\"]}, enable=[\"reputation\"]}"});
  CHECK(is_planned(*some));
  Envelope envelope;
  for (const bool wanted : {true, false}) {
    envelope.recipients = {wanted ? "a@x.example" : "b@x.example"};
    CHECK(some->profiles.choose(envelope).is_on("reputation") == wanted);
  }
}

TEST_CASE("check reputation: an address that sent spam has a bad name, one that sent ham a good one") {
  WithStore world("reputation", with({}));
  CHECK(hits(world, {}) == "");
  receive(world, {}, kSpam, 20);
  CHECK(hits(world, {}) == kBad);
  CHECK(hits(world, {.client = "198.51.100.8"}) == "");
  receive(world, {.client = "198.51.100.9"}, kHam, 200);
  CHECK(hits(world, {.client = "198.51.100.9"}) == "IP_REPUTATION_HAM[0% of 200; 198.51.100.9]x0.76");
}

TEST_CASE("check reputation: who sends ham and spam has none") {
  WithStore world("reputation", with({}));
  receive(world, {}, kHam, 50);
  receive(world, {}, kSpam, 20);
  CHECK(hits(world, {}) == "");
  CHECK(notes(world, {}) == "reputation: ip 198.51.100.7: 70 messages, 29 % spam");
}

TEST_CASE("check reputation: it is told from the tenth message on, or as the option says") {
  for (const auto& [options, least] :
       {std::pair{test::Options{}, 10}, std::pair{test::Options{"checks.reputation.min_messages=3"}, 3}}) {
    WithStore world("reputation", with(options));
    receive(world, {}, kSpam, least - 1);
    CHECK(hits(world, {}) == "");
    receive(world, {}, kSpam);
    CHECK(hits(world, {}).find(fmt::format("100% of {}", least)) != std::string::npos);
  }
}

TEST_CASE("check reputation: the trace tells also what is too little to count") {
  WithStore world("reputation", with({}));
  CHECK(notes(world, {}) == "");
  receive(world, {.asns = {64500}}, kSpam);
  CHECK(notes(world, {.asns = {64500}}) ==
        "reputation: ip 198.51.100.7: 1 message, 100 % spam\nreputation: asn 64500: 1 message, 100 % spam");
}

TEST_CASE("check reputation: each identity has its own") {
  const Incoming all{.spf = "bounce.example.org", .dkim = {"esp.example"}, .asns = {64500}};
  WithStore world("reputation", with({}));
  receive(world, all, kSpam, 20);
  CHECK(hits(world, all) ==
        kBad +
            " ASN_REPUTATION_SPAM[100% of 20; 64500]x0.67 DKIM_REPUTATION_SPAM[100% of 20; esp.example]x0.67 "
            "SPF_REPUTATION_SPAM[100% of 20; example.org]x0.67 FROM_REPUTATION_SPAM[100% of 20; "
            "example.org]x0.67");
  // A name that another proves is not taken for the one that SPF proved.
  CHECK(hits(world, {.client = "192.0.2.1", .dkim = {"example.org"}}) ==
        "FROM_REPUTATION_SPAM[100% of 20; example.org]x0.67");
  CHECK(hits(world, {.client = "192.0.2.1"}) == "");
}

TEST_CASE("check reputation: of several signatures the worst domain counts") {
  WithStore world("reputation", with({}));
  receive(world, {.client = "", .dkim = {"good.example"}}, kHam, 200);
  receive(world, {.client = "", .dkim = {"bad.example"}}, kSpam, 20);
  const std::string bad = "DKIM_REPUTATION_SPAM[100% of 20; bad.example]x0.67";
  CHECK(hits(world, {.client = "", .dkim = {"good.example", "bad.example"}}) == bad);
  CHECK(hits(world, {.client = "", .dkim = {"bad.example", "good.example"}}) == bad);
  CHECK(hits(world, {.client = "", .dkim = {"good.example", "unknown.example"}}) ==
        "DKIM_REPUTATION_HAM[0% of 200; good.example]x0.76");
}

TEST_CASE("check reputation: one message is one, however many recipients and signatures it has") {
  WithStore world("reputation", with({}));
  const Incoming mail{.recipients = 50, .dkim = {"a.example.org", "b.example.org", "example.org"}};
  receive(world, mail, kSpam, 20);
  CHECK(hits(world, mail).find("DKIM_REPUTATION_SPAM[100% of 20; example.org]") != std::string::npos);
  CHECK(hits(world, {}) == kBad);
}

TEST_CASE("check reputation: a window counts half of the next, and after four all is forgotten") {
  struct Row {
    std::chrono::seconds later;
    const char* hits;
  };
  // The clock begins 3.6 days into a window.
  const Row rows[] = {{0s, "IP_REPUTATION_SPAM[100% of 160; 198.51.100.7]x0.94"},
                      {24h * 4, "IP_REPUTATION_SPAM[100% of 80; 198.51.100.7]x0.89"},
                      {24h * 11, "IP_REPUTATION_SPAM[100% of 40; 198.51.100.7]x0.80"},
                      {24h * 18, "IP_REPUTATION_SPAM[100% of 20; 198.51.100.7]x0.67"},
                      {24h * 25, ""}};
  WithStore world("reputation", with({}));
  receive(world, {}, kSpam, 160);
  for (const Row& row : rows) {
    world.later = row.later;
    INFO(row.later.count() / 86'400 << " days");
    CHECK(hits(world, {}) == row.hits);
  }
  WithStore quick("reputation", with({"checks.reputation.half_life=\"1h\""}));
  receive(quick, {}, kSpam, 160);
  quick.later = 4h;
  CHECK(hits(quick, {}) == "");
}

TEST_CASE("check reputation: it does not confirm itself") {
  WithStore world("reputation", with({"scores.IP_REPUTATION_SPAM=50"}));
  receive(world, {}, kSpam, 20);
  const auto scan = look_at(world, {});
  const Verdict verdict = judged(world, *scan, kHam);
  CHECK(verdict.score >= verdict.thresholds.at(Action::reject));
  end(*scan, verdict);  // nothing but its reputation is held against it
  CHECK(hits(world, {}) == "IP_REPUTATION_SPAM[95% of 21; 198.51.100.7]x0.61");
}

TEST_CASE("check reputation: only a verdict that the score of a whole scan made is counted") {
  struct Row {
    const char* why;
    void (*change)(Scan&, Verdict&);
    bool counts;
  };
  const Row rows[] = {
      {"as it is", [](Scan&, Verdict&) {}, true},
      {"forced", [](Scan&, Verdict& verdict) { verdict.forced_by = "GTUBE"; }, false},
      {"put off", [](Scan&, Verdict& verdict) { verdict.action = Action::soft_reject; }, false},
      {"cut short", [](Scan& scan, Verdict&) { scan.cut_short = true; }, false},
      {"late", [](Scan& scan, Verdict&) { scan.late.emplace_back("rules"); }, false},
      {"no store", [](Scan& scan, Verdict&) { scan.store_failed.insert("replies"); }, false},
  };
  for (const Row& row : rows) {
    WithStore world("reputation", with({}));
    for (int i = 0; i < 20; ++i) {
      const auto scan = look_at(world, {});
      Verdict verdict = judged(world, *scan, kSpam);
      row.change(*scan, verdict);
      end(*scan, verdict);
    }
    INFO(row.why);
    CHECK(hits(world, {}) == (row.counts ? kBad : ""));
  }
}

TEST_CASE("check reputation: without a verdict nothing is counted") {
  WithStore world("reputation", with({}));
  for (int i = 0; i < 20; ++i)
    look_at(world, {});
  CHECK(notes(world, {}) == "");
}

TEST_CASE("check reputation: our own mail has none") {
  WithStore world("reputation", with({}));
  for (const Incoming& ours : {Incoming{.client = "10.1.2.3"}, Incoming{.user = "alice"}}) {
    CHECK(look_at(world, ours)->afterwards.empty());
    receive(world, ours, kSpam, 20);
    CHECK(hits(world, ours) == "");
  }
  CHECK(hits(world, {}) == "");
}

TEST_CASE("check reputation: hosts of a network may be one, and those that relay to us are none") {
  WithStore wide("reputation", with({"checks.reputation.ipv4_prefix=24"}));
  receive(wide, {}, kSpam, 20);
  CHECK(hits(wide, {.client = "198.51.100.200"}) == "IP_REPUTATION_SPAM[100% of 20; 198.51.100.0/24]x0.67");
  WithStore range("reputation", with({"checks.reputation.ranges=[\"198.51.100.0/29\"]"}));
  receive(range, {}, kSpam, 20);
  CHECK(hits(range, {.client = "198.51.100.1"}) == "IP_REPUTATION_SPAM[100% of 20; 198.51.100.0/29]x0.67");
  CHECK(hits(range, {.client = "198.51.100.8"}) == "");
  WithStore relayed("reputation", with({"networks.relays=[\"198.51.100.7\"]"}));
  receive(relayed, {.spf = "example.org"}, kSpam, 20);
  CHECK(hits(relayed, {}) == "");
  CHECK(hits(relayed, {.spf = "example.org"}).substr(0, 19) == "SPF_REPUTATION_SPAM");
}

TEST_CASE("check reputation: networks and domains that are excepted are not counted") {
  WithStore world("reputation", with({"checks.reputation.except=[\"198.51.100.0/24\", \"Example.org\"]"}));
  const Incoming mail{.spf = "mail.example.org", .dkim = {"example.net"}, .asns = {64500}};
  receive(world, mail, kSpam, 20);
  CHECK(hits(world, mail) == "DKIM_REPUTATION_SPAM[100% of 20; example.net]x0.67");
}

TEST_CASE("check reputation: options that make no sense are refused with what was expected") {
  const std::pair<const char*, const char*> rows[] = {
      {"ipv4_prefix=33", "ipv4_prefix is 33: expected 8 to 32"},
      {"ipv4_prefix=0", "ipv4_prefix is 0: expected 8 to 32"},
      {"ipv6_prefix=129", "ipv6_prefix is 129: expected 16 to 128"},
      {"half_life=\"59min\"", "half_life is 3540 s: expected 1h to 365d"},
      {"half_life=\"366d\"", "half_life is 31622400 s: expected 1h to 365d"},
      {"except=[\"x y\"]", "except: \"x y\" is neither a network nor a domain"},
  };
  for (const auto& [option, problem] : rows) {
    const std::string problems =
        test::plan_problems(all_checks(), {fmt::format("checks.reputation.{}", option)});
    INFO(problems);
    CHECK(problems.find(problem) != std::string::npos);
  }
}

TEST_CASE("check reputation: without a store nothing is said, of one that fails it is told") {
  WithStore world("reputation", with({}));
  world.store = nullptr;
  CHECK(hits(world, {}) == "");
  CHECK(look_at(world, {})->afterwards.empty());
  world.store = std::make_shared<test::BrokenStore>();
  CHECK(hits(world, {}) == "failed:reputation");
  CHECK(hits(world, {.client = "", .header = "From: x@y.test\n"}) == "");  // it was not needed
}
