#include "rules/map.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;
using test::rendered;

namespace {

const Deadline kNever = Deadline::max();

// What the value finds among the lines: "entry", "entry=2.50", or "" for nothing.
std::string found(MapKind kind, const std::vector<std::string>& lines, std::string_view value,
                  bool blanks = false) {
  MapFormat format;
  format.kind = kind;
  format.blanks = blanks;
  MapEntries entries(format);
  for (const std::string& line : lines)
    REQUIRE(entries.add(line));
  entries.finish();
  const auto match = entries.find(value, kNever);
  if (!match) return "";
  return match->score ? fmt::format("{}={}", match->entry, to_text(*match->score)) : match->entry;
}

std::string refusal(MapKind kind, std::string_view line, std::size_t most = 10) {
  MapFormat format;
  format.kind = kind;
  format.max_entries = most;
  MapEntries entries(format);
  const auto added = entries.add(line);
  return added ? "" : added.error().sentence;
}

// A file of a map in a folder of its own.
class File {
 public:
  explicit File(std::string_view text) {
    std::string pattern = std::filesystem::temp_directory_path() / "xspamd-map-XXXXXX";
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    write(text);
  }
  ~File() { std::filesystem::remove_all(folder_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::string path() const { return (folder_ / "list").string(); }
  // As careful programs do it: a new file takes the name, so that its number tells the change.
  void write(std::string_view text) const {
    const std::string fresh = path() + ".new";
    std::FILE* file = std::fopen(fresh.c_str(), "w");
    REQUIRE(file != nullptr);
    REQUIRE(std::fwrite(text.data(), 1, text.size(), file) == text.size());
    REQUIRE(std::fclose(file) == 0);
    std::filesystem::rename(fresh, path());
  }
  void remove() const { std::filesystem::remove(path()); }

 private:
  std::filesystem::path folder_;
};

std::string told(const MapNews& news, const File& file) {
  std::string text;
  for (const auto& list : {news.warnings, news.notes}) {
    for (std::string line : list) {
      const std::size_t at = line.find(file.path());
      if (at != std::string::npos) line.replace(at, file.path().size(), "FILE");
      text += (text.empty() ? "" : "\n") + line;
    }
  }
  return text;
}

Envelope from(std::string sender) {
  Envelope envelope;
  envelope.sender = std::move(sender);
  envelope.client = IpAddress::parse("192.0.2.7");
  envelope.recipients = {"a@example.org", "b@example.org"};
  return envelope;
}

std::string verdict(const std::vector<std::string>& options, Envelope envelope, std::string message = "\n") {
  const auto plan = test::bare_plan(options);
  const auto scan = test::scan_with(plan, test::request_of(std::move(message), std::move(envelope)));
  std::erase_if(scan->hits.list, [](const Hit& hit) { return !hit.symbol.starts_with("M_"); });
  return rendered(score(*plan, *scan));
}

}  // namespace

TEST_CASE("map: exact compares the whole value without regard to case") {
  CHECK(found(MapKind::exact, {"Bob@Example.org"}, "bob@example.ORG") == "Bob@Example.org");
  CHECK(found(MapKind::exact, {"bob@example.org"}, "rob@example.org") == "");
  CHECK(found(MapKind::exact, {"example.org"}, "a.example.org") == "");
  CHECK(found(MapKind::exact, {}, "x") == "");
  CHECK(found(MapKind::exact, {"x"}, "") == "");
}

TEST_CASE("map: suffix ends at a dot or at the @ of an address") {
  const std::vector<std::string> kLines{"example.org", ".example.net", "deep.example.org", "bob@example.com"};
  CHECK(found(MapKind::suffix, kLines, "example.org") == "example.org");
  CHECK(found(MapKind::suffix, kLines, "a.b.Example.org.") == "example.org");
  CHECK(found(MapKind::suffix, kLines, "a.deep.example.org") == "deep.example.org");
  CHECK(found(MapKind::suffix, kLines, "badexample.org") == "");
  CHECK(found(MapKind::suffix, kLines, "example.net") == "");
  CHECK(found(MapKind::suffix, kLines, "a.example.net") == ".example.net");
  CHECK(found(MapKind::suffix, kLines, "joe.doe@a.example.org") == "example.org");
  CHECK(found(MapKind::suffix, kLines, "joe@a.example.net") == ".example.net");
  CHECK(found(MapKind::suffix, kLines, "bob@example.com") == "bob@example.com");
  CHECK(found(MapKind::suffix, kLines, "x.bob@example.com") == "");
}

TEST_CASE("map: cidr finds the narrowest network") {
  const std::vector<std::string> kLines{"192.0.2.0/24 1", "192.0.2.7 -2", "2001:db8::/32", "0.0.0.0/1"};
  CHECK(found(MapKind::cidr, kLines, "192.0.2.7") == "192.0.2.7=-2.00");
  CHECK(found(MapKind::cidr, kLines, "192.0.2.8") == "192.0.2.0/24=1.00");
  CHECK(found(MapKind::cidr, kLines, "192.0.3.8") == "");
  CHECK(found(MapKind::cidr, kLines, "127.255.0.1") == "0.0.0.0/1");
  CHECK(found(MapKind::cidr, kLines, "2001:db8:1::1") == "2001:db8::/32");
  CHECK(found(MapKind::cidr, kLines, "2001:db9::1") == "");
  CHECK(found(MapKind::cidr, kLines, "[IPv6:2001:db8::1]") == "2001:db8::/32");
  CHECK(found(MapKind::cidr, kLines, "::ffff:192.0.2.8") == "192.0.2.0/24=1.00");
  CHECK(found(MapKind::cidr, kLines, "localhost") == "");
}

TEST_CASE("map: glob knows * and ?, and is tried in order") {
  CHECK(found(MapKind::glob, {"*@mail?.example.org", "*"}, "x@MAIL1.example.org") == "*@mail?.example.org");
  CHECK(found(MapKind::glob, {"a*b*c"}, "aXbYbZc") == "a*b*c");
  CHECK(found(MapKind::glob, {"a*b*c"}, "aXbYbZ") == "");
  CHECK(found(MapKind::glob, {"?"}, "") == "");
  CHECK(found(MapKind::glob, {"**"}, "") == "**");
  // Stars in plenty cost no more than the product of the lengths.
  std::string stars;
  for (int i = 0; i < 300; ++i)
    stars += "a*";
  CHECK(found(MapKind::glob, {stars + "b"}, std::string(4000, 'a')) == "");
}

TEST_CASE("map: regex is found anywhere, case as the pattern says") {
  CHECK(found(MapKind::regex, {"^x", "(?i)viagra \\d"}, "VIAGRA 5", true) == "(?i)viagra \\d");
  CHECK(found(MapKind::regex, {"viagra"}, "VIAGRA", true) == "");
  CHECK(found(MapKind::regex, {"free money 2.5"}, "free money", true) == "free money=2.50");
}

TEST_CASE("map: a line is an entry, a score of its own, a comment") {
  CHECK(found(MapKind::exact, {"  a \t 2.125  # why", "b"}, "a") == "a=2.125");
  CHECK(found(MapKind::exact, {"# a", "", "   ", "b#c"}, "b#c") == "b#c");
  CHECK(found(MapKind::exact, {"a -4", "A 3"}, "a") == "a=-4.00");
  CHECK(found(MapKind::exact, {"buy now"}, "Buy now", true) == "buy now");
  CHECK(found(MapKind::exact, {"7"}, "7") == "7");
}

TEST_CASE("map: a wrong line is refused with its reason") {
  CHECK(refusal(MapKind::exact, "a b") == "\"b\" is no score such as 2.5");
  CHECK(refusal(MapKind::exact, "a b 3") == "\"a b\" has blanks: one entry a line");
  CHECK_THAT(refusal(MapKind::exact, "a 99999"), Catch::StartsWith("\"99999\" is no score: "));
  CHECK_THAT(refusal(MapKind::exact, "a 1.0005"), Catch::StartsWith("\"1.0005\" is no score: "));
  CHECK(refusal(MapKind::exact, "a\x01") == "\"a?\" is no text in UTF-8");
  CHECK(refusal(MapKind::exact, "\xfc") == "\"?\" is no text in UTF-8");
  CHECK(refusal(MapKind::exact, std::string(1001, 'x')) == "the entry is longer than 1000 bytes");
  CHECK(refusal(MapKind::exact, "a", 0) == "more than 0 entries (checks.maps.max_entries)");
  CHECK(refusal(MapKind::suffix, ".") == "\".\" is no ending");
  CHECK(refusal(MapKind::cidr, "example.org") == "\"example.org\" is no IP address or network");
  CHECK_THAT(refusal(MapKind::cidr, "192.0.2.1/24"), Catch::Contains("did you mean \"192.0.2.0/24\"?"));
  CHECK_THAT(refusal(MapKind::regex, "(open"), Catch::StartsWith("\"(open\": the pattern is wrong"));
}

TEST_CASE("map: a hit has the name of the map, its score or the entry's, and the entries as options") {
  const std::string map = "maps.M_A={look_at='envelope.recipient', kind='suffix', score=1.5, entries=";
  CHECK(verdict({map + "['example.org', 'x.test']}"}, from("")) == "no action 1.5: M_A(1.50)[example.org]");
  CHECK(verdict({map + "['a@example.org', 'example.org 4.25']}", "actions.add_header=20"}, from("")) ==
        "greylist 4.2: M_A(4.25)[a@example.org, example.org] ROUNDING(-0.05)");
  CHECK(verdict({map + "['a@example.org -3', 'b@example.org 2']}"}, from("")) ==
        "no action -3.0: M_A(-3.00)[a@example.org, b@example.org]");
  CHECK(verdict({map + "['example.org 0']}"}, from("")) == "no action 0.0: M_A(0.00)[example.org]");
  CHECK(verdict({map + "['example.net']}"}, from("")) == "no action 0.0:");
  CHECK(verdict({map + "['example.org'], enabled=false}"}, from("")) == "no action 0.0:");
}

TEST_CASE("map: header, envelope and hops can be looked up") {
  const std::string mail =
      "Received: from x (x.example [198.51.100.9]) by y\nFrom: Ann <ann@Shop.example>\nSubject: Big sale\n\n";
  const auto hit = [&](const std::string& look_at, const std::string& kind, const std::string& entry) {
    return verdict({fmt::format("maps.M_A={{look_at='{}', kind='{}', score=1, entries=['{}']}}", look_at,
                                kind, entry)},
                   from("s@sender.example"), mail) != "no action 0.0:";
  };
  CHECK(hit("envelope.sender.domain", "exact", "sender.example"));
  CHECK(hit("envelope.ip", "cidr", "192.0.2.0/24"));
  CHECK(hit("received.ip", "cidr", "198.51.100.0/24"));
  CHECK(hit("header.From:addr", "exact", "ann@shop.example"));
  CHECK(hit("header.From:domain", "suffix", "example"));
  CHECK(hit("header.Subject", "glob", "big *"));
  CHECK(hit("header.Subject", "regex", "^Big"));
  CHECK_FALSE(hit("header.Reply-To:addr", "exact", "ann@shop.example"));
}

TEST_CASE("map: an action decides before the scan") {
  const std::string block =
      "maps.M_BLOCK={look_at='envelope.sender.domain', kind='exact', entries=['bad.example'], "
      "action='reject', message='Go away', score=6}";
  const std::string rule = "rules.M_LATER={header='*', match='x', score=1}";
  CHECK(verdict({block, rule}, from("a@bad.example"), "A: x\n\n") ==
        "reject 6.0: M_BLOCK(6.00)[bad.example] (by M_BLOCK)");
  CHECK(verdict({block, rule}, from("a@good.example"), "A: x\n\n") == "no action 1.0: M_LATER(1.00)");
}

TEST_CASE("map: what the body leads to can be looked up") {
  const std::string map =
      "maps.M_URL={look_at='url.domain', kind='exact', entries=['bad.example 6.0'], action='reject'}";
  CHECK(verdict({map}, {}, "A: x\n\nsee http://www.bad.example/x") ==
        "reject 6.0: M_URL(6.00)[bad.example] (by M_URL)");
  CHECK(verdict({map}, {}, "A: x\n\nsee http://www.good.example/x") == "no action 0.0:");
}

TEST_CASE("map: wrong entries and names refuse the start with their place") {
  CHECK_THAT(
      test::plan_problems(all_checks(), {"maps.M_A={look_at='envelope.ip', kind='cidr', entries=['x']}"}),
      Catch::EndsWith("map M_A: \"x\" is no IP address or network"));
  CHECK_THAT(test::plan_problems(all_checks(), {"rules.M_A={header='A', exists=true}",
                                                "maps.M_A={look_at='envelope.ip', kind='cidr', entries=[]}"}),
             Catch::EndsWith("rule M_A: a check, a map or the scan itself has a symbol of this name"));
}

TEST_CASE("map: a wrong line of a file refuses the start with file and line") {
  const File file("good.example\n\nbad example\n");
  const std::string map =
      fmt::format("maps.M_A={{look_at='envelope.sender.domain', kind='exact', file='{}'}}", file.path());
  CHECK(test::plan_problems(all_checks(), {map}) ==
        fmt::format("{}:3: map M_A: \"example\" is no score such as 2.5", file.path()));
  file.write("a\nb\nc\n");
  CHECK(test::plan_problems(all_checks(), {map, "checks.maps.max_entries=2"}) ==
        fmt::format("{}:3: map M_A: more than 2 entries (checks.maps.max_entries)", file.path()));
  CHECK(test::plan_problems(all_checks(), {map, "checks.maps.max_bytes=5"}) ==
        fmt::format("{}: map M_A: is larger than 5 (checks.maps.max_bytes)", file.path()));
  file.remove();
  CHECK(test::plan_problems(all_checks(), {map}) ==
        fmt::format("-o: map M_A: {}: cannot be read: No such file or directory", file.path()));
}

TEST_CASE("map: a byte order mark and carriage returns are no part of entries") {
  const File file(
      "\xef\xbb\xbf"
      "bad.example 3\r\nother.example\r\n");
  const std::string map =
      fmt::format("maps.M_A={{look_at='envelope.sender.domain', kind='exact', file='{}'}}", file.path());
  CHECK(verdict({map}, from("a@bad.example")) == "no action 3.0: M_A(3.00)[bad.example]");
}

TEST_CASE("map: a file that has changed is read again, and what is wrong keeps the old entries") {
  const File file("old.example\n");
  MapFormat format;
  format.kind = MapKind::exact;
  MapSource source("M", file.path(), format);
  conf::Problems problems;
  source.load({}, problems);
  REQUIRE(problems.list().empty());
  const auto knows = [&](std::string_view value) {
    return source.data()->find(value, kNever).has_value();
  };
  const auto look = [&] {
    MapNews news;
    source.refresh(news);
    return told(news, file);
  };
  const auto before = source.data();
  CHECK(look() == "");
  CHECK(source.data() == before);

  file.write("new.example\n");
  CHECK(look() == "map M: 1 entries read from FILE");
  CHECK(knows("new.example"));
  CHECK_FALSE(knows("old.example"));
  CHECK(before->find("old.example", kNever));

  file.write("third.example\nno good\n");
  CHECK(look() == "map M: FILE:2: \"good\" is no score such as 2.5; the entries read before stay in force");
  CHECK(look() == "");
  CHECK(knows("new.example"));

  file.remove();
  CHECK(look() ==
        "map M: FILE: cannot be read: No such file or directory; the entries read before stay in force");
  CHECK(look() == "");
  CHECK(knows("new.example"));

  file.write("fourth.example\n");
  CHECK(look() == "map M: 1 entries read from FILE");
  CHECK(knows("fourth.example"));
}

TEST_CASE("map: a file that is not there refuses the start") {
  const File file("x");
  file.remove();
  MapSource source("M", file.path(), {});
  conf::Problems problems;
  source.load({}, problems);
  CHECK(problems.failed());
}
