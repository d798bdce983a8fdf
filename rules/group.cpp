#include "rules/group.h"

#include <fmt/format.h>

#include "conf/section.h"
#include "conf/selectors.h"
#include "proto/base/text.h"
#include "rules/symbols.h"

namespace xspamd {

namespace {

// The name of the line must be a symbol's: "my group" is CAP_MY_GROUP.
std::string line_of(std::string_view group) {
  std::string line = "CAP_";
  for (const char c : group) {
    const char lower = to_lower(c);
    const bool letter = lower >= 'a' && lower <= 'z';
    line += letter ? static_cast<char>(lower - 'a' + 'A') : is_digit(c) ? c : '_';
  }
  return line;
}

}  // namespace

std::vector<GroupCap> read_groups(Services& services) {
  SymbolNames known;
  for (const auto& [name, entry] : services.symbols) {
    if (!entry.group.empty()) known.insert(entry.group);
  }
  std::vector<GroupCap> caps;
  for (const auto& [name, value] : tables_of(services.config.tree, "groups")) {
    if (!known.contains(name)) {
      const std::string help = conf::did_you_mean(name, {known.begin(), known.end()});
      services.problems.error(value.origin,
                              fmt::format("[groups]: no symbol is of a group {}{}", quoted(name), help));
      continue;
    }
    const conf::Value* most = conf::find(value, "max_score");
    const auto points = most == nullptr ? std::nullopt : points_in(*most);
    if (!points) continue;
    if (*points < Points{}) {
      services.problems.error(most->origin,
                              fmt::format("group {}: max_score is below 0: {}", name, to_text(*points)));
      continue;
    }
    caps.push_back({name, line_of(name),
                    fmt::format("The symbols of the group {} count {} at most", name, to_text(*points)),
                    *points});
  }
  return caps;
}

void apply_caps(const std::vector<GroupCap>& caps, std::vector<Score>& scores) {
  std::vector<Score> lines;
  for (const GroupCap& cap : caps) {
    Points sum;
    for (const Score& score : scores) {
      if (score.group == cap.group) sum += score.value;
    }
    if (sum > cap.max_score) lines.push_back({cap.line, "service", cap.about, cap.max_score - sum, {}});
  }
  for (Score& line : lines)
    scores.push_back(std::move(line));
}

}  // namespace xspamd
