#include "rules/io/resolver.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <optional>

#include "rules/io/event.h"
#include "tests/support/dns_server.h"

using namespace xspamd;
using namespace std::chrono_literals;
using test::DnsFault;
using test::FakeDnsServer;
using Kind = DnsFault::Kind;

namespace {

constexpr std::chrono::seconds kNeverEnds{20};
constexpr std::chrono::milliseconds kAmple{10'000};

conf::Dns settings_for(const std::vector<const FakeDnsServer*>& servers) {
  conf::Dns settings;
  for (const FakeDnsServer* server : servers)
    settings.servers.push_back(server->address());
  settings.timeout = 100ms;
  return settings;
}

std::string rendered(const DnsReply& reply) {
  std::string text;
  for (const IpAddress& address : reply->addresses)
    text += address.to_string() + " ";
  for (const std::string& name : reply->names)
    text += name + " ";
  for (const std::string& value : reply->texts)
    text += "\"" + value + "\" ";
  for (const dns::Mx& mx : reply->exchanges)
    text += std::to_string(mx.preference) + " " + mx.host + " ";
  if (reply->status == DnsAnswer::Status::no_name) text = "no name";
  if (reply->status == DnsAnswer::Status::no_data) text = "no data";
  if (reply->status == DnsAnswer::Status::unknown) text = "unknown: " + reply->why;
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

// A resolver on a loop of its own.
struct Bench {
  explicit Bench(const conf::Dns& settings) : resolver(std::in_place, loop.get_executor(), settings) {}

  void start(const std::string& name, dns::Type type, std::chrono::milliseconds time, DnsReply& reply) {
    asio::co_spawn(loop, ask(*resolver, name, type, Clock::now() + time, reply), asio::detached);
  }

  void run_until_answered(const std::vector<DnsReply>& replies) {
    const auto end = Clock::now() + kNeverEnds;
    loop.restart();
    for (const DnsReply& reply : replies)
      while (!reply && Clock::now() < end)
        loop.run_one_for(1s);
  }

  DnsReply reply_to(const std::string& name, dns::Type type = dns::Type::a,
                    std::chrono::milliseconds time = kAmple) {
    std::vector<DnsReply> replies(1);
    start(name, type, time, replies.front());
    run_until_answered(replies);
    REQUIRE(replies.front());
    return replies.front();
  }

  std::string answer_to(const std::string& name, dns::Type type = dns::Type::a,
                        std::chrono::milliseconds time = kAmple) {
    return rendered(reply_to(name, type, time));
  }

  void pass(std::chrono::milliseconds time) {
    loop.restart();
    loop.run_for(time);
  }

  static Task<> ask(Dns& dns, std::string name, dns::Type type, Deadline deadline, DnsReply& reply) {
    dns::Question question{std::move(name), type};
    reply = co_await dns.ask(question, deadline);
  }

  asio::io_context loop{1};
  std::optional<Resolver> resolver;
};

void fill(FakeDnsServer& server) {
  server.add("a.test", "A", "192.0.2.1");
  server.add("a.test", "A", "192.0.2.2");
  server.add("six.test", "AAAA", "2001:db8::1");
  server.add("mx.test", "MX", "20 b.test");
  server.add("mx.test", "MX", "10 a.test");
  server.add("null.test", "MX", "0 .");
  server.add("t.test", "TXT", std::string(300, 'x') + " y");
  server.add("1.2.0.192.in-addr.arpa", "PTR", "Host.Test");
  server.add("ns.test", "NS", "a.test");
  server.add("link.test", "CNAME", "link2.test");
  server.add("link2.test", "CNAME", "a.test");
  server.add("nowhere.test", "CNAME", "gone.test");
}

}  // namespace

TEST_CASE("resolver: what a zone holds is found") {
  FakeDnsServer server;
  fill(server);
  Bench bench(settings_for({&server}));
  CHECK(bench.answer_to("a.test") == "192.0.2.1 192.0.2.2");
  CHECK(bench.answer_to("A.Test.") == "192.0.2.1 192.0.2.2");
  CHECK(bench.answer_to("six.test", dns::Type::aaaa) == "2001:db8::1");
  CHECK(bench.answer_to("mx.test", dns::Type::mx) == "10 a.test 20 b.test");
  CHECK(bench.answer_to("null.test", dns::Type::mx) == "0 ");
  CHECK(bench.answer_to("t.test", dns::Type::txt) == "\"" + std::string(300, 'x') + " y\"");
  CHECK(bench.answer_to("1.2.0.192.in-addr.arpa", dns::Type::ptr) == "host.test");
  CHECK(bench.answer_to("ns.test", dns::Type::ns) == "a.test");
  CHECK(bench.answer_to("link.test") == "192.0.2.1 192.0.2.2");
  CHECK(bench.answer_to("a.test", dns::Type::txt) == "no data");
  CHECK(bench.answer_to("none.test") == "no name");
  CHECK(bench.answer_to("nowhere.test") == "no name");
}

TEST_CASE("resolver: a name that cannot be asked for is no name, and nobody is asked") {
  FakeDnsServer server;
  Bench bench(settings_for({&server}));
  for (const std::string& name : {std::string(), std::string("."), std::string("a..b"), std::string(".a"),
                                  std::string(64, 'x') + ".test", std::string(300, '.'), std::string("a\\")})
    CHECK(bench.answer_to(name) == "no name");
  std::string longest;
  while (longest.size() < 260)
    longest += "abcdefgh.";
  CHECK(bench.answer_to(longest + "test") == "no name");
  CHECK(server.questions() == 0);
}

TEST_CASE("resolver: bytes that are no letters travel escaped") {
  FakeDnsServer server;
  server.add("a+b/c.test", "A", "192.0.2.9");
  Bench bench(settings_for({&server}));
  CHECK(bench.answer_to("no.test") == "no name");
  CHECK(dns::canonical_name("A+b.Test").value() == "a\\043b.test");
  CHECK(bench.resolver->counters().sent == 1);
}

TEST_CASE("resolver: letter case of questions is random") {
  FakeDnsServer server;
  Bench bench(settings_for({&server}));
  const std::string name = "abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz";
  bench.reply_to(name);
  bench.reply_to("x." + name);
  const auto asked = server.asked();
  REQUIRE(asked.size() == 2);
  CHECK(asked[0] != name);
  CHECK(asked[1].substr(2) != asked[0]);
}

TEST_CASE(
    "resolver: answers that do not repeat the question are not believed, the right one behind them is") {
  FakeDnsServer server;
  fill(server);
  server.set_fault("a.test", {Kind::lies_then_truth});
  auto settings = settings_for({&server});
  settings.timeout = 3s;
  Bench bench(settings);
  CHECK(bench.answer_to("a.test") == "192.0.2.1 192.0.2.2");
  CHECK(server.questions() == 1);
}

TEST_CASE("resolver: faults of a server are unknown, with the reason") {
  struct Row {
    Kind kind;
    std::string want;
  };
  const Row rows[] = {
      {Kind::silence, "unknown: timeout"},       {Kind::server_failure, "unknown: SERVFAIL"},
      {Kind::refused, "unknown: REFUSED"},       {Kind::wrong_id, "unknown: timeout"},
      {Kind::wrong_case, "unknown: timeout"},    {Kind::wrong_question, "unknown: timeout"},
      {Kind::garbage, "unknown: timeout"},       {Kind::broken, "unknown: DNS answer with a record cut off"},
      {Kind::chain, "unknown: too many CNAMEs"},
  };
  FakeDnsServer server;
  fill(server);
  Bench bench(settings_for({&server}));
  for (const Row& row : rows) {
    server.set_fault("a.test", {row.kind});
    CHECK(bench.answer_to("a.test") == row.want);
    CHECK(bench.answer_to("mx.test", dns::Type::mx) == "10 a.test 20 b.test");
  }
}

TEST_CASE("resolver: the next server is asked when one fails, at once where it answers so") {
  FakeDnsServer bad;
  FakeDnsServer good;
  fill(good);
  auto settings = settings_for({&bad, &good});
  settings.timeout = 200ms;
  settings.cache = 0;
  Bench bench(settings);
  for (const Kind kind :
       {Kind::server_failure, Kind::refused, Kind::silence, Kind::broken, Kind::wrong_case}) {
    bad.set_fault("a.test", {kind});
    CHECK(bench.answer_to("a.test") == "192.0.2.1 192.0.2.2");
  }
}

TEST_CASE("resolver: tries end after dns.retries") {
  FakeDnsServer server;
  server.set_fault("a.test", {Kind::silence});
  for (const unsigned retries : {0u, 2u}) {
    auto settings = settings_for({&server});
    settings.timeout = 30ms;
    settings.retries = retries;
    const std::size_t before = server.questions();
    Bench bench(settings);
    CHECK(bench.answer_to("a.test") == "unknown: timeout");
    CHECK(server.questions() - before == retries + 1);
  }
}

TEST_CASE("resolver: an answer that comes while it is asked again is taken") {
  FakeDnsServer server;
  fill(server);
  server.set_fault("a.test", {Kind::none, 150ms});
  Bench bench(settings_for({&server}));
  CHECK(bench.answer_to("a.test") == "192.0.2.1 192.0.2.2");
}

TEST_CASE("resolver: the deadline of who asks is kept") {
  FakeDnsServer server;
  server.set_fault("a.test", {Kind::silence});
  auto settings = settings_for({&server});
  settings.timeout = 5s;
  Bench bench(settings);
  const auto begin = Clock::now();
  CHECK(bench.answer_to("a.test", dns::Type::a, 50ms) == "unknown: timeout");
  CHECK(Clock::now() - begin < 2s);
  CHECK(bench.answer_to("b.test", dns::Type::a, -1ms) == "unknown: timeout");
}

TEST_CASE("resolver: what does not fit a datagram comes over TCP") {
  FakeDnsServer server;
  fill(server);
  for (int i = 0; i < 200; ++i)
    server.add("big.test", "TXT", std::string(300, static_cast<char>('a' + i % 26)));
  server.set_fault("big.test", {Kind::truncate});
  server.set_fault("mx.test", {Kind::truncate});
  auto settings = settings_for({&server});
  settings.timeout = 2s;
  Bench bench(settings);
  const DnsReply reply = bench.reply_to("big.test", dns::Type::txt);
  REQUIRE(reply->found());
  CHECK(reply->texts.size() == 200);
  CHECK(reply->texts[25] == std::string(300, 'z'));
  CHECK(bench.answer_to("mx.test", dns::Type::mx) == "10 a.test 20 b.test");
  CHECK(server.tcp_questions() == 2);
}

TEST_CASE("resolver: a TCP connection that the server closes costs no question") {
  FakeDnsServer server;
  server.close_tcp_after_answer();
  auto settings = settings_for({&server});
  settings.timeout = 5s;
  Bench bench(settings);
  std::vector<DnsReply> slow(1);
  server.set_fault("slow.test", {Kind::none, 200ms});
  bench.start("slow.test", dns::Type::a, kAmple, slow.front());
  for (int i = 0; i < 20; ++i) {
    const std::string name = "t" + std::to_string(i) + ".test";
    server.set_fault(name, {Kind::truncate});
    CHECK(bench.answer_to(name) == "no name");
    if (i % 2 == 0) bench.pass(2ms);
  }
  bench.run_until_answered(slow);
  CHECK(rendered(slow.front()) == "no name");
  CHECK(server.questions() == 41);
}

TEST_CASE("resolver: answers between 512 and 1232 bytes come in one datagram") {
  FakeDnsServer server;
  server.add("t.test", "TXT", std::string(1'000, 'x'));
  Bench bench(settings_for({&server}));
  CHECK(bench.reply_to("t.test", dns::Type::txt)->texts == std::vector<std::string>{std::string(1'000, 'x')});
  CHECK(server.questions() == 1);
}

TEST_CASE("resolver: a chain that leads out of the answer is followed by asking anew, 16 links in all") {
  FakeDnsServer server;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "c" + std::to_string(i) + ".test";
    server.add(name, "CNAME", "c" + std::to_string(i + 1) + ".test");
    server.set_fault(name, {Kind::leaves});
  }
  server.add("c20.test", "A", "192.0.2.1");
  Bench bench(settings_for({&server}));
  CHECK(bench.answer_to("c4.test") == "192.0.2.1");
  CHECK(server.questions() == 17);
  CHECK(bench.answer_to("c3.test") == "unknown: too many CNAMEs");
}

TEST_CASE("resolver: equal questions at once are asked once") {
  FakeDnsServer server;
  fill(server);
  server.set_fault("a.test", {Kind::none, 50ms});
  auto settings = settings_for({&server});
  settings.timeout = 5s;
  Bench bench(settings);
  std::vector<DnsReply> replies(500);
  for (DnsReply& reply : replies)
    bench.start("a.test", dns::Type::a, kAmple, reply);
  bench.run_until_answered(replies);
  for (const DnsReply& reply : replies)
    REQUIRE(reply == replies.front());
  CHECK(rendered(replies.front()) == "192.0.2.1 192.0.2.2");
  CHECK(server.questions() == 1);
  CHECK(bench.resolver->counters().joined == 499);
}

TEST_CASE("resolver: answers are kept for their time, those without one are not") {
  FakeDnsServer server;
  fill(server);
  server.add("zero.test", "A", "192.0.2.5", 0);
  server.set_fault("nosoa.test", {Kind::no_soa});
  Bench bench(settings_for({&server}));
  const auto questions_for = [&](const std::string& name, dns::Type type) {
    const std::size_t before = server.questions();
    bench.reply_to(name, type);
    bench.reply_to(name, type);
    return server.questions() - before;
  };
  CHECK(questions_for("a.test", dns::Type::a) == 1);
  CHECK(questions_for("link.test", dns::Type::a) == 1);
  CHECK(questions_for("none.test", dns::Type::a) == 1);
  CHECK(questions_for("a.test", dns::Type::txt) == 1);
  CHECK(questions_for("zero.test", dns::Type::a) == 2);
  CHECK(questions_for("nosoa.test", dns::Type::a) == 2);
}

TEST_CASE("resolver: 500 scans ask ten names each at once") {
  FakeDnsServer server;
  fill(server);
  auto settings = settings_for({&server});
  settings.timeout = 5s;
  Bench bench(settings);
  constexpr int kQuestions = 5'000;
  std::vector<DnsReply> replies(kQuestions);
  for (int i = 0; i < kQuestions; ++i)
    bench.start("n" + std::to_string(i) + ".test", dns::Type::a, kAmple,
                replies[static_cast<std::size_t>(i)]);
  bench.run_until_answered(replies);
  for (const DnsReply& reply : replies)
    REQUIRE(rendered(reply) == "no name");
}

TEST_CASE(
    "resolver: a server that says nothing at all is down, and everything unknown at once until it answers") {
  FakeDnsServer server;
  fill(server);
  server.set_silent(true);
  Bench bench(settings_for({&server}));
  CHECK(bench.resolver->budget() == 500ms);
  std::vector<DnsReply> replies(8);
  for (std::size_t i = 0; i < replies.size(); ++i)
    bench.start("s" + std::to_string(i) + ".test", dns::Type::a, kAmple, replies[i]);
  bench.pass(2'500ms);
  CHECK(bench.resolver->servers_down() == std::vector<std::string>{server.address()});
  const std::size_t sent = bench.resolver->counters().sent;
  CHECK(bench.answer_to("a.test") == "unknown: no DNS server answers");
  CHECK(bench.resolver->counters().sent == sent);
  server.set_silent(false);
  bench.pass(1'500ms);  // a probe a second
  CHECK(bench.resolver->servers_down().empty());
  CHECK(bench.answer_to("a.test") == "192.0.2.1 192.0.2.2");
  CHECK(bench.resolver->budget() == 4s);
}

TEST_CASE("resolver: names that time out while others are answered do not make a server down") {
  FakeDnsServer server;
  fill(server);
  Bench bench(settings_for({&server}));
  std::vector<DnsReply> replies(40);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    const std::string name = "s" + std::to_string(i) + ".test";
    server.set_fault(name, {Kind::silence});
    bench.start(name, dns::Type::a, kAmple, replies[i]);
  }
  for (int i = 0; i < 5; ++i) {
    CHECK(bench.answer_to("b" + std::to_string(i) + ".test") == "no name");
    bench.pass(500ms);
  }
  CHECK(bench.resolver->servers_down().empty());
}

TEST_CASE("resolver: where nobody listens the answer is unknown, and the next server is asked at once") {
  conf::Dns settings;
  {
    const FakeDnsServer gone;
    settings.servers = {gone.address()};
  }
  settings.timeout = 50ms;
  {
    Bench bench(settings);
    CHECK(bench.answer_to("a.test") == "unknown: connection failed");
  }
  FakeDnsServer server;
  fill(server);
  settings.servers.push_back(server.address());
  settings.timeout = 60s;
  Bench bench(settings);
  CHECK(bench.answer_to("a.test") == "192.0.2.1 192.0.2.2");
}

TEST_CASE("resolver: it may end with questions under way, before and after its loop") {
  FakeDnsServer server;
  for (const bool before : {true, false}) {
    std::vector<DnsReply> replies(50);
    auto settings = settings_for({&server});
    settings.timeout = 5s;
    server.set_silent(true);
    {
      Bench bench(settings);
      for (std::size_t i = 0; i < replies.size(); ++i)
        bench.start("s" + std::to_string(i % 20) + ".test", dns::Type::a, kAmple, replies[i]);
      bench.pass(20ms);
      if (!before) continue;
      bench.resolver.reset();
      bench.run_until_answered(replies);
    }
    for (const DnsReply& reply : replies)
      REQUIRE(rendered(reply) == "unknown: stopping");
  }
}

TEST_CASE("resolver: a port is left after a thousand questions") {
  FakeDnsServer server;
  auto settings = settings_for({&server});
  settings.cache = 0;
  settings.timeout = 5s;
  Bench bench(settings);
  std::vector<DnsReply> replies(2'500);
  for (std::size_t i = 0; i < replies.size(); ++i)
    bench.start("p" + std::to_string(i) + ".test", dns::Type::a, kAmple, replies[i]);
  bench.run_until_answered(replies);
  for (const DnsReply& reply : replies)
    REQUIRE(rendered(reply) == "no name");
  CHECK(server.ports() == 3);
}
