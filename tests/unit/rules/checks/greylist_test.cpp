#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "rules/score.h"
#include "tests/unit/rules/checks/with_store.h"

using namespace xspamd;
using namespace std::chrono_literals;

namespace {

struct Sent {
  std::string ip = "198.51.100.7";
  std::string sender = "bob@theirs.test";
  std::vector<std::string> recipients{"alice@ours.test"};
  std::string body = "Text\n";
  std::string user = {};
  std::string hostname = {};
  int score = 5;  // greylist from 4, add header from 6, reject from 15
  Dialect dialect = Dialect::rspamc;
};

// The check alone, on scans whose verdict so far a test makes, at a time that it chooses.
class Greylist {
 public:
  explicit Greylist(test::Options options = {})
      : plan_(test::shipped_plan(with(std::move(options)))),
        store(std::make_shared<MemoryStore>([this] { return start_ + later; })) {}

  std::unique_ptr<Scan> scan(const Sent& mail, const std::function<void(Scan&)>& set = {}) {
    Request request = test::request_of("From: bob@theirs.test\n\n" + mail.body);
    request.envelope.sender = mail.sender;
    request.envelope.recipients = mail.recipients;
    request.envelope.user = mail.user;
    request.envelope.hostname = mail.hostname;
    request.dialect = mail.dialect;
    if (!mail.ip.empty()) request.envelope.client = *IpAddress::parse(mail.ip);
    Prepared prepared = prepare(std::move(request), plan_->config, *plan_->suffixes);
    prepared.now = std::chrono::floor<std::chrono::seconds>(start_ + later);
    const Asking asking{std::make_shared<test::ZoneDns>(), Deadline::max(), nullptr, Memory{store, nullptr}};
    auto scan =
        std::make_unique<Scan>(std::move(prepared), Deadline::max(), asking, plan_->profiles.choose({}));
    scan->hits.list.push_back({.symbol = "KNOWN_SENDER", .value = Points{mail.score * 1000}});
    if (set) set(*scan);
    scan->so_far = score(*plan_, *scan);
    const auto planned =
        std::find_if(plan_->checks.begin(), plan_->checks.end(),
                     [](const PlannedCheck& each) { return each.check->name == "greylist"; });
    REQUIRE(planned != plan_->checks.end());
    test::run_task(std::get<IoCheck>(planned->runner)(*scan));
    return scan;
  }

  // "soft reject GREYLIST[greylisted, 2025-06-15T15:11:40Z, new record]"
  std::string judge(const Sent& mail = {}, const std::function<void(Scan&)>& set = {}) {
    const auto scan = this->scan(mail, set);
    const Verdict verdict = score(*plan_, *scan);
    std::string text(name(verdict.action));
    for (const Score& line : verdict.scores) {
      if (line.symbol != "GREYLIST" && line.symbol != "STORE_UNAVAILABLE") continue;
      text += fmt::format(" {}[{}]", line.symbol, fmt::join(line.options, ", "));
    }
    return text;
  }

 private:
  static test::Options with(test::Options options) {
    options.push_back("checks.greylist.enabled=true");
    return options;
  }

  const std::shared_ptr<const Plan> plan_;
  const WallTime start_{std::chrono::seconds(1'750'000'000)};  // 2025-06-15T15:06:40Z

 public:
  std::shared_ptr<Store> store;
  std::chrono::seconds later{0};
};

const std::string kNew = "soft reject GREYLIST[greylisted, 2025-06-15T15:11:40Z, new record]";
const std::string kEarly = "soft reject GREYLIST[greylisted, 2025-06-15T15:11:40Z, too early]";
const std::string kPass = "no action GREYLIST[pass, meta]";

bool is_new(const std::string& verdict) {
  return verdict.starts_with("soft reject") && verdict.ends_with("new record]");
}

}  // namespace

TEST_CASE("check greylist: mail is put off, then accepted after the delay, and known from then on") {
  Greylist world;
  CHECK(world.judge() == kNew);
  world.later = 299s;
  CHECK(world.judge() == kEarly);
  world.later = 300s;
  CHECK(world.judge() == kPass);
  world.later = 301s;
  CHECK(world.judge() == kPass);
}

TEST_CASE("check greylist: the client is told to come again, in the words of the option") {
  const auto decision = [](test::Options options) {
    Greylist world(std::move(options));
    const auto scan = world.scan({});
    REQUIRE(scan->hits.decision);
    return fmt::format("{} {}: {}", name(scan->hits.decision->action), scan->hits.decision->by,
                       scan->hits.decision->message);
  };
  CHECK(decision({}) == "soft reject GREYLIST: Try again later");
  CHECK(decision({R"(checks.greylist.message="Not yet")"}) == "soft reject GREYLIST: Not yet");
}

TEST_CASE("check greylist: it acts between the thresholds of greylist and of what is stronger alone") {
  struct Row {
    int score;
    const char* verdict;
    const char* with_marked;
  };
  const std::string again = kNew;
  for (const Row& row : {Row{3, "no action", "no action"}, Row{4, kNew.c_str(), kNew.c_str()},
                         Row{6, "add header", kNew.c_str()}, Row{14, "add header", kNew.c_str()},
                         Row{15, "reject", "reject"}}) {
    INFO(row.score);
    CHECK(Greylist().judge({.score = row.score}) == row.verdict);
    CHECK(Greylist({"checks.greylist.marked=true"}).judge({.score = row.score}) == row.with_marked);
  }
}

TEST_CASE("check greylist: mail that would be marked is marked when it has come again") {
  Greylist world({"checks.greylist.marked=true"});
  CHECK(world.judge({.score = 7}) == kNew);
  world.later = 5min;
  CHECK(world.judge({.score = 7}) == "add header GREYLIST[pass, meta]");
}

TEST_CASE("check greylist: mail that scores less is accepted without having been waited for") {
  Greylist world;
  CHECK(world.judge() == kNew);
  CHECK(world.judge({.score = 1}) == "no action");
}

TEST_CASE("check greylist: what was decided otherwise is left alone, also a soft reject") {
  for (const Action action : {Action::greylist, Action::soft_reject, Action::no_action, Action::reject}) {
    Greylist world;
    const auto forced = [&](Scan& scan) {
      scan.decide({action, "KNOWN_SENDER", {}});
    };
    CHECK(world.judge({}, forced) == std::string(name(action)));
  }
  Greylist threshold({"actions.soft_reject=5"});
  CHECK(threshold.judge() == "soft reject");
}

TEST_CASE("check greylist: sender, recipients and the client's network make the mail") {
  struct Row {
    const char* why;
    Sent mail;
    bool same;
  };
  const Row rows[] = {
      {"the same", {}, true},
      {"another host of the network", {.ip = "198.51.127.254"}, true},
      {"another network", {.ip = "198.51.128.1"}, false},
      {"written otherwise", {.sender = "Bob@THEIRS.test", .recipients = {"ALICE@ours.test"}}, true},
      {"another sender", {.sender = "eve@theirs.test"}, false},
      {"no sender", {.sender = ""}, false},
      {"another recipient", {.recipients = {"carol@ours.test"}}, false},
      {"one recipient more", {.recipients = {"alice@ours.test", "carol@ours.test"}}, false},
      {"another body", {.body = "Other text\n"}, true},
      {"another score", {.score = 4}, true}};
  for (const Row& row : rows) {
    Greylist world;
    CHECK(world.judge() == kNew);
    world.later = 5min;
    INFO(row.why);
    const std::string verdict = world.judge(row.mail);
    CHECK((row.same ? verdict == kPass : is_new(verdict)));
  }
}

TEST_CASE("check greylist: recipients are the same in any order") {
  Greylist world;
  world.judge({.recipients = {"alice@ours.test", "carol@ours.test"}});
  world.later = 5min;
  CHECK(world.judge({.recipients = {"carol@ours.test", "alice@ours.test"}}) == kPass);
}

TEST_CASE("check greylist: of an IPv6 address the first half counts, or what the option says") {
  Greylist world;
  world.judge({.ip = "2001:db8:1:2::3"});
  world.later = 5min;
  CHECK(world.judge({.ip = "2001:db8:1:2:ffff::9"}) == kPass);
  CHECK(is_new(world.judge({.ip = "2001:db8:1:3::3"})));
  Greylist narrow({"checks.greylist.ipv4_mask=32", "checks.greylist.ipv6_mask=48"});
  narrow.judge({.ip = "2001:db8:1:2::3"});
  narrow.judge({});
  narrow.later = 5min;
  CHECK(narrow.judge({.ip = "2001:db8:1:3::3"}) == kPass);
  CHECK(is_new(narrow.judge({.ip = "198.51.100.8"})));
}

TEST_CASE("check greylist: by the body mail may come again from another network, and only the same mail") {
  Greylist world({"checks.greylist.by_body=true"});
  CHECK(world.judge() == kNew);
  CHECK(world.judge({.ip = "203.0.113.1"}) == kEarly);
  world.later = 5min;
  CHECK(world.judge({.ip = "203.0.113.1"}) == "no action GREYLIST[pass, body]");
  CHECK(world.judge({.body = "Other text\n"}) == kPass);
  CHECK(is_new(world.judge({.ip = "192.0.2.1", .body = "Third text\n"})));
  CHECK(is_new(world.judge({.ip = "192.0.2.1", .sender = "eve@theirs.test"})));
  CHECK(is_new(world.judge({.ip = "192.0.2.1", .recipients = {"carol@ours.test"}})));
  // The network that passed by the body is known now.
  CHECK(world.judge({.ip = "203.0.113.1", .body = "Fourth text\n"}) == kPass);
}

TEST_CASE("check greylist: who does not come again in time begins anew, and passing counts it anew") {
  Greylist world;
  world.judge();
  world.later = 24h - 1s;
  CHECK(world.judge() == kPass);
  world.later = 48h - 2s;
  CHECK(world.judge() == kPass);
  world.later = 72h;
  CHECK(is_new(world.judge()));

  Greylist early;  // to come too early gains no time
  early.judge();
  early.later = 200s;
  early.judge();
  early.later = 24h;
  CHECK(is_new(early.judge()));
}

TEST_CASE("check greylist: delay and expiry are options") {
  Greylist world({R"(checks.greylist.delay="2s")", R"(checks.greylist.expire="10s")"});
  CHECK(world.judge() == "soft reject GREYLIST[greylisted, 2025-06-15T15:06:42Z, new record]");
  world.later = 2s;
  CHECK(world.judge() == kPass);
  world.later = 12s;
  CHECK(is_new(world.judge()));
}

TEST_CASE("check greylist: who passed five times for a domain is let through at once, for 36 days") {
  Greylist world;
  for (int i = 0; i < 5; ++i) {
    const Sent mail{.sender = fmt::format("{}@theirs.test", i)};
    INFO(i);
    CHECK(is_new(world.judge(mail)));
    world.later += 5min;
    CHECK(world.judge(mail) == kPass);
  }
  const std::string at_once = "no action GREYLIST[pass, network]";
  CHECK(world.judge({.sender = "new@theirs.test"}) == at_once);
  CHECK(is_new(world.judge({.sender = "new@other.test"})));
  CHECK(is_new(world.judge({.ip = "203.0.113.1", .sender = "new@theirs.test"})));
  world.later += 35 * 24h;
  CHECK(world.judge({.sender = "later@theirs.test"}) == at_once);
  world.later += 36 * 24h - 1s;
  CHECK(world.judge({.sender = "still@theirs.test"}) == at_once);
  world.later += 36 * 24h;
  CHECK(is_new(world.judge({.sender = "late@theirs.test"})));
}

TEST_CASE("check greylist: how often one passes first is an option, and 0 is never") {
  for (const int passes : {0, 1}) {
    Greylist world({fmt::format("checks.greylist.auto_allow={}", passes)});
    for (int i = 0; i < 3; ++i) {
      world.judge();
      world.later += 5min;
    }
    CHECK(is_new(world.judge({.sender = "new@theirs.test"})) == (passes == 0));
  }
}

TEST_CASE("check greylist: the null sender is never let through at once, nor is one without a domain") {
  for (const char* sender : {"", "bob", "bob@"}) {
    Greylist world({"checks.greylist.auto_allow=1"});
    for (int i = 0; i < 3; ++i) {
      world.judge({.sender = sender});
      world.later += 5min;
    }
    INFO(sender);
    CHECK(is_new(world.judge({.sender = sender, .recipients = {"carol@ours.test"}})));
  }
}

TEST_CASE("check greylist: own mail is let through, unless the options say otherwise") {
  const std::string own = "no action GREYLIST[pass, own mail]";
  CHECK(Greylist().judge({.ip = "10.1.2.3"}) == own);
  CHECK(Greylist().judge({.user = "alice"}) == own);
  CHECK(Greylist().judge({.ip = ""}) == "no action GREYLIST[pass, no client address]");
  CHECK(Greylist({"checks.greylist.check_local=true"}).judge({.ip = "10.1.2.3"}) == kNew);
  CHECK(Greylist({"checks.greylist.check_authed=true"}).judge({.user = "alice"}) == kNew);
  CHECK(Greylist().judge({.ip = "10.1.2.3", .score = 7}) == "add header");
}

TEST_CASE("check greylist: networks, and domains that cannot be forged, may be excepted") {
  const test::Options except{R"(checks.greylist.except=["198.51.100.0/30", "2001:db8::/32", "Theirs.test"])"};
  const std::string pass = "no action GREYLIST[pass, except]";
  const auto spf = [](auth::SpfResult result, bool plus_all) {
    return [=](Scan& scan) {
      scan.facts.spf.emplace();
      scan.facts.spf->result = result;
      scan.facts.spf->domain = "mail.theirs.test";
      scan.facts.spf->plus_all = plus_all;
    };
  };
  const auto verified = [](Scan& scan) {
    scan.facts.host.verified = "mx.theirs.test";
  };
  Greylist world(except);
  CHECK(world.judge({.ip = "198.51.100.3"}) == pass);
  CHECK(world.judge({.ip = "2001:db8::1"}) == pass);
  CHECK(world.judge({.hostname = "Mx1.theirs.test"}) == pass);
  CHECK(world.judge({}, verified) == pass);
  CHECK(world.judge({}, spf(auth::SpfResult::pass, false)) == pass);
  CHECK(world.judge() == kNew);  // the sender's address proves nothing
  CHECK(world.judge({.hostname = "mx.eviltheirs.test"}) == kEarly);
  CHECK(world.judge({}, spf(auth::SpfResult::softfail, false)) == kEarly);
  CHECK(world.judge({}, spf(auth::SpfResult::pass, true)) == kEarly);
}

TEST_CASE("check greylist: a client of SPAMC cannot be put off") {
  Greylist world;
  CHECK(world.judge({.dialect = Dialect::spamc}) == "greylist");
  CHECK(world.judge() == kNew);
}

TEST_CASE("check greylist: without a store it says nothing, one that fails lets mail pass") {
  Greylist world;
  world.store = nullptr;
  CHECK(world.judge() == "greylist");
  world.store = std::make_shared<test::BrokenStore>();
  CHECK(world.judge() == "no action STORE_UNAVAILABLE[greylist]");
  CHECK(world.judge({.score = 1}) == "no action");  // it was not needed
}

TEST_CASE("check greylist: a store whose entry is damaged or from the future begins anew") {
  for (const char* value : {"", "x", "-1", "1750000001", "99999999999999999999999"}) {
    Greylist world;
    const auto keys = [&] {
      std::vector<StoreKey> all;
      world.judge();
      const Store::Range range{Space::greylist, ""};
      const auto rows = test::run_task(world.store->list(range, Deadline::max()));
      for (const auto& [id, entry] : *rows)
        all.push_back({Space::greylist, id});
      return all;
    }();
    REQUIRE(keys.size() == 1);
    world.store->put(keys[0], value, {});
    INFO(value);
    CHECK(world.judge() == kNew);
  }
}

TEST_CASE("check greylist: a profile may switch it on") {
  test::Options options{R"(profiles.strict.for.recipient=["alice@ours.test"])",
                        R"(profiles.strict.enable=["greylist"])"};
  const auto plan = test::shipped_plan(options);
  const auto is_on = [&](const char* recipient) {
    Envelope envelope;
    envelope.recipients = {recipient};
    return plan->profiles.choose(envelope).is_on("greylist");
  };
  CHECK(is_on("alice@ours.test"));
  CHECK_FALSE(is_on("bob@ours.test"));
  const auto planned = [](const Plan& each) {
    return std::any_of(each.checks.begin(), each.checks.end(),
                       [](const PlannedCheck& check) { return check.check->name == "greylist"; });
  };
  CHECK(planned(*plan));
  CHECK_FALSE(planned(*test::shipped_plan()));
}

TEST_CASE("check greylist: options that make no sense are refused") {
  const auto problem = [](const char* option) {
    return test::plan_problems(all_checks(), {option});
  };
  CHECK(problem(R"(checks.greylist.expire="5min")") ==
        "-o: [checks.greylist]: expire is 300 s: expected more than delay, which is 300 s");
  CHECK(problem("checks.greylist.ipv4_mask=33") ==
        "-o: [checks.greylist]: ipv4_mask is 33: expected 8 to 32");
  CHECK(problem("checks.greylist.ipv6_mask=7") == "-o: [checks.greylist]: ipv6_mask is 7: expected 8 to 128");
  CHECK(problem(R"(checks.greylist.except=["x"])") ==
        "-o: [checks.greylist]: except: \"x\" is neither a network nor a domain");
}
