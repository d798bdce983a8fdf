#include "rules/lists/answers.h"

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

std::vector<ListCode> codes(std::initializer_list<const char*> texts) {
  std::vector<ListCode> list;
  for (const char* text : texts) {
    const auto pattern = CodePattern::parse(text);
    REQUIRE(pattern);
    list.push_back({*pattern, text});
  }
  return list;
}

std::string found(const std::vector<ListCode>& list, const char* answer) {
  std::string text;
  for (const ListCode* code : codes_of(list, *IpAddress::parse(answer)))
    text += code->symbol + " ";
  return text;
}

}  // namespace

TEST_CASE("list answers: the most exact code counts, whatever the order") {
  const auto list = codes({"127.0.0.0/8", "127.0.0.4/30", "127.0.0.2", "127.0.*.2", "127.0.0.6"});
  CHECK(found(list, "127.0.0.2") == "127.0.0.2 ");
  CHECK(found(list, "127.0.9.2") == "127.0.*.2 ");
  CHECK(found(list, "127.0.0.5") == "127.0.0.4/30 ");
  CHECK(found(list, "127.0.0.6") == "127.0.0.6 ");
  CHECK(found(list, "127.0.0.8") == "127.0.0.0/8 ");
  CHECK(found(list, "127.255.255.254") == "127.0.0.0/8 ");
  CHECK(found(list, "192.0.2.1").empty());
  CHECK(found(list, "::1").empty());
}

TEST_CASE("list answers: each bit that is set counts, of 127.0.0.x only") {
  const auto list = codes({"&2", "&8", "&64", "&10"});
  CHECK(found(list, "127.0.0.2") == "&2 ");
  CHECK(found(list, "127.0.0.72") == "&8 &64 ");
  CHECK(found(list, "127.0.0.10") == "&2 &8 &10 ");
  CHECK(found(list, "127.0.0.128").empty());
  CHECK(found(list, "127.0.1.2").empty());
}

TEST_CASE("list answers: codes that are none are refused") {
  for (const char* text : {"", "127.0.0", "127.0.0.256", "127.0.0.2.3", "127.0.0.4/29/1", "127.0.0.5/30",
                           "&0", "&256", "&x", "*", "127.0.0.x", "::1/128", "127..0.2"}) {
    INFO(text);
    CHECK_FALSE(CodePattern::parse(text));
  }
}

TEST_CASE("list answers: addresses outside 127.0.0.0/8 are no answers of a list") {
  CHECK(is_list_answer(*IpAddress::parse("127.0.0.2")));
  CHECK(is_list_answer(*IpAddress::parse("127.255.255.254")));
  CHECK_FALSE(is_list_answer(*IpAddress::parse("198.51.100.7")));
  CHECK_FALSE(is_list_answer(*IpAddress::parse("::1")));
}
