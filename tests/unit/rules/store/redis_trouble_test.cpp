// The store in Redis when something is wrong with its server: what it says, what goes on, how it comes back.
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <catch2/catch.hpp>

#include "tests/unit/rules/store/redis_bench.h"

namespace xspamd::test {

namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

constexpr milliseconds kShort{50};  // a scan's patience

using asio::ip::tcp;

// Says the same to everyone who comes, and ends.
Task<> say_to_all(tcp::acceptor& acceptor, std::string text) {
  for (;;) {
    asio::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    tcp::socket socket = co_await acceptor.async_accept(token);
    if (error) co_return;
    const auto buffer = asio::buffer(text);
    const std::size_t ignored = co_await asio::async_write(socket, buffer, token);
    static_cast<void>(ignored);
    char bytes[4'096];
    const auto place = asio::buffer(bytes);
    while (!error) {
      const std::size_t size = co_await socket.async_read_some(place, token);
      static_cast<void>(size);
    }
  }
}

}  // namespace

TEST_CASE("redis store: a server that comes later is used, with what waited for it") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  RedisBench bench(server.url());
  bench.open();
  CHECK(bench.store->trouble().empty());  // nothing is known yet
  bench.add(kSender, 2);
  CHECK_THAT(bench.get(kSender), Contains("Connection refused"));
  CHECK_THAT(bench.take(), Contains("Connection refused"));
  CHECK_THAT(bench.flush(), Contains("Connection refused"));
  CHECK_THAT(bench.trouble(), StartsWith("store " + server.host() + ": Connection refused"));
  server.start();
  bench.comes_back();
  CHECK(bench.get(kSender) == "2/0");
  CHECK(bench.flush().empty());
  CHECK(bench.take().empty());
}

TEST_CASE("redis store: a server that ends and comes back is found again, and what waits is written once") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.open();
  bench.add(kSender, 1);
  CHECK(bench.flush().empty());
  for (int round = 1; round <= 3; ++round) {
    server.stop();
    bench.trouble();
    bench.add(kSender, round);
    bench.add(token(7), 1);
    CHECK_THAT(bench.get(kSender), Contains(server.host()));
    server.start();  // empty
    bench.comes_back();
    CHECK(bench.flush().empty());
    CHECK(bench.get(kSender) == std::to_string(round) + "/0");
    CHECK(bench.get(token(7)) == "1/0");
  }
}

TEST_CASE("redis store: a server that hangs keeps nobody beyond the deadline, and nothing is written twice") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.open();
  bench.add(kSender, 1);
  CHECK(bench.flush().empty());
  server.pause();
  for (int i = 0; i < 5; ++i) {
    bench.add(kSender, 1);
    const auto began = Clock::now();
    CHECK_THAT(bench.get(kSender, Clock::now() + kShort), Contains("no answer within"));
    CHECK(Clock::now() - began < 10 * kShort);
  }
  CHECK(bench.store->trouble().empty());  // within the patience
  server.go_on();
  CHECK(bench.get(kSender) == "6/0");  // the same connection: late answers are passed over
  server.pause();
  bench.add(kSender, 10);
  CHECK_THAT(bench.get(kSender, Clock::now() + kShort), Contains("no answer within"));
  CHECK_THAT(bench.trouble(), Contains("no answer within 1000 ms"));
  bench.add(kSender, 100);
  server.go_on();  // reads what was sent on the connection that was closed
  bench.comes_back();
  CHECK(bench.flush().empty());
  CHECK(bench.get(kSender) == "116/0");
}

TEST_CASE("redis store: the password is wrong, missing, right; trouble never tells it") {
  if (!RedisServer::is_installed()) return;
  RedisServer server({"--requirepass", "se cret@1"});
  server.log_in_with("se cret@1");
  server.start();
  server.say({"ACL", "SETUSER", "mail", "on", ">pass:word", "~*", "&*", "+@all"});
  const auto with = [&](const std::string& login) {
    return "redis://" + login + server.host() + "/3";
  };
  const std::pair<std::string, std::string> rows[] = {{":hunter2@", "WRONGPASS"},
                                                      {"mail:hunter2@", "WRONGPASS"},
                                                      {"", "NOAUTH"},
                                                      {":se%20cret%401@", ""},
                                                      {"mail:pass%3Aword@", ""}};
  for (const auto& [login, said] : rows) {
    INFO(login);
    RedisBench bench(with(login));
    bench.open();
    const std::string got = bench.get(kSender);
    if (said.empty()) {
      CHECK(got == "-");
      bench.add(kSender, 1);
      CHECK(bench.flush().empty());
      bench.store->forget({kSender});
      continue;
    }
    CHECK_THAT(got, Contains(said));
    CHECK_THAT(bench.trouble(), Contains(said) && Contains(server.host()) && !Contains("hunter2"));
  }
}

TEST_CASE("redis store: a user who may do no more than README.md says can do everything") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  const auto made =
      server.say({"ACL", "SETUSER", "xspamd", "on", ">password", "~xspamd:*", "+@read", "+@write",
                  "+@scripting", "+@connection", "+time", "+role", "+cluster|slots"});
  CHECK(made.text == "OK");
  RedisBench bench("redis://xspamd:password@" + server.host() + "/1");
  bench.settings.now = nullptr;  // the server's clock
  bench.open();
  bench.add(kSender, 1);
  bench.add(token(1), 1);
  bench.store->put({Space::history, "1"}, "one", {});
  bench.store->put({Space::history, "2"}, "two", {});
  CHECK(bench.flush().empty());
  bench.store->forget({{Space::history, "2"}});
  CHECK(bench.take().empty());
  const Space spaces[] = {Space::sender, Space::token, Space::history};
  for (const Space space : spaces) {
    const auto rows = bench.loop.wait(bench.store->list({space, "", 10, true}, soon()));
    REQUIRE(rows);
    CHECK(rows->size() == 1);
  }
  CHECK(bench.store->trouble().empty());
  RedisBench other("redis://xspamd:password@" + server.host() + "/1?prefix=theirs");
  other.open();
  CHECK_THAT(other.get(kSender), Contains("NOPERM"));
}

TEST_CASE("redis store: databases and prefixes are apart") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  const std::string rests[] = {"", "/1", "/2", "/2?prefix=other"};
  for (const std::string& rest : rests) {
    RedisBench bench(server.url(rest));
    bench.open();
    INFO(rest);
    CHECK(bench.get(kSender) == "-");
    bench.add(kSender, 1);
    bench.close();  // without a flush: the end writes
  }
  CHECK(server.say({"DBSIZE"}).integer == 2);  // the entry and the marker of writes
  RedisBench none(server.url("/99"));
  none.open();
  CHECK_THAT(none.get(kSender), Contains("out of range"));
}

TEST_CASE("redis store: scripts that the server has forgotten are loaded again") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.open();
  for (int i = 1; i <= 3; ++i) {
    CHECK(bench.take().empty());
    bench.add(kSender, 1);
    CHECK(bench.flush().empty());
    CHECK(bench.get(kSender) == std::to_string(i) + "/0");
    server.say({"SCRIPT", "FLUSH"});
  }
}

TEST_CASE("redis store: a server without memory is told, reading goes on, and what waits is written later") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.open();
  bench.add(kSender, 1);
  CHECK(bench.flush().empty());
  server.say({"CONFIG", "SET", "maxmemory", "1"});
  bench.add(kSender, 1);
  CHECK_THAT(bench.flush(), Contains("OOM"));
  CHECK_THAT(bench.trouble(), Contains("OOM"));
  bench.add(kSender, 1);
  CHECK(bench.get(kSender) == "1/0");
  server.say({"CONFIG", "SET", "maxmemory", "0"});
  bench.comes_back();
  CHECK(bench.flush().empty());
  CHECK(bench.get(kSender) == "3/0");
}

TEST_CASE("redis store: who is no Redis is told, whatever he says") {
  const std::pair<std::string, std::string> rows[] = {
      {"HTTP/1.1 400 Bad Request\r\n\r\n", "no reply of Redis: Protocol error, got \"H\" as reply type byte"},
      {"-ERR max number of clients reached\r\n", "ERR max number of clients reached"},
      {"-" + std::string(1'000, 'x') + "\r\n", ": " + std::string(200, 'x')},
      {"+1\r\n+2\r\n+3\r\n+4\r\n+5\r\n", "an answer that nobody asked for"},
      {"*3\r\n", "no answer within 200 ms"},
  };
  for (const auto& [text, told] : rows) {
    INFO(told);
    RedisBench bench("redis://127.0.0.1:1");
    tcp::acceptor acceptor(bench.loop.executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    bench.loop.spawn(say_to_all(acceptor, text));
    bench.settings.url.hosts[0].port = acceptor.local_endpoint().port();
    bench.settings.patience = milliseconds(200);
    bench.open();
    CHECK_THAT(bench.trouble(), Contains(told));
    CHECK(bench.store->trouble().size() < 300);
    bench.close();
    acceptor.close();
    bench.run_for(milliseconds(10));
  }
}

TEST_CASE("redis store: over the bound the newest writes are dropped and counted") {
  RedisBench bench("redis://127.0.0.1:" + std::to_string(free_port()));
  bench.settings.most_pending = 10'000;
  bench.open();
  bench.trouble();
  for (int i = 0; i < 20; ++i)
    bench.store->put({Space::history, std::to_string(i)}, std::string(1'000, 'v'), {});
  const std::string trouble = bench.store->trouble();
  CHECK_THAT(trouble, Contains("changes were lost"));
  bench.add(kSender, 1);  // still has room
  CHECK(bench.store->trouble() == trouble);
}

TEST_CASE("redis store: a key of another program is not touched, and that the write is lost is told") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.settings.write_every = milliseconds(20);
  bench.open();
  bench.add(kSender, 1);
  CHECK(bench.flush().empty());
  const std::string name = server.say({"KEYS", "xspamd:s:*"}).items.at(0).text;
  server.say({"DEL", name});
  server.say({"LPUSH", name, "theirs"});
  bench.add(kSender, 1);
  bench.add(token(1), 1);
  CHECK(bench.flush().empty());
  CHECK_THAT(bench.store->trouble(), Contains("1 changes were lost"));
  CHECK(bench.get(token(1)) == "1/0");
  CHECK_THAT(bench.get(kSender), Contains("WRONGTYPE"));
  CHECK(server.say({"LLEN", name}).integer == 1);
}

TEST_CASE("redis store: who waits when the store ends gets an answer") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.settings.at_end = milliseconds(100);
  bench.open();
  CHECK(bench.get(kSender) == "-");
  server.pause();
  std::optional<std::string> got;
  const auto ask = [](Store& store, std::optional<std::string>& answer) -> Task<> {
    std::vector<StoreKey> keys{kSender};
    auto entries = co_await store.get(keys, soon());
    answer = entries ? "entries" : entries.error().sentence;
  };
  bench.loop.spawn(ask(*bench.store, got));
  bench.run_for(milliseconds(20));
  bench.close();
  REQUIRE(bench.loop.until([&] { return got.has_value(); }));
  CHECK(*got == "the store has ended");
  server.go_on();
}

TEST_CASE("redis store: on a unix socket") {
  if (!RedisServer::is_installed()) return;
  const TempFolder folder;
  RedisServer server({"--unixsocket", folder / "redis.sock"});
  server.start();
  RedisBench bench("redis+unix://" + folder / "redis.sock" + "?db=2");
  bench.open();
  bench.add(kSender, 4);
  CHECK(bench.get(kSender) == "4/0");
  RedisBench none("redis+unix://" + folder / "none.sock");
  none.open();
  CHECK_THAT(none.get(kSender), StartsWith(folder / "none.sock" + ": "));
}

TEST_CASE("redis store: what has expired leaves the index of the history and the buckets of tokens") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.open();
  bench.store->put({Space::history, "1"}, "one", bench.loop.in(1));
  bench.store->put({Space::history, "2"}, "two", {});
  bench.store->add({delta(token(1), 1, 0, bench.loop.in(1))});
  CHECK(bench.flush().empty());
  const auto index = [&] {
    return server.say({"ZCARD", "xspamd:i:{h}"}).integer;
  };
  CHECK(index() == 2);
  CHECK(server.say({"HLEN", "xspamd:t:{000}"}).integer == 1);
  bench.loop.now += std::chrono::seconds(2);
  server.say({"DEL", "xspamd:h:{h}1"});  // as Redis does by its own clock
  auto rows = bench.loop.wait(bench.store->list({Space::history, "", 10, true}, soon()));
  REQUIRE((rows && rows->size() == 1));
  CHECK(rows->at(0).first == "2");
  CHECK(index() == 1);
  bench.store->add({delta(token(2), 1, 0, bench.loop.in(100))});  // in the same bucket
  CHECK(bench.flush().empty());
  CHECK(server.say({"HLEN", "xspamd:t:{000}"}).integer == 1);
}

}  // namespace xspamd::test
