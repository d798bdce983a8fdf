#include "rules/io/resp.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

namespace xspamd::test {

namespace {

using Kind = RespValue::Kind;

// "nil", "7", "'text'", "!ERR text", "[7 'a']".
std::string shown(const RespValue& value) {
  if (value.kind == Kind::nil) return "nil";
  if (value.kind == Kind::integer) return std::to_string(value.integer);
  if (value.kind == Kind::text) return "'" + value.text + "'";
  if (value.kind == Kind::error) return "!" + value.text;
  std::string all;
  for (const RespValue& item : value.items)
    all += (all.empty() ? "" : " ") + shown(item);
  return fmt::format("[{}]", all);
}

// All replies, joined by ";", of bytes in pieces of this size.
std::string read(std::string_view bytes, std::size_t piece) {
  RespReader reader;
  std::string all;
  for (std::size_t from = 0; from < bytes.size(); from += piece) {
    if (const auto fed = reader.feed(bytes.substr(from, piece)); !fed) return all + fed.error().sentence;
    for (;;) {
      const auto reply = reader.next();
      if (!reply) return all + reply.error().sentence;
      if (!*reply) break;
      all += shown(**reply) + ";";
    }
  }
  return all;
}

}  // namespace

TEST_CASE("resp: a command is an array of bulk strings, whatever bytes they have") {
  CHECK(resp_command({"GET", "a"}) == "*2\r\n$3\r\nGET\r\n$1\r\na\r\n");
  CHECK(resp_command({"SET", std::string_view("a\r\n\0", 4), ""}) ==
        std::string("*3\r\n$3\r\nSET\r\n$4\r\na\r\n\0\r\n$0\r\n\r\n", 29));
}

TEST_CASE("resp: replies of every kind, whole and in pieces") {
  const std::pair<std::string, std::string> rows[] = {
      {"+OK\r\n", "'OK';"},
      {"-ERR no\r\n", "!ERR no;"},
      {":-42\r\n", "-42;"},
      {":9223372036854775807\r\n", "9223372036854775807;"},
      {"$5\r\na\r\nbc\r\n", "'a\r\nbc';"},
      {"$0\r\n\r\n", "'';"},
      {"$-1\r\n", "nil;"},
      {"*-1\r\n", "nil;"},
      {"*0\r\n", "[];"},
      {"*3\r\n:1\r\n*2\r\n$1\r\na\r\n$-1\r\n-ERR x\r\n+OK\r\n", "[1 ['a' nil] !ERR x];'OK';"},
      {"*2\r\n*1\r\n*1\r\n:1\r\n*1\r\n*1\r\n:2\r\n", "[[[1]] [[2]]];"},
      {"+a\r\n+b\r\n+c\r", "'a';'b';"},
      {"$10\r\nabc", ""},
  };
  for (const auto& [bytes, replies] : rows) {
    INFO(bytes);
    for (const std::size_t piece : {std::size_t(1), std::size_t(2), std::size_t(7), bytes.size()})
      CHECK(read(bytes, piece) == replies);
  }
}

TEST_CASE("resp: what is no reply ends the reading, for good") {
  const std::string_view rows[] = {"HTTP/1.1 400 Bad Request\r\n",
                                   "?\r\n",
                                   ":12x\r\n",
                                   ":99999999999999999999\r\n",
                                   "$-2\r\nab\r\n",
                                   "*-2\r\n",
                                   "*99999999999\r\n",
                                   "$99999999999999999999\r\n",
                                   "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"};
  for (const std::string_view row : rows) {
    INFO(row);
    RespReader reader;
    CHECK(reader.feed(row));
    for (int i = 0; i < 2; ++i) {
      const auto reply = reader.next();
      REQUIRE(!reply);
      CHECK(reply.error().code == Errc::invalid);
      CHECK_FALSE(reader.feed("+OK\r\n"));
    }
  }
}

TEST_CASE("resp: a reply is bounded, in values and in bytes") {
  std::string many = fmt::format("*{}\r\n", RespReader::kMostItems);
  for (std::size_t i = 0; i < RespReader::kMostItems; ++i)
    many += ":1\r\n";
  CHECK(read(many, 65'536) == "a reply of more than 131072 values");
  many = fmt::format("*{}\r\n", RespReader::kMostItems - 1) + many.substr(many.find('\n') + 5);
  const std::string fits = read(many + many, 65'536);  // counted anew for each
  CHECK(fits.size() == 2 * (2 * (RespReader::kMostItems - 1) + 2));
  CHECK(read("*2147483647\r\n", 99).empty());  // announced, and nothing is set aside for it
  std::string large = fmt::format("${}\r\n", RespReader::kMostReply);
  large.resize(RespReader::kMostReply + 100, 'x');
  CHECK(read(large, 65'536) == "a reply of more than 16777216 bytes");
}

}  // namespace xspamd::test
