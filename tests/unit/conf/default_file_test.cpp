// What is printed of all keys and what lies in the checkout is the same.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "conf/dump.h"
#include "conf/file.h"
#include "conf/reference.h"
#include "conf/schema.h"
#include "proto/base/text.h"
#include "tests/support/test_plan.h"
#include "tests/unit/conf/loading.h"

using namespace xspamd;
using namespace xspamd::conf;

namespace {

constexpr std::string_view kBegin = "<!-- reference: xspamd dump-config --reference -->\n";
constexpr std::string_view kEnd = "<!-- end of the reference -->\n";

std::string in_checkout(const std::string& path) {
  const auto text = read_file(fmt::format("{}/../../conf/{}", XSPAMD_TEST_DATA, path), 1 << 20);
  REQUIRE(text);
  return *text;
}

// As the commands make them: of the program alone.
std::string shipped_default_file() {
  const auto plan = test::shipped_plan();
  return default_file(plan->options, plan->config.tree);
}

std::string shipped_reference() {
  const auto plan = test::shipped_plan();
  return reference_table(plan->options, plan->config.tree);
}

// The keys with a default of tables that have no name of the user's choice, as a user would take them over.
std::string uncommented(const std::string& text) {
  std::string toml;
  bool named = false;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("#[")) {
      named = line.find("NAME") != std::string_view::npos;
      // What stands in [exim.map] is the value of exim.map too.
      named = named || line == "#[exim.map]" || line == "#[scores]";
    }
    const bool comment = !line.starts_with("#") || line.starts_with("# ");
    const bool typed = line.find(" = [") != std::string_view::npos && line.ends_with("]") &&
                       line.find('"') == std::string_view::npos && !line.ends_with(" = []");
    if (!named && !comment && !typed) toml += fmt::format("{}\n", line.substr(1));
  }
  return toml;
}

}  // namespace

TEST_CASE("default file: conf/default/xspamd.toml is what dump-config --default prints") {
  INFO("make it anew: conf/renew_reference");
  CHECK(in_checkout("default/xspamd.toml") == shipped_default_file());
}

TEST_CASE("default file: every line is a comment or empty") {
  const std::string text = shipped_default_file();
  for (const std::string_view line : split(text, '\n'))
    CHECK((line.empty() || line.starts_with("#")));
}

TEST_CASE("default file: every key of the schema stands in it with its meaning") {
  const std::string text = default_file({}, {});
  for (const Key& key : schema_keys()) {
    CAPTURE(key.path);
    CHECK(text.find(fmt::format("\n# {}\n#", key.about)) != std::string::npos);
  }
}

TEST_CASE("default file: what is uncommented is the default") {
  const Config config = loaded(uncommented(default_file({}, {})));
  const Config plain = load(Sources{}).config;
  CHECK(dump(config, {}, {}) == dump(plain, {}, {}));
}

TEST_CASE("reference: the table in conf/README.md is what dump-config --reference prints") {
  INFO("make it anew: conf/renew_reference");
  const std::string readme = in_checkout("README.md");
  const std::size_t begin = readme.find(kBegin);
  const std::size_t end = readme.find(kEnd);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const std::size_t first = begin + kBegin.size();
  CHECK(readme.substr(first, end - first) == shipped_reference());
}
