#include "rules/io/dns_health.h"

#include <algorithm>
#include <functional>

namespace xspamd {

void DnsHealth::asked(std::string_view name, Clock::time_point now) {
  if (enough_since_) return;
  if (questions_++ == 0) first_at_ = now;
  if (names_seen_ < kNames) {
    const std::size_t hash = std::hash<std::string_view>{}(name);
    const auto end = names_.begin() + static_cast<std::ptrdiff_t>(names_seen_);
    if (std::find(names_.begin(), end, hash) == end) names_[names_seen_++] = hash;
  }
  if (questions_ >= kQuestions && names_seen_ == kNames) enough_since_ = now;
}

void DnsHealth::heard() {
  ever_heard_ = true;
  questions_ = 0;
  names_seen_ = 0;
  enough_since_.reset();
}

}  // namespace xspamd
