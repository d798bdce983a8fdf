#include "conf/dump.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "conf/schema.h"
#include "proto/base/text.h"
#include "tests/unit/conf/loading.h"

using namespace xspamd;
using namespace xspamd::conf;

namespace {

// Whether a line of this text stands in the dump.
bool has_line(const std::string& dumped, std::string_view line) {
  for (const std::string_view other : split(dumped, '\n')) {
    if (other == line) return true;
  }
  return false;
}

Sources with_shipped(std::string_view text) {
  Sources sources;
  sources.shipped.push_back({"rules.toml", std::string(text)});
  return sources;
}

constexpr std::string_view kEverything = R"(
[scores]
OUR = 2.5
[rules.OUR]
header = "Subject"
match = '^"a\b'
[rules.__PART]
header = "To"
exists = true
[metas.BOTH]
when = "OUR & __PART"
take = ["OUR"]
[maps.BAD]
look_at = "envelope.ip"
kind = "cidr"
entries = ["192.0.2.0/24"]
[groups."a b"]
max_score = 8
[profiles.p]
for = { recipient = "a@example.org" }
actions = { reject = 20 }
[lists.zen]
zone = "{key}.zen.example.org"
key = "geheim"
look_at = ["envelope.ip"]
codes."127.0.0.2" = { symbol = "ZEN", score = 1 }
[store]
url = "redis://user:geheim@[::1]:6379/1"
[checks.spf]
check_local = true
)";

}  // namespace

TEST_CASE("dump: fed back it gives the same dump") {
  for (const DumpStyle style : {DumpStyle{false, false}, DumpStyle{false, true}}) {
    const std::string first = dump(loaded(kEverything), {}, style);
    CHECK(dump(loaded(first), {}, style) == first);
  }
}

TEST_CASE("dump: every key of the schema that stands in no named table has a line") {
  const std::string text = dump(load(Sources{}).config, {}, {});
  for (const Key& key : schema_keys()) {
    if (key.path.find('*') != std::string_view::npos || key.type == Type::table) continue;
    CAPTURE(key.path);
    const std::string name(key.path.substr(key.path.rfind('.') + 1));
    CHECK(text.find(fmt::format("\n{} = ", name)) != std::string::npos);
  }
}

TEST_CASE("dump: secrets are never shown, and said to be hidden") {
  const std::string text = dump(loaded(kEverything), {}, {});
  CHECK(text.find("geheim") == std::string::npos);
  CHECK(has_line(text, R"(key = "***"  # hidden)"));
  CHECK(has_line(text, R"(url = "redis://user:***@[::1]:6379/1"  # hidden)"));
}

TEST_CASE("dump: a password that stands alone, or holds @ and :, is hidden whole") {
  for (const std::string_view secret : {"geheim", "u:ge:heim", "u:ge@heim", ":geheim"}) {
    const Config config = loaded(fmt::format("[store]\nurl = \"redis://{}@host:1/0\"\n", secret));
    const std::string text = dump(config, {}, {});
    CAPTURE(text);
    CHECK(text.find("heim") == std::string::npos);
    CHECK(text.find("***@host:1/0") != std::string::npos);
  }
}

TEST_CASE("dump: a store without a password is shown as it is") {
  CHECK(
      has_line(dump(loaded("[store]\nurl = \"redis://host:1/0\"\n"), {}, {}), R"(url = "redis://host:1/0")"));
}

TEST_CASE("dump: with --origin each value tells its place") {
  const Folder folder;
  folder.write("x.toml", "[actions]\nreject = 20\n");
  folder.write("conf.d/10.toml", "\n[dns]\nretries = 3\n");
  const Config config = load(folder.sources({"log.level=debug"})).config;
  const std::string text = dump(config, {}, {true, false});
  CHECK(has_line(text, fmt::format("reject = 20  # {}:2", folder.path("x.toml"))));
  CHECK(has_line(text, fmt::format("retries = 3  # {}:3", folder.path("conf.d/10.toml"))));
  CHECK(has_line(text, R"(level = "debug"  # -o)"));
  CHECK(has_line(text, "cache = 20000  # default"));
}

TEST_CASE("dump: what came with the program is left out unless it is asked for or was changed") {
  Sources sources =
      with_shipped("[rules.A]\nheader = \"A\"\nexists = true\n[rules.B]\nheader = \"B\"\nexists = true\n");
  sources.options = {"rules.B.score=3"};
  const Config config = load(sources).config;
  const std::string own = dump(config, {}, {});
  CHECK(own.find("[rules.A]") == std::string::npos);
  CHECK(own.find("[rules.B]\nheader = \"B\"\nexists = true\nscore = 3\n") != std::string::npos);
  const std::string all = dump(config, {}, {true, true});
  CHECK(has_line(all, R"(header = "A"  # built-in/rules.toml:2)"));
}

TEST_CASE("dump: a check's own options are printed with their defaults") {
  const CheckOptions options{{"fuzzy", {{"enabled", "true", ""}, {"size", "3", ""}, {"words", "", ""}}}};
  const Config config = loaded("[checks.fuzzy]\nenabled = false\n");
  CHECK(dump(config, options, {}).find("[checks.fuzzy]\nenabled = false\nsize = 3\n") != std::string::npos);
}
