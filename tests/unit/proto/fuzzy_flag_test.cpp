#include "proto/fuzzy_flag.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

std::string read(std::string_view value) {
  const auto order = fuzzy_order_from(value);
  return order ? fmt::format("{} {}", name(*order->flag), order->weight) : "none";
}

}  // namespace

TEST_CASE("fuzzy flag: by name in any case, or by rspamd's number") {
  for (const FuzzyFlag flag : {FuzzyFlag::denied, FuzzyFlag::probable, FuzzyFlag::white}) {
    CHECK(fuzzy_flag_from(name(flag)) == flag);
    CHECK(fuzzy_flag_from(fmt::format("{}", static_cast<int>(flag))) == flag);
  }
  CHECK(fuzzy_flag_from("DENIED") == FuzzyFlag::denied);
  for (const char* text : {"", "0", "4", "-1", "1x", "deny", "denied ", "99999999999999999999"})
    CHECK_FALSE(fuzzy_flag_from(text));
}

TEST_CASE("fuzzy order: a flag and a weight, else nothing") {
  const std::pair<const char*, const char*> rows[] = {{"denied", "denied 1"},
                                                      {" White ; weight=10 ", "white 10"},
                                                      {"2;Weight=1000", "probable 1000"},
                                                      {"", "none"},
                                                      {"spam", "none"},
                                                      {"denied;", "none"},
                                                      {"denied; weight=", "none"},
                                                      {"denied; weight=0", "none"},
                                                      {"denied; weight=1001", "none"},
                                                      {"denied; weight=-1", "none"},
                                                      {"denied; weight=1.5", "none"},
                                                      {"denied; 10", "none"},
                                                      {"denied; weight=1; weight=2", "none"},
                                                      {"; weight=1", "none"}};
  for (const auto& [value, want] : rows) {
    INFO(value);
    CHECK(read(value) == want);
  }
}
