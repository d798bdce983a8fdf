// From [profiles.NAME] tables to Profiles. The schema has checked keys and types already; here stands what
// needs all symbols, and the patterns of addresses.
#include <fmt/format.h>

#include <algorithm>

#include "conf/schema.h"
#include "conf/section.h"
#include "proto/base/text.h"
#include "rules/profile.h"
#include "rules/score.h"

namespace xspamd {

namespace {

// One string, or several.
std::vector<const conf::Value*> strings_in(const conf::Value& value) {
  std::vector<const conf::Value*> list;
  if (value.string() != nullptr) list.push_back(&value);
  if (value.array() == nullptr) return list;
  for (const conf::Value& element : *value.array()) {
    if (element.string() != nullptr) list.push_back(&element);
  }
  return list;
}

// The key of an action in a table: "add_header".
std::optional<Action> action_of(std::string key) {
  std::replace(key.begin(), key.end(), '_', ' ');
  return action_from(key);
}

class ProfileReader {
 public:
  ProfileReader(const std::string& name, const conf::Value& value, Services& services,
                const SymbolNames& parts)
      : name_(name), value_(value), services_(services), parts_(parts) {
    profile_.names.push_back(name);
    profile_.thresholds = thresholds_in(services.config.actions);
  }

  struct Row {
    std::int64_t priority = 0;
    ProfileFor conditions;
    Profile profile;
  };
  Row read() {
    Row row;
    read_conditions(row.conditions);
    read_thresholds();
    read_scores();
    read_switches("disable", profile_.disable);
    read_switches("enable", profile_.enable);
    for (const std::string& both : profile_.disable) {
      if (profile_.enable.contains(both)) {
        complain(place_of("enable"), fmt::format("{} stands in disable and in enable", quoted(both)));
      }
    }
    profile_.allow = is_true("allow");
    profile_.deny = is_true("deny");
    const conf::Value* priority = conf::find(value_, "priority");
    const auto* number = priority == nullptr ? nullptr : std::get_if<std::int64_t>(&priority->data);
    if (number != nullptr) row.priority = *number;
    row.profile = std::move(profile_);
    return row;
  }

 private:
  void complain(const conf::Origin& place, std::string_view sentence) {
    services_.problems.error(place, fmt::format("profile {}: {}", name_, sentence));
  }

  const conf::Origin& place_of(std::string_view key) const {
    const conf::Value* value = conf::find(value_, key);
    return value == nullptr ? value_.origin : value->origin;
  }

  bool is_true(std::string_view key) const {
    const conf::Value* value = conf::find(value_, key);
    const bool* flag = value == nullptr ? nullptr : std::get_if<bool>(&value->data);
    return flag != nullptr && *flag;
  }

  void read_conditions(ProfileFor& conditions) {
    if (const conf::Value* list = conf::find(value_, "for.recipient"))
      conditions.recipient = address_patterns(*list);
    if (const conf::Value* list = conf::find(value_, "for.sender")) {
      const auto patterns = address_patterns(*list);
      conditions.sender.emplace(patterns.begin(), patterns.end());
    }
    if (const conf::Value* list = conf::find(value_, "for.ip")) {
      conditions.ip.emplace();
      for (const conf::Value* text : strings_in(*list)) {
        const auto network = Network::parse(*text->string());
        if (network) conditions.ip->push_back(*network);
      }
    }
    if (const conf::Value* list = conf::find(value_, "for.user")) {
      conditions.user.emplace();
      for (const conf::Value* text : strings_in(*list))
        conditions.user->push_back(*text->string());
    }
    const conf::Value* authenticated = conf::find(value_, "for.authenticated");
    const bool* flag = authenticated == nullptr ? nullptr : std::get_if<bool>(&authenticated->data);
    if (flag != nullptr) conditions.authenticated = *flag;
  }

  std::vector<std::string> address_patterns(const conf::Value& list) {
    std::vector<std::string> patterns;
    for (const conf::Value* text : strings_in(list)) {
      auto pattern = address_pattern(*text->string());
      if (pattern) {
        patterns.push_back(std::move(*pattern));
      } else {
        complain(text->origin, pattern.error().sentence);
      }
    }
    return patterns;
  }

  void read_thresholds() {
    const conf::Value* actions = conf::find(value_, "actions");
    if (actions == nullptr || actions->table() == nullptr) return;
    for (const auto& [key, value] : *actions->table()) {
      const auto action = action_of(key);
      if (!action) continue;
      const auto points = points_in(value);
      if (points) {
        profile_.thresholds[*action] = *points;
      } else {
        profile_.thresholds.erase(*action);
      }
    }
  }

  void read_scores() {
    const conf::Value* scores = conf::find(value_, "scores");
    if (scores == nullptr || scores->table() == nullptr) return;
    for (const auto& [symbol, value] : *scores->table()) {
      if (!services_.symbols.contains(symbol)) {
        unknown(value.origin, symbol, names_of(services_.symbols));
      } else if (const auto points = points_in(value)) {
        profile_.scores[symbol] = *points;
      }
    }
  }

  void read_switches(std::string_view key, SymbolNames& names) {
    const conf::Value* list = conf::find(value_, key);
    if (list == nullptr) return;
    for (const conf::Value* text : strings_in(*list)) {
      const std::string& name = *text->string();
      const auto checks = conf::check_names();
      const bool check = std::find(checks.begin(), checks.end(), name) != checks.end();
      if (check || services_.symbols.contains(name) || parts_.contains(name)) {
        names.insert(name);
        continue;
      }
      auto known = names_of(services_.symbols, parts_);
      known.insert(known.end(), checks.begin(), checks.end());
      unknown(text->origin, name, known);
    }
  }

  void unknown(const conf::Origin& place, const std::string& symbol,
               const std::vector<std::string_view>& known) {
    const std::string* instead = conf::retired(services_.config, symbol);
    if (instead == nullptr) return complain(place, no_such_symbol(symbol, known));
    services_.problems.warn(place,
                            fmt::format("profile {}: {} is gone: {}", name_, quoted(symbol), *instead));
  }

  const std::string& name_;
  const conf::Value& value_;
  Services& services_;
  const SymbolNames& parts_;
  Profile profile_;
};

// Whether a check or symbol is disabled where it is configured.
bool is_disabled(const conf::Value& tree, const std::string& name) {
  for (const std::string_view section : {"checks", "rules", "metas", "maps"}) {
    const conf::Table& tables = tables_of(tree, section);
    const auto table = tables.find(name);
    const conf::Value* enabled = table == tables.end() ? nullptr : conf::find(table->second, "enabled");
    const bool* flag = enabled == nullptr ? nullptr : std::get_if<bool>(&enabled->data);
    if (flag != nullptr && !*flag) return true;
  }
  return false;
}

// Those that are ready all the same, because some profile switches them on.
SymbolNames disabled_of(const Services& services) {
  SymbolNames names;
  for (const std::string& name : services.wanted) {
    if (is_disabled(services.config.tree, name)) names.insert(name);
  }
  return names;
}

}  // namespace

Profiles read_profiles(Services& services) {
  const SymbolNames parts = parts_of(services.config.tree);
  std::vector<ProfileReader::Row> rows;
  for (const auto& [name, value] : tables_of(services.config.tree, "profiles"))
    rows.push_back(ProfileReader(name, value, services, parts).read());
  // The tables come by name.
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.priority > b.priority; });
  Profile usual;
  usual.thresholds = thresholds_in(services.config.actions);
  usual.disable = disabled_of(services);
  Profiles profiles(std::move(usual));
  for (ProfileReader::Row& row : rows)
    profiles.add(std::move(row.conditions), std::move(row.profile));
  return profiles;
}

SymbolNames enabled_by_profiles(const conf::Value& tree) {
  SymbolNames names;
  for (const auto& [profile, value] : tables_of(tree, "profiles")) {
    const conf::Value* list = conf::find(value, "enable");
    if (list == nullptr) continue;
    for (const conf::Value* text : strings_in(*list))
      names.insert(*text->string());
  }
  return names;
}

}  // namespace xspamd
