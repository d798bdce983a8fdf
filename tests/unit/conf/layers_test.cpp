#include "conf/layers.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "conf/section.h"
#include "tests/unit/conf/loading.h"

using namespace xspamd::conf;

namespace {

// The value of a key as TOML with its place, without the folder: `"2s" at conf.d/10.toml:1:5`.
std::string at(const Folder& folder, const Value& tree, std::string_view key) {
  const Value* value = find(tree, key);
  if (!value) return "absent";
  const std::string prefix = folder.path("");
  std::string place = to_string(value->origin);
  if (place.starts_with(prefix)) place.erase(0, prefix.size());
  return to_toml(*value) + " at " + place;
}

Value tree_of(const Folder& folder, const Sources& sources) {
  Problems problems;
  Value tree = load_tree(sources, problems);
  CHECK(folder.rendered(problems) == "");
  return tree;
}

constexpr std::string_view kShipped = R"([rules.CAPS]
header = "Subject"
match = '^[^a-z]+$'
score = 2.0
[metas.BOTH]
when = "A & B"
score = 1.0
[maps.BAD]
look_at = "url.host"
kind = "exact"
entries = ["a"]
[lists.zen]
zone = "zen.example"
look_at = ["envelope.ip"]
enabled = true
)";

}  // namespace

TEST_CASE("layers: without any file the defaults stand, built in") {
  const Folder folder;
  const Value tree = tree_of(folder, Sources{});
  CHECK(at(folder, tree, "dns.timeout") == "\"1s\" at built-in");
  CHECK(at(folder, tree, "actions.rewrite_subject") == "false at built-in");
}

TEST_CASE("layers: a later layer wins, each value keeps its own place") {
  const Folder folder;
  folder.write("x.toml", "[dns]\ntimeout = \"2s\"\nretries = 3\ncache = 5\nbudget = \"5s\"\n");
  folder.write("conf.d/20.toml", "dns.retries = 4\ndns.cache = 6\n");
  folder.write("conf.d/10.toml", "[dns]\nretries = 5\n  budget = \"6s\"\n");
  const Value tree = tree_of(folder, folder.sources({"dns.cache=7"}));
  CHECK(at(folder, tree, "dns.timeout") == "\"2s\" at x.toml:2:1");
  CHECK(at(folder, tree, "dns.budget") == "\"6s\" at conf.d/10.toml:3:3");
  CHECK(at(folder, tree, "dns.retries") == "4 at conf.d/20.toml:1:5");
  CHECK(at(folder, tree, "dns.cache") == "7 at -o");
  CHECK(at(folder, tree, "dns.servers") == "[] at built-in");
}

TEST_CASE("layers: only visible files ending in .toml are read from conf.d") {
  const Folder folder;
  folder.write("x.toml", "");
  folder.write("conf.d/a.toml.bak", "dns.retries = 5\n");
  folder.write("conf.d/.b.toml", "dns.retries = 6\n");
  folder.write("conf.d/README", "not TOML");
  CHECK(at(folder, tree_of(folder, folder.sources()), "dns.retries") == "1 at built-in");
}

TEST_CASE("layers: tables merge, arrays and scalars replace") {
  const Folder folder;
  folder.write("x.toml", "[networks]\nrelays = [\"192.0.2.1\"]\n[exim.map]\ndiscard = \"discard\"\n");
  folder.write("conf.d/a.toml", "[networks]\nrelays = [\n  \"192.0.2.2\",\n  \"192.0.2.3\"]\n");
  const Value tree = tree_of(folder, folder.sources());
  CHECK(at(folder, tree, "networks.relays") == R"(["192.0.2.2", "192.0.2.3"] at conf.d/a.toml:2:1)");
  CHECK(to_string(find(tree, "networks.relays")->array()->at(1).origin) == folder.path("conf.d/a.toml:4:3"));
  CHECK(to_toml(*find(tree, "exim.map")) ==
        R"({ discard = "discard", quarantine = "add header", "rewrite subject" = "add header" })");
}

TEST_CASE("layers: a shipped rule is replaced whole when the user's names what to look at, else merged") {
  const Folder folder;
  Sources sources = folder.sources();
  sources.shipped.push_back({"rules.d/a.toml", std::string(kShipped)});
  SECTION("merged") {
    folder.write("x.toml",
                 "[rules.CAPS]\nscore = 9.0\n[metas.BOTH]\nscore = 3\n[lists.zen]\nenabled = false\n");
    const Value tree = tree_of(folder, sources);
    CHECK(at(folder, tree, "rules.CAPS") ==
          R"({ header = "Subject", match = "^[^a-z]+$", score = 9.0 } at x.toml:1:8)");
    CHECK(at(folder, tree, "rules.CAPS.header") == "\"Subject\" at built-in/rules.d/a.toml:2:1");
    CHECK(to_toml(*find(tree, "metas.BOTH")) == R"({ score = 3, when = "A & B" })");
    CHECK(to_toml(*find(tree, "lists.zen.zone")) == "\"zen.example\"");
  }
  SECTION("replaced") {
    folder.write("x.toml",
                 "[rules.CAPS]\npart = \"text\"\nexists = true\n[metas.BOTH]\nwhen = \"C\"\n"
                 "[maps.BAD]\nlook_at = \"url.path\"\n[lists.zen]\nlook_at = \"email\"\n");
    const Value tree = tree_of(folder, sources);
    CHECK(to_toml(*find(tree, "rules.CAPS")) == R"({ exists = true, part = "text" })");
    CHECK(to_toml(*find(tree, "metas.BOTH")) == R"({ when = "C" })");
    CHECK(to_toml(*find(tree, "maps.BAD")) == R"({ look_at = "url.path" })");
    CHECK(to_toml(*find(tree, "lists.zen")) == R"({ look_at = "email" })");
  }
  SECTION("options together are one layer") {
    folder.write("x.toml", "");
    sources.options = {"rules.CAPS.match=x", "rules.CAPS.url=host"};
    CHECK(to_toml(*find(tree_of(folder, sources), "rules.CAPS")) == R"({ match = "x", url = "host" })");
  }
}

TEST_CASE("layers: an option is a dotted key and TOML, or a string where it is no TOML") {
  struct Row {
    std::string option;
    std::string_view key;
    std::string_view value;
  };
  const Row rows[] = {
      {"dns.retries=3", "dns.retries", "3"},
      {" dns . retries = 3 ", "dns.retries", "3"},
      {"dns.timeout=2s", "dns.timeout", "\"2s\""},
      {"dns.timeout=\"2s\"", "dns.timeout", "\"2s\""},
      {"actions.reject=false", "actions.reject", "false"},
      {"actions.reject=12.5", "actions.reject", "12.5"},
      {"server.listen=[\"127.0.0.1:1\"]", "server.listen", "[\"127.0.0.1:1\"]"},
      {"server.pid_file=", "server.pid_file", "\"\""},
      {"actions.subject=a=b", "actions.subject", "\"a=b\""},
      {"actions.subject=1\ndns.retries=9", "actions.subject", "\"1\\ndns.retries=9\""},
      {"exim.map.\"rewrite subject\"=reject", "exim.map.rewrite subject", "\"reject\""},
      {"exim.map.'rewrite subject'=reject", "exim.map.rewrite subject", "\"reject\""},
      {"dns={retries = 2}", "dns.retries", "2"},
  };
  const Folder folder;
  for (const Row& row : rows) {
    Sources sources;
    sources.options = {row.option};
    const Value tree = tree_of(folder, sources);
    REQUIRE(find(tree, row.key));
    CHECK(to_toml(*find(tree, row.key)) == row.value);
    CHECK(to_string(find(tree, row.key)->origin) == "-o");
  }
}

TEST_CASE("layers: what is no option is told") {
  for (const std::string option : {"dns", "=1", "dns.=1", "dns..x=1", "\"dns=1", "d ns=1", "a\"b\"=1"}) {
    const std::string key = option.substr(0, option.find('='));
    const std::string told = problems_with({option});
    CHECK(told.starts_with("-o: \""));
    CHECK(told.ends_with("is not of the form key=value, such as dns.timeout=2s"));
  }
  CHECK(problems_with({"dns.timout=2s"}) == "-o: unknown key \"timout\" in [dns], did you mean \"timeout\"?");
}

TEST_CASE("layers: files that cannot be read are told with their path") {
  const Folder folder;
  Sources sources = folder.sources();
  CHECK(folder.rendered(load(sources).problems) == "x.toml: cannot be read: No such file or directory");
  sources.file_must_exist = false;
  CHECK(folder.rendered(load(sources).problems) == "");
  CHECK(load(sources).config.file.empty());
  folder.write("x.toml/inner", "");
  CHECK(folder.rendered(load(sources).problems) == "x.toml: is a directory, not a file");
  folder.write("y.toml", "");
  folder.write("conf.d", "a file where a folder is due");
  sources.file = folder.path("y.toml");
  CHECK(folder.rendered(load(sources).problems) == "conf.d: cannot be read: Not a directory");
}

TEST_CASE("layers: a file that may not be read is told") {
  if (geteuid() == 0) return;  // root may read everything
  const Folder folder;
  folder.write("x.toml", "");
  std::filesystem::permissions(folder.path("x.toml"), std::filesystem::perms::none);
  CHECK(folder.rendered(load(folder.sources()).problems) == "x.toml: cannot be read: Permission denied");
}

TEST_CASE("layers: what is told of bad TOML stays on one line") {
  CHECK(problems_of("x = tr\n") ==
        "x.toml:1:7: no valid TOML: Error while parsing boolean: expected 'true', saw 'tr?'");
}

TEST_CASE("layers: a letter that is no ASCII ends a bare key") {
  CHECK(problems_of("schl\xc3\xbcssel = 1\n") ==
        "x.toml:1:5: no valid TOML: Error while parsing key-value pair: expected '=', saw '\xc3\xbc'");
  CHECK(problems_of("[limits]\xc3\x9c\n") ==
        "x.toml:1:9: no valid TOML: Error while parsing table header: expected a comment or whitespace, "
        "saw '\xc3\x9c'");
}

TEST_CASE("layers: what is no TOML is told with its place, the other files are still read") {
  const Folder folder;
  folder.write("x.toml", "[dns]\nretries = \n");
  folder.write("conf.d/a.toml", "dns.cache = -1\n");
  CHECK(folder.rendered(load(folder.sources()).problems) ==
        "conf.d/a.toml:1:5: dns.cache: expected an integer from 0 to 10000000, found -1 (an integer)\n"
        "x.toml:2:11: no valid TOML: Error while parsing key-value pair: expected value, saw '\\n'");
}

TEST_CASE("layers: size and nesting of files are bounded") {
  CHECK(problems_of("#" + std::string(5U << 20, 'x')) == "x.toml: is larger than 4MiB");
  std::string deep = "x";
  for (int i = 0; i < 100; ++i)
    deep += ".x";
  CHECK(problems_of("[rules.A]\nheader = \"X\"\nexists = true\nhit." + deep + " = 1\n")
            .find("nested deeper than 32") != std::string::npos);
  for (int i = 0; i < 100'000; ++i)
    deep += ".x";
  CHECK(problems_of(deep + " = 1\n") == "x.toml: nested deeper than 32 levels");
  CHECK(problems_of("a = " + std::string(50'000, '[')).find("no valid TOML") != std::string::npos);
}
