#include "conf/section.h"

#include <catch2/catch.hpp>

#include "tests/unit/conf/loading.h"

using namespace xspamd;
using namespace xspamd::conf;
using std::chrono::milliseconds;

namespace {

Value checks_of(std::string_view text, Problems& problems) {
  const Folder folder;
  folder.write("x.toml", text);
  return load_tree(folder.sources(), problems);
}

std::string told(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems.list())
    text += problem.sentence + "\n";
  return text;
}

}  // namespace

TEST_CASE("sections: an absent table gives the defaults") {
  Problems problems;
  Section section("checks.bayes", nullptr, problems);
  CHECK(section.get("enabled", true, "Whether it runs"));
  CHECK(section.get("min_learns", 200, "Messages of each class") == 200);
  CHECK(section.get("weight", 0.5, "Weight") == 0.5);
  CHECK(section.get("score", Points{5100}, "Points") == Points{5100});
  CHECK(section.get("timeout", std::chrono::seconds(2), "Time") == milliseconds(2000));
  CHECK(section.get_size("cache", std::size_t{1} << 20, "Bytes") == 1'048'576);
  CHECK(section.get("name", "main", "Name") == "main");
  CHECK(section.get("names", std::vector<std::string>{"a"}, "Names").size() == 1);
  CHECK(section.get("from", std::vector<Network>{}, "Networks").empty());
  section.finish();
  CHECK(told(problems) == "");
}

TEST_CASE("sections: record key, default and meaning for the reference") {
  Problems problems;
  Section section("checks.bayes", nullptr, problems);
  section.get("timeout", milliseconds(500), "Time for the store");
  section.get("names", std::vector<std::string>{"a", "b"}, "Names");
  section.get_size("cache", 16'384, "Bytes kept");
  section.get("score", Points{2500}, "Points");
  REQUIRE(section.options().size() == 4);
  CHECK(section.options()[0].key == "timeout");
  CHECK(section.options()[0].preset == "\"500ms\"");
  CHECK(section.options()[0].about == "Time for the store");
  CHECK(section.options()[1].preset == R"(["a", "b"])");
  CHECK(section.options()[2].preset == "\"16KiB\"");
  CHECK(section.options()[3].preset == "2.5");
}

TEST_CASE("sections: values that are set win over the defaults") {
  Problems problems;
  const Value tree = checks_of(R"([checks.bayes]
enabled = false
min_learns = 50
weight = 2
score = 1.5
timeout = "3s"
cache = "4KiB"
names = ["x", "y"]
from = ["10.0.0.0/8"]
)",
                               problems);
  Section section("checks.bayes", find(tree, "checks.bayes"), problems);
  CHECK_FALSE(section.get("enabled", true, ""));
  CHECK(section.get("min_learns", 200U, "") == 50U);
  CHECK(section.get("weight", 0.5, "") == 2.0);
  CHECK(section.get("score", Points{}, "") == Points{1500});
  CHECK(section.get("timeout", milliseconds(1), "") == milliseconds(3000));
  CHECK(section.get_size("cache", 1, "") == 4096);
  CHECK(section.get("names", std::vector<std::string>{}, "")[1] == "y");
  CHECK(section.get("from", std::vector<Network>{}, "")[0].to_string() == "10.0.0.0/8");
  section.finish();
  CHECK(told(problems) == "");
}

TEST_CASE("sections: wrong types are told and leave the default") {
  Problems problems;
  const Value tree = checks_of(
      "checks.fuzzy = {a = 1, b = \"x\", c = -1, d = 5, e = [1], f = \"x/9\", g = 1e9}\n", problems);
  Section section("checks.fuzzy", find(tree, "checks.fuzzy"), problems);
  CHECK(section.get("a", true, ""));
  CHECK(section.get("b", 7, "") == 7);
  CHECK(section.get("c", 7U, "") == 7U);
  CHECK(section.get("d", milliseconds(9), "") == milliseconds(9));
  CHECK(section.get("e", std::vector<std::string>{"z"}, "").empty());
  CHECK(section.get("f", std::vector<Network>{}, "").empty());
  CHECK(section.get("g", Points{1}, "") == Points{1});
  CHECK(told(problems) ==
        "checks.fuzzy.a: expected true or false, found 1 (an integer)\n"
        "checks.fuzzy.b: expected an integer, found \"x\" (a string)\n"
        "checks.fuzzy.c: expected an integer from 0 to 4294967295, found -1 (an integer)\n"
        "checks.fuzzy.d: expected a duration such as \"500ms\" or \"8s\", found 5 (an integer)\n"
        "checks.fuzzy.e: expected a string, found 1 (an integer)\n"
        "checks.fuzzy.f: expected an array of networks, found \"x/9\" (a string)\n"
        "checks.fuzzy.g: expected a number from -9999.9 to 9999.9, found 1000000000.0 (a number): "
        "1000000000 lies outside -9999.9 to 9999.9\n");
}

TEST_CASE("sections: finish names what nobody asked for") {
  Problems problems;
  const Value tree = checks_of("[checks.spf]\nmax_lookup = 3\ncheck_local = true\nzzz = 1\n", problems);
  Section section("checks.spf", find(tree, "checks.spf"), problems);
  section.get("max_lookups", 10, "");
  section.finish();
  // check_local is in the schema.
  CHECK(told(problems) ==
        "unknown key \"max_lookup\" in [checks.spf], did you mean \"max_lookups\"?\n"
        "unknown key \"zzz\" in [checks.spf]\n");
}
