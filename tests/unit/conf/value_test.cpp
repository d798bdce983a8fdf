#include "conf/value.h"

#include <catch2/catch.hpp>

using namespace xspamd::conf;

TEST_CASE("values: print as TOML would write them") {
  CHECK(to_toml({true, {}}) == "true");
  CHECK(to_toml({std::int64_t{-5}, {}}) == "-5");
  CHECK(to_toml({15.0, {}}) == "15.0");
  CHECK(to_toml({1e300, {}}) == "1e+300");
  CHECK(to_toml({std::string("a\"b\\c\n\x01\xff"), {}}) == R"("a\"b\\c\n\u0001\uFFFD")");
  CHECK(to_toml({Array{{std::int64_t{1}, {}}, {std::string("x"), {}}}, {}}) == R"([1, "x"])");
  Table table;
  table["b c"] = {false, {}};
  table["a"] = {Table{}, {}};
  CHECK(to_toml({table, {}}) == R"({ a = {}, "b c" = false })");
}

TEST_CASE("values: origins and problems name file, line and column") {
  CHECK(to_string(Origin{}) == "built-in");
  CHECK(to_string(Origin{"x.toml", 4, 7}) == "x.toml:4:7");
  CHECK(to_string(Origin{"-o", 0, 0}) == "-o");
  CHECK(is_built_in(Origin{}));
  CHECK(is_built_in(Origin{"built-in/lists.toml", 3, 1}));
  CHECK_FALSE(is_built_in(Origin{"x.toml", 4, 7}));
  CHECK(to_string(Problem{{"x.toml", 4, 7}, "is wrong", false}) == "x.toml:4:7: is wrong");
  CHECK(to_string(Problem{{"x.toml", 4, 7}, "is odd", true}) == "x.toml:4:7: warning: is odd");
}

TEST_CASE("problems: warnings alone let the start go on") {
  Problems problems;
  problems.warn({}, "odd");
  CHECK_FALSE(problems.failed());
  problems.error({}, "wrong");
  CHECK(problems.failed());
}
