#include "rules/domain_table.h"

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostName = 253;  // RFC 1035 §2.3.4

}  // namespace

DomainTable::DomainTable(std::string_view text) {
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.empty() || line.front() == '#') continue;
    const std::string_view name = line.substr(0, line.find(' '));
    const std::string_view service = trim(line.substr(name.size()));
    const bool with_below = name.starts_with("*.");
    const std::string_view domain = with_below ? name.substr(2) : name;
    entries_.push_back({domain, service.empty() ? domain : service, with_below});
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.domain < b.domain; });
}

const DomainTable::Entry* DomainTable::find(std::string_view domain) const {
  const auto at =
      std::lower_bound(entries_.begin(), entries_.end(), domain,
                       [](const Entry& entry, std::string_view wanted) { return entry.domain < wanted; });
  return at != entries_.end() && at->domain == domain ? &*at : nullptr;
}

std::string_view DomainTable::service(std::string_view domain) const {
  if (domain.size() > kMostName) return {};
  if (const Entry* entry = find(domain)) return entry->service;
  for (std::size_t dot = domain.find('.'); dot != std::string_view::npos; dot = domain.find('.')) {
    domain.remove_prefix(dot + 1);
    const Entry* entry = find(domain);
    if (entry != nullptr && entry->with_below) return entry->service;
  }
  return {};
}

}  // namespace xspamd
