// Names, slots and texts of the store in Redis: nothing here needs a server.
#include "rules/store/redis_keys.h"

#include <catch2/catch.hpp>

#include "conf/redis_url.h"
#include "rules/store/redis_format.h"
#include "rules/store/redis_topology.h"
#include "tests/unit/rules/store/store_loop.h"

namespace xspamd::test {

namespace {

RespValue text_of(std::string text) {
  RespValue value;
  value.kind = RespValue::Kind::text;
  value.text = std::move(text);
  return value;
}
RespValue error_of(std::string text) {
  RespValue value = text_of(std::move(text));
  value.kind = RespValue::Kind::error;
  return value;
}
RespValue number_of(std::int64_t number) {
  RespValue value;
  value.kind = RespValue::Kind::integer;
  value.integer = number;
  return value;
}
RespValue array_of(std::vector<RespValue> items) {
  RespValue value;
  value.kind = RespValue::Kind::array;
  value.items = std::move(items);
  return value;
}

const conf::Address kFrom{"192.0.2.1", 7'000, {}};

}  // namespace

TEST_CASE("redis keys: slots are those of the cluster specification") {
  const std::pair<std::string_view, int> rows[] = {
      {"123456789", 0x31c3},  // the check value of CRC-16/XMODEM
      {"", 0},
      {"foo", 12'182},
      {"{foo}.bar", 12'182},
      {"a{foo}{bar}", 12'182},
      {"foo{bar", redis_slot("foo{bar")},
      {"somekey", 11'058},
  };
  for (const auto& [key, slot] : rows) {
    INFO(key);
    CHECK(redis_slot(key) == slot);
  }
  CHECK(redis_slot("foo{}{bar}") != redis_slot("bar"));  // an empty tag is none
  CHECK(redis_slot("foo{{bar}}zap") == redis_slot("{bar"));
}

TEST_CASE("redis keys: names, and that what one script touches lies together") {
  const RedisKeys keys("xspamd");
  CHECK(keys.name(token(0x3fa1'2345'6789'abcd)) == "xspamd:t:{3fa}");
  CHECK(keys.bucket(0x3fa) == "xspamd:t:{3fa}");
  CHECK(keys.name({Space::total, ""}) == "xspamd:n:{000}");
  CHECK(keys.name({Space::history, "1{2}"}) == "xspamd:h:{h}1{2}");
  const StoreKey odd[] = {{Space::sender, "}x{y}"},
                          {Space::sender, std::string("\0{", 2)},
                          {Space::total, "a"},
                          {Space::history, "{h}"},
                          token(~0ull)};
  for (const StoreKey& key : odd) {
    const std::string tag = RedisKeys::tag(key);
    CHECK(redis_slot(keys.name(key)) == redis_slot(tag));
    CHECK(redis_slot(keys.marker(tag, "0123456789abcdef")) == redis_slot(tag));
  }
  CHECK(redis_slot(keys.index()) == redis_slot("h"));
  CHECK(keys.marker("", "ab") == "xspamd:w:ab");
}

TEST_CASE("redis keys: an id is read out of a name, unless the name is none of ours") {
  const RedisKeys keys("a:b");
  CHECK(keys.pattern(Space::sender, "a*[?") == "a:b:s:{???}a\\*\\[\\?*");
  const std::string ids[] = {"", "alice", std::string("\0}{*", 4), std::string(255, '\xff')};
  for (const std::string& id : ids)
    CHECK(keys.id_of(Space::sender, keys.name({Space::sender, id})) == id);
  const std::string name = keys.name({Space::sender, "alice"});
  CHECK_FALSE(keys.id_of(Space::total, name));
  CHECK_FALSE(keys.id_of(Space::sender, name + "x"));  // that id has another tag
  CHECK_FALSE(keys.id_of(Space::sender, "a:b:s:{"));
  CHECK_FALSE(keys.id_of(Space::sender, "a:b:s:{" + std::string(300, 'x')));
}

TEST_CASE("redis format: an entry is two counters, its expiry and its value") {
  const auto parsed = [](std::string_view text) -> std::string {
    const auto entry = parse_redis_entry(text);
    if (!entry) return "none";
    return shown(entry) + " @" + std::to_string(entry->expires.time_since_epoch().count());
  };
  const std::pair<std::string_view, std::string> rows[] = {
      {"1 2 0", "1/2 @0"},
      {"1 2 1750000000", "1/2 @1750000000"},
      {"0 0 5 value", "0/0 value @5"},
      {"0 0 5  two words ", "0/0  two words  @5"},
      {"9223372036854775807 0 0", "9223372036854775807/0 @0"},
      {"9223372036854775808 0 0", "none"},
      {"-1 0 0", "none"},
      {"1 2", "none"},
      {"1 2 ", "none"},
      {"", "none"},
      {"theirs", "none"},
  };
  for (const auto& [text, entry] : rows) {
    INFO(text);
    CHECK(parsed(text) == entry);
  }
}

TEST_CASE("redis format: tokens of a bucket are one question, in whatever order") {
  const RedisKeys keys("x");
  const std::vector<StoreKey> wanted{token(1), {Space::total, ""}, token(~0ull), token(2)};
  const RedisReading reading = redis_reading(keys, wanted);
  REQUIRE(reading.commands.size() == 3);
  CHECK(reading.commands[0].bytes == resp_command({"GET", "x:n:{000}"}));
  CHECK(reading.commands[1].bytes == resp_command({"HMGET", "x:t:{000}", wanted[0].id, wanted[3].id}));
  CHECK(reading.commands[2].bytes == resp_command({"HMGET", "x:t:{fff}", wanted[2].id}));
  CHECK(reading.commands[2].slot == redis_slot("fff"));
  const WallTime now(sys_seconds(std::chrono::seconds(100)));
  std::vector<RespValue> replies{RespValue(), array_of({text_of("1 0 0"), text_of("2 0 100")}),
                                 array_of({text_of("3 0 101")})};
  const auto entries = redis_entries(reading, replies, wanted.size(), now);
  REQUIRE(entries);
  CHECK(shown(entries->at(0)) == "1/0");
  CHECK(shown(entries->at(1)) == "-");
  CHECK(shown(entries->at(2)) == "3/0");
  CHECK(shown(entries->at(3)) == "-");  // expired
  replies[1] = array_of({text_of("1 0 0")});
  CHECK_FALSE(redis_entries(reading, replies, wanted.size(), now));
  replies[1] = error_of("WRONGTYPE " + std::string(1'000, 'x') + "\n");
  const auto refused = redis_entries(reading, replies, wanted.size(), now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().sentence.starts_with("redis: WRONGTYPE xxx"));
  CHECK(refused.error().sentence.size() == 207);
}

TEST_CASE("redis topology: where a command is sent instead") {
  const auto shown_move = [](std::string_view error) -> std::string {
    const auto move = parse_redis_move(error, kFrom);
    return move ? std::to_string(move->slot) + " " + conf::shown(move->to) : "none";
  };
  const std::pair<std::string_view, std::string> rows[] = {
      {"MOVED 3999 192.0.2.7:6381", "3999 192.0.2.7:6381"},
      {"ASK 1 mail.example:1", "1 mail.example:1"},
      {"MOVED 1 2001:db8::1:6379", "1 [2001:db8::1]:6379"},
      {"MOVED 1 :6381", "1 192.0.2.1:6381"},
      {"MOVED 16384 192.0.2.7:6381", "none"},
      {"MOVED x 192.0.2.7:6381", "none"},
      {"MOVED 1 192.0.2.7:0", "none"},
      {"MOVED 1 192.0.2.7", "none"},
      {"MOVED 1", "none"},
      {"MOVED", "none"},
  };
  for (const auto& [error, move] : rows) {
    INFO(error);
    CHECK(shown_move(error) == move);
  }
}

TEST_CASE("redis topology: slots, masters, roles") {
  const auto range = [](std::int64_t first, std::int64_t last, std::string host, std::int64_t port) {
    return array_of(
        {number_of(first), number_of(last), array_of({text_of(std::move(host)), number_of(port)})});
  };
  const auto slots = parse_redis_slots(
      array_of({range(0, 99, "192.0.2.5", 1), range(100, 16'383, "", 2), range(0, 0, "?", 3)}), kFrom);
  REQUIRE((slots && slots->size() == 3));
  CHECK(conf::shown(slots->at(0).master) == "192.0.2.5:1");
  CHECK(slots->at(0).last == 99);
  CHECK(conf::shown(slots->at(1).master) == "192.0.2.1:2");
  CHECK(conf::shown(slots->at(2).master) == "192.0.2.1:3");
  const RespValue bad[] = {range(5, 4, "h", 1),
                           range(0, 16'384, "h", 1),
                           range(-1, 4, "h", 1),
                           range(0, 4, "h", 0),
                           range(0, 4, "h", 65'536),
                           array_of({}),
                           array_of({number_of(1), number_of(2), number_of(3)})};
  for (const RespValue& one : bad)
    CHECK_FALSE(parse_redis_slots(array_of({one}), kFrom));
  CHECK(parse_redis_slots(error_of("ERR no\r\ncluster"), kFrom).error().sentence ==
        "192.0.2.1:7000: ERR no??cluster");
  CHECK(conf::shown(parse_redis_master(array_of({text_of("h"), text_of("1")}), "m").value()) == "h:1");
  CHECK(parse_redis_master(RespValue(), "m").error().sentence == "it knows no master of the name \"m\"");
  CHECK_FALSE(parse_redis_master(array_of({text_of("h"), text_of("0")}), "m"));
  CHECK_FALSE(parse_redis_master(array_of({text_of(""), text_of("1")}), "m"));
  CHECK(is_redis_master(array_of({text_of("master"), number_of(0)})));
  CHECK_FALSE(is_redis_master(array_of({text_of("slave")})));
  CHECK_FALSE(is_redis_master(RespValue()));
}

}  // namespace xspamd::test
