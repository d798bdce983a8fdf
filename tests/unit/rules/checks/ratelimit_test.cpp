#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/with_store.h"

using namespace xspamd;
using namespace std::chrono_literals;
using test::WithStore;

namespace {

struct Sent {
  std::string ip = "198.51.100.7";
  std::string sender = "bob@theirs.test";
  std::vector<std::string> recipients{"alice@ours.test"};
  std::string user = {};
  Dialect dialect = Dialect::rspamc;
};

const test::Options kByIp{R"(ratelimits.hourly.by=["ip"])", R"(ratelimits.hourly.rate="2 / 1h")"};

test::Options with(test::Options options, const test::Options& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

class World : public WithStore {
 public:
  explicit World(const test::Options& options = kByIp) : WithStore("ratelimit", options) {}

  // "RATELIMITED[hourly, 198.51.100.7]", or nothing
  std::string send(const Sent& mail = {}) {
    Envelope envelope;
    envelope.sender = mail.sender;
    envelope.recipients = mail.recipients;
    envelope.user = mail.user;
    if (!mail.ip.empty()) envelope.client = *IpAddress::parse(mail.ip);
    Request request = test::request_of("From: bob@theirs.test\n\nText\n", envelope);
    request.dialect = mail.dialect;
    last = scan(std::move(request), [](Facts&) {});
    std::string text = test::rendered(last->hits);
    for (const std::string_view check : last->store_failed)
      text += "failed:" + std::string(check);
    CHECK(last->decided() == text.starts_with("RATELIMITED"));
    return text;
  }
  // How many pass before one does not.
  int passing(const Sent& mail = {}, int most = 50) {
    int passed = 0;
    while (passed < most && send(mail).empty())
      ++passed;
    return passed;
  }

  std::unique_ptr<Scan> last;
};

std::string problem(const test::Options& options) {
  return test::plan_problems(all_checks(), options);
}

}  // namespace

TEST_CASE("check ratelimit: what a bucket holds passes, what is more is put off until it has leaked") {
  World world;
  CHECK(world.passing() == 2);
  CHECK(world.send() == "RATELIMITED[hourly, 198.51.100.7]");
  world.later = 30min - 1s;
  CHECK(world.passing() == 0);
  world.later = 30min;
  CHECK(world.passing() == 1);
  world.later = 2h;
  CHECK(world.passing() == 2);
}

TEST_CASE("check ratelimit: the client is told which limit, or what the option says") {
  World world;
  world.passing();
  REQUIRE(world.last->hits.decision);
  CHECK(world.last->hits.decision->action == Action::soft_reject);
  CHECK(world.last->hits.decision->by == "RATELIMITED");
  CHECK(world.last->hits.decision->message == "Ratelimit \"hourly\" exceeded");
  World told(with(kByIp, {R"(ratelimits.hourly.message="Slowly, please")"}));
  told.passing();
  CHECK(told.last->hits.decision->message == "Slowly, please");
}

TEST_CASE("check ratelimit: at once passes what burst says, and no more in the long run than rate says") {
  World world(with(kByIp, {"ratelimits.hourly.burst=10"}));
  CHECK(world.passing() == 10);
  world.later = 1h;
  CHECK(world.passing() == 2);
  World slow(with(kByIp, {"ratelimits.hourly.burst=1"}));
  CHECK(slow.passing() == 1);
  slow.later = 1h;
  CHECK(slow.passing() == 1);
}

TEST_CASE("check ratelimit: what it is counted by has a bucket of its own") {
  struct Row {
    const char* by;
    Sent first, other;
    const char* whose;
    bool same;
  };
  const Row rows[] = {
      {"\"ip\"", {}, {.ip = "198.51.100.8"}, "198.51.100.7", false},
      {"\"ip\"", {}, {.sender = "x@y.test"}, "198.51.100.7", true},
      {"\"ip\"", {.ip = "2001:db8::1"}, {.ip = "2001:db8::2:1"}, "2001:db8::/64", true},
      {"\"ip\"", {.ip = "2001:db8::1"}, {.ip = "2001:db8:0:1::1"}, "2001:db8::/64", false},
      {"\"user\"", {.user = "Alice"}, {.ip = "203.0.113.1", .user = "alice"}, "alice", true},
      {"\"user\"", {.user = "alice"}, {.user = "bob"}, "alice", false},
      {"\"sender\"", {}, {.ip = "203.0.113.1", .sender = "BOB@theirs.test"}, "bob@theirs.test", true},
      {"\"sender\"", {}, {.sender = "eve@theirs.test"}, "bob@theirs.test", false},
      {"\"sender_domain\"", {}, {.sender = "eve@Theirs.test"}, "theirs.test", true},
      {"\"sender_domain\"", {}, {.sender = "eve@other.test"}, "theirs.test", false},
      {"\"recipient\"", {}, {.sender = "x@y.test"}, "alice@ours.test", true},
      {"\"recipient\"", {}, {.recipients = {"carol@ours.test"}}, "alice@ours.test", false},
      {"\"recipient\"", {}, {.recipients = {"carol@ours.test", "alice@ours.test"}}, "alice@ours.test", true},
      {"\"recipient_domain\"", {}, {.recipients = {"carol@ours.test"}}, "ours.test", true},
      {"\"recipient_domain\"", {}, {.recipients = {"carol@other.test"}}, "ours.test", false},
      {"\"ip\", \"sender\"", {}, {}, "198.51.100.7 bob@theirs.test", true},
      {"\"ip\", \"sender\"", {}, {.sender = "x@y.test"}, "198.51.100.7 bob@theirs.test", false},
      {"\"ip\", \"sender\"", {}, {.ip = "203.0.113.1"}, "198.51.100.7 bob@theirs.test", false},
      {"\"sender\", \"recipient\"",
       {},
       {.recipients = {"x@y.test"}},
       "bob@theirs.test alice@ours.test",
       false}};
  for (const Row& row : rows) {
    World world({fmt::format("ratelimits.hourly.by=[{}]", row.by), R"(ratelimits.hourly.rate="2 / 1h")"});
    INFO(row.by);
    CHECK(world.passing(row.first) == 2);
    CHECK(world.send(row.first) == fmt::format("RATELIMITED[hourly, {}]", row.whose));
    CHECK(world.send(row.other).empty() == !row.same);
  }
}

TEST_CASE("check ratelimit: mail without what it is counted by is not limited") {
  struct Row {
    const char* by;
    Sent mail;
  };
  for (const Row& row :
       {Row{"\"ip\"", {.ip = ""}}, Row{"\"user\"", {}}, Row{"\"sender\"", {.sender = ""}},
        Row{"\"sender_domain\"", {.sender = "bob"}}, Row{"\"sender_domain\"", {.sender = "bob@"}},
        Row{"\"recipient\"", {.recipients = {}}}, Row{"\"recipient_domain\"", {.recipients = {"postmaster"}}},
        Row{"\"ip\", \"user\"", {}}}) {
    World world({fmt::format("ratelimits.hourly.by=[{}]", row.by), R"(ratelimits.hourly.rate="2 / 1h")"});
    INFO(row.by);
    CHECK(world.passing(row.mail) == 50);
  }
}

TEST_CASE("check ratelimit: messages are counted, or recipients") {
  const Sent to_three{.recipients = {"a@x.test", "b@x.test", "c@y.test"}};
  struct Row {
    const char *by, *count;
    int passing;
  };
  for (const Row& row : {Row{"sender", "messages", 12}, Row{"sender", "recipients", 4},
                         Row{"recipient_domain", "messages", 12}, Row{"recipient_domain", "recipients", 6},
                         Row{"recipient", "recipients", 12}}) {
    World world({fmt::format(R"(ratelimits.daily.by=["{}"])", row.by),
                 fmt::format(R"(ratelimits.daily.count="{}")", row.count),
                 R"(ratelimits.daily.rate="12 / 1d")"});
    INFO(row.by << " " << row.count);
    CHECK(world.passing(to_three) == row.passing);
  }
}

TEST_CASE("check ratelimit: a message to more recipients than the bucket holds passes when it is empty") {
  World world({R"(ratelimits.x.by=["sender"])", R"(ratelimits.x.count="recipients")",
               R"(ratelimits.x.rate="2 / 1h")"});
  const Sent mail{.recipients = {"a@x.test", "b@x.test", "c@x.test"}};
  CHECK(world.passing(mail) == 1);
  world.later = 1h - 1s;
  CHECK(world.passing(mail) == 0);
  world.later = 1h;
  CHECK(world.passing(mail) == 1);
}

TEST_CASE("check ratelimit: of very many recipients a hundred have a bucket") {
  World world({R"(ratelimits.x.by=["recipient"])", R"(ratelimits.x.rate="1 / 1h")"});
  Sent mail;
  mail.recipients.clear();
  for (int i = 0; i < 3000; ++i)
    mail.recipients.push_back(fmt::format("r{}@x.test", i));
  CHECK(world.send(mail) == "");
  CHECK_FALSE(world.send({.recipients = {"r99@x.test"}}) == "");
  CHECK(world.send({.recipients = {"r100@x.test"}}) == "");
}

TEST_CASE("check ratelimit: a message that one limit refuses puts nothing into the buckets of others") {
  // In the order of their names: the full one comes last.
  World world({R"(ratelimits.a.by=["recipient"])", R"(ratelimits.a.rate="5 / 1h")",
               R"(ratelimits.b.by=["sender"])", R"(ratelimits.b.rate="3 / 1h")"});
  CHECK(world.passing() == 3);
  for (int i = 0; i < 20; ++i)
    CHECK(world.send() == "RATELIMITED[b, bob@theirs.test]");
  CHECK(world.passing({.sender = "eve@theirs.test"}) == 2);
  CHECK(world.send({.sender = "eve@theirs.test"}) == "RATELIMITED[a, alice@ours.test]");
}

TEST_CASE("check ratelimit: limits are for some mail or for all") {
  struct Row {
    const char* option;
    Sent mail;
    bool limited;
  };
  const Sent ours{.ip = "10.1.2.3"};
  const Sent login{.user = "alice"};
  for (const Row& row : {Row{"enabled=true", {}, true},
                         {"authenticated=true", {}, false},
                         {"authenticated=true", login, true},
                         {"authenticated=false", login, false},
                         {"authenticated=false", {}, true},
                         {"enabled=true", login, true},
                         {"enabled=true", ours, false},
                         {"local=true", ours, true},
                         {R"(except=["198.51.100.0/24"])", {}, false},
                         {R"(except=["198.51.100.0/24"])", {.ip = "198.51.101.1"}, true}}) {
    World world(with(kByIp, {fmt::format("ratelimits.hourly.{}", row.option)}));
    INFO(row.option);
    CHECK(world.passing(row.mail) == (row.limited ? 2 : 50));
  }
}

TEST_CASE("check ratelimit: what users send is counted in our own networks too") {
  const test::Options by_user{R"(ratelimits.x.by=["user"])", R"(ratelimits.x.rate="2 / 1h")"};
  const Sent webmail{.ip = "127.0.0.1", .user = "alice"};
  CHECK(World(by_user).passing(webmail) == 2);
  CHECK(World(with(by_user, {"ratelimits.x.local=false"})).passing(webmail) == 50);
}

TEST_CASE("check ratelimit: a client of SPAMC cannot be put off, and its mail is not counted") {
  World world;
  CHECK(world.passing({.dialect = Dialect::spamc}) == 50);
  CHECK(world.passing() == 2);
}

TEST_CASE("check ratelimit: without a store, or with one that fails, mail passes") {
  World world;
  world.store = nullptr;
  CHECK(world.passing() == 50);
  world.store = std::make_shared<test::BrokenStore>();
  CHECK(world.send() == "failed:ratelimit");
  CHECK(world.send({.ip = ""}) == "");  // it was not needed
}

TEST_CASE("check ratelimit: without limits nothing is asked and nothing runs on the loop") {
  const auto runner = [](const test::Options& options) {
    const auto plan = test::shipped_plan(options);
    for (const PlannedCheck& each : plan->checks) {
      if (each.check->name == "ratelimit") return std::holds_alternative<IoCheck>(each.runner);
    }
    FAIL("it is not planned");
    return false;
  };
  CHECK_FALSE(runner({}));
  CHECK_FALSE(runner(with(kByIp, {"ratelimits.hourly.enabled=false"})));
  CHECK(runner(kByIp));
}

TEST_CASE("check ratelimit: what a mistake in a limit is, is told with its key") {
  struct Row {
    test::Options options;
    const char* problem;
  };
  const std::string by = R"(ratelimits.x.by=["ip"])";
  const std::string rate = R"(ratelimits.x.rate="1 / 1h")";
  const std::string expected = R"(-o: ratelimits.x.rate: expected a number and a time such as "100 / 1h")";
  const auto told = [&](const char* text) {
    return problem({by, fmt::format("ratelimits.x.rate=\"{}\"", text)});
  };
  CHECK(told("100") == expected + ", found \"100\"");
  CHECK(told("/ 1h") == expected + ": the number must be whole, from 1 to 1000000000, found \"/ 1h\"");
  CHECK(told("0 / 1h") == expected + ": the number must be whole, from 1 to 1000000000, found \"0 / 1h\"");
  CHECK(told("-5 / 1h") == expected + ": the number must be whole, from 1 to 1000000000, found \"-5 / 1h\"");
  CHECK(told("1.5 / 1h") ==
        expected + ": the number must be whole, from 1 to 1000000000, found \"1.5 / 1h\"");
  CHECK(told("5000000000 / 1h") ==
        expected + ": the number must be whole, from 1 to 1000000000, found \"5000000000 / 1h\"");
  CHECK(told("5 / 0s") == expected + ": the time must not be 0, found \"5 / 0s\"");
  for (const char* text : {"5 / 1", "5 / hour", "5 / ", "5 / 1h / 2", "5 / -1h"}) {
    INFO(text);
    CHECK(told(text).starts_with(expected + ": "));
  }
  CHECK(problem({by}) == expected + ", found nothing");
  CHECK(problem({rate}) ==
        R"(-o: ratelimits.x.by: expected whose mail is limited, such as ["user"] or ["ip", "sender"])");
  CHECK(problem({R"(ratelimits.x.by=["ip","ip"])", rate}) ==
        R"(-o: ratelimits.x.by: "ip" stands there twice)");
  CHECK(problem({R"(ratelimits.x.by=["recipient_domain","recipient"])", rate}) ==
        R"(-o: ratelimits.x.by: "recipient" has a domain: leave out "recipient_domain")");
  CHECK(problem({R"(ratelimits.x.by=["sender_domain","sender"])", rate}) ==
        R"(-o: ratelimits.x.by: "sender" has a domain: leave out "sender_domain")");
  for (const char* option :
       {R"(by=["asn"])", "by=\"ip\"", "rate=100", "burst=0", "burst=\"5\"", "count=\"bytes\"",
        "authenticated=\"yes\"", "local=1", R"(except=["x.test"])", "message=7", "wrong=1"}) {
    INFO(option);
    CHECK(problem({by, rate, fmt::format("ratelimits.x.{}", option)}) != "");
  }
}

TEST_CASE("check ratelimit: rates are written with or without blanks, in any unit of time") {
  for (const char* rate : {"2 / 1h", "2/1h", " 2 /60min", "2 / 3600s"}) {
    World world({R"(ratelimits.x.by=["ip"])", fmt::format("ratelimits.x.rate=\"{}\"", rate)});
    INFO(rate);
    CHECK(world.passing() == 2);
    world.later = 30min;
    CHECK(world.passing() == 1);
  }
}
