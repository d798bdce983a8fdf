#include "rules/lists/list.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd {

bool ListSubject::is_of_transport() const {
  if (kind != Kind::selector) return false;
  return selector.source == Selector::Source::envelope || selector.source == Selector::Source::received;
}

std::optional<std::string> List::name_for(const std::string& value) const {
  if (hash != ListHash::none) {
    return fmt::format("{}.{}", hashed(hash, to_lower(value)), zone);
  }
  std::string_view bare = value;
  if (bare.starts_with('[') && bare.ends_with(']')) bare = bare.substr(1, bare.size() - 2);
  if (const auto address = IpAddress::parse(bare)) {
    if (!addresses || !(address->is_v4() ? ipv4 : ipv6)) return std::nullopt;
    return fmt::format("{}.{}", reversed(*address), zone);
  }
  const auto host = askable_host(value);
  if (!host) return std::nullopt;
  return fmt::format("{}.{}", *host, zone);
}

bool ListSet::any_asked() const {
  return enabled && std::any_of(lists.begin(), lists.end(), [](const List& list) { return list.enabled; });
}

std::string asked_lists(const ListSet& set) {
  std::vector<std::string> names;
  if (!set.enabled) return "none";
  for (const List& list : set.lists) {
    if (list.enabled) names.push_back(fmt::format("{} ({})", list.name, list.zone_shown));
  }
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace xspamd
