#include <catch2/catch.hpp>

#include "server/client/exit_status.h"
#include "server/client/options.h"
#include "tests/unit/server/client/parsing.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

TellOptions telling(const std::vector<const char*>& words) {
  const Order order = parse(words);
  REQUIRE(std::holds_alternative<LearnOptions>(order));
  return std::get<LearnOptions>(order).tell;
}

}  // namespace

TEST_CASE("xspamc options: flags of fuzzy digests have names and numbers") {
  const std::pair<const char*, FuzzyFlag> rows[] = {
      {"denied", FuzzyFlag::denied}, {"1", FuzzyFlag::denied},    {"Probable", FuzzyFlag::probable},
      {"2", FuzzyFlag::probable},    {"white", FuzzyFlag::white}, {"3", FuzzyFlag::white}};
  for (const auto& [text, flag] : rows) {
    const TellOptions add = telling({"fuzzy-add", "-f", text, "file"});
    CHECK(add.lesson == Lesson::fuzzy_add);
    CHECK(add.fuzzy.flag == flag);
    CHECK(add.fuzzy.weight == 10);
    CHECK(telling({"fuzzy-del", "-f", text}).fuzzy.flag == flag);
  }
  CHECK(telling({"fuzzy-add", "-f", "1", "-w", "3", "-p", "783"}).fuzzy.weight == 3);
  CHECK(telling({"fuzzy-del", "file"}).lesson == Lesson::fuzzy_delete);
  CHECK_FALSE(telling({"fuzzy-del", "file"}).fuzzy.flag);
  CHECK_FALSE(telling({"learn-spam"}).fuzzy.flag);
}

TEST_CASE("xspamc options: a flag that is none, no flag and no weight are usage errors") {
  const std::vector<const char*> rows[] = {{"fuzzy-add"},
                                           {"fuzzy-add", "-f"},
                                           {"fuzzy-add", "-f", "deny"},
                                           {"fuzzy-add", "-f", "4"},
                                           {"fuzzy-add", "-f", "1", "-w", "0"},
                                           {"fuzzy-add", "-f", "1", "-w", "1001"},
                                           {"fuzzy-del", "-f", "x"},
                                           {"fuzzy-del", "-w", "1"}};
  for (const auto& words : rows) {
    INFO(words.size() << " " << words.back());
    const Order order = parse(words);
    REQUIRE(std::holds_alternative<int>(order));
    CHECK(std::get<int>(order) == kUsage);
  }
}
