// What the keys of one rule, map, meta, list or profile say together, after all layers have been merged.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "conf/selectors.h"
#include "conf/validate.h"
#include "proto/base/text.h"

namespace xspamd::conf {
namespace {

// One named table, and all of its kind.
struct Shape {
  std::string path;  // "rules.SUBJ_ALL_CAPS"
  std::string name;
  const Table& keys;
  const Table& siblings;
  const Origin& origin;
  Problems& problems;

  bool has(std::string_view key) const { return keys.find(key) != keys.end(); }
  bool is_true(std::string_view key) const { return is(key, true); }
  bool is_false(std::string_view key) const { return is(key, false); }
  std::string_view text(std::string_view key) const {
    const auto found = keys.find(key);
    const std::string* string = found == keys.end() ? nullptr : found->second.string();
    return string ? std::string_view(*string) : std::string_view{};
  }
  // The place of `key`, or that of the whole table.
  const Origin& place(std::string_view key) const {
    const auto found = keys.find(key);
    return found == keys.end() ? origin : found->second.origin;
  }
  void error(const Origin& where, std::string_view sentence) const {
    problems.error(where, fmt::format("{}: {}", path, sentence));
  }
  std::vector<std::string_view> other_names() const {
    std::vector<std::string_view> names;
    for (const auto& sibling : siblings) {
      if (sibling.first != name) names.push_back(sibling.first);
    }
    return names;
  }

 private:
  bool is(std::string_view key, bool wanted) const {
    const auto found = keys.find(key);
    const bool* flag = found == keys.end() ? nullptr : std::get_if<bool>(&found->second.data);
    return flag && *flag == wanted;
  }
};

std::vector<std::string_view> present(const Shape& shape, std::span<const std::string_view> keys) {
  std::vector<std::string_view> found;
  for (const std::string_view key : keys) {
    // `absent = false` says nothing.
    if (shape.has(key) && !shape.is_false(key)) found.push_back(key);
  }
  return found;
}

// A table with settings but without what makes it one: most likely its name was meant to be another's.
void incomplete(const Shape& shape, std::string_view missing) {
  shape.error(shape.origin, fmt::format("{}{}", missing, did_you_mean(shape.name, shape.other_names())));
}

void check_rule(const Shape& rule) {
  const auto looks = present(rule, selector_nouns());
  if (looks.empty()) {
    incomplete(rule,
               "it names nothing to look at (header, envelope, received, part, url, attachment or message)");
    return;
  }
  if (looks.size() > 1) {
    rule.error(rule.place(looks[1]),
               fmt::format("it looks at {}: one is allowed", fmt::join(looks, " and ")));
  }
  constexpr std::string_view kTests[] = {"match", "absent", "exists", "count"};
  const auto tests = present(rule, kTests);
  if (tests.empty()) rule.error(rule.origin, "it needs one of match, absent, exists or count");
  // count may count the hits of match.
  const bool counts_hits = tests.size() == 2 && tests[0] == "match" && tests[1] == "count";
  if (tests.size() > 1 && !counts_hits) {
    rule.error(rule.place(tests[1]), fmt::format("{} exclude each other", fmt::join(tests, " and ")));
  }
  if (rule.text("message") == "size" && !rule.has("count")) {
    rule.error(rule.place("message"), R"(message = "size" needs count, such as count = "> 1000")");
  }
  for (const std::string_view key : {"flags", "negate", "all"}) {
    if (!rule.has("match") && rule.has(key) && !rule.is_false(key)) {
      rule.error(rule.place(key), fmt::format("{} needs match", key));
    }
  }
}

void check_meta(const Shape& meta) {
  if (!meta.has("when")) incomplete(meta, "it has no when");
}

void check_map(const Shape& map) {
  if (!map.has("look_at")) {
    incomplete(map, "it names nothing to look at (look_at)");
    return;
  }
  if (!map.has("kind")) map.error(map.origin, "it has no kind");
  if (map.has("file") == map.has("entries")) {
    map.error(map.place("file"), "it needs either file or entries");
  }
  const std::string_view look_at = map.text("look_at");
  if (map.text("kind") == "cidr" && !look_at.ends_with(".ip") && !look_at.starts_with("header.")) {
    map.error(map.place("kind"),
              fmt::format("kind = \"cidr\" compares addresses, and {} has none", quoted(look_at)));
  }
}

void check_list(const Shape& list) {
  for (const std::string_view key : {"look_at", "zone", "codes"}) {
    if (list.has(key)) continue;
    incomplete(list, fmt::format("it has no {}", key));
    return;
  }
  const bool wants_key = list.text("zone").find("{key}") != std::string_view::npos;
  // One with an empty key waits for it, as shipped ones do.
  const bool waits = list.has("key") && !list.has("enabled");
  if (wants_key && list.text("key").empty() && !list.is_false("enabled") && !waits) {
    list.error(list.place("zone"), "its zone needs a key, and key is not set");
  }
  const auto codes = list.keys.find("codes");
  const Table* answers = codes->second.table();
  if (!answers) return;
  for (const auto& [code, answer] : *answers) {
    const Table* table = answer.table();
    if (table && table->find("symbol") == table->end()) {
      list.error(answer.origin, fmt::format("codes.{} has no symbol", to_key(code)));
    }
  }
}

void check_profile(const Shape& profile) {
  if (profile.is_true("allow") && profile.is_true("deny")) {
    profile.error(profile.place("deny"), "allow and deny exclude each other");
  }
}

struct ShapeRow {
  std::string_view section;
  void (*check)(const Shape& shape);
};
constexpr ShapeRow kShapes[] = {{"rules", check_rule},
                                {"metas", check_meta},
                                {"maps", check_map},
                                {"lists", check_list},
                                {"profiles", check_profile}};

}  // namespace

void check_shapes(const Value& tree, Problems& problems) {
  const Table* sections = tree.table();
  if (!sections) return;
  for (const ShapeRow& row : kShapes) {
    const auto section = sections->find(row.section);
    const Table* named = section == sections->end() ? nullptr : section->second.table();
    if (!named) continue;
    for (const auto& [name, value] : *named) {
      const Table* keys = value.table();
      if (!keys) continue;
      row.check(Shape{fmt::format("{}.{}", row.section, to_key(name)), name, *keys, *named, value.origin,
                      problems});
    }
  }
}

}  // namespace xspamd::conf
