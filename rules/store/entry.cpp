#include "rules/store/entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace xspamd {

namespace {

using std::chrono::sys_seconds;

constexpr sys_seconds kNever{};

std::int64_t sum(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (!__builtin_add_overflow(a, b, &result)) return result;
  return a < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

// Of an entry's own expiry and one that comes with an addition.
sys_seconds later_of(sys_seconds own, sys_seconds added) {
  return own == kNever ? kNever : std::max(own, added);
}

}  // namespace

Result<void> check_key(const StoreKey& key) {
  if (key.id.size() > StoreKey::kMostId)
    return fail(Errc::invalid,
                fmt::format("an id of {} bytes: at most {} are kept", key.id.size(), StoreKey::kMostId));
  if (key.space == Space::token && key.id.size() != kTokenIdBytes)
    return fail(Errc::invalid, fmt::format("the id of a token has {} bytes: {} were expected", key.id.size(),
                                           kTokenIdBytes));
  return {};
}

bool keeps_values(Space space) {
  return space != Space::token;
}

bool is_expired(const StoreEntry& entry, WallTime now) {
  return entry.expires != kNever && entry.expires <= now;
}

void Change::add(const Counts& add, sys_seconds expires) {
  for (std::size_t i = 0; i < add.size(); ++i) {
    add_[i] = sum(add_[i], add[i]);
    floor_[i] = std::max<std::int64_t>(sum(floor_[i], add[i]), 0);
  }
  if (put_) put_->expires = later_of(put_->expires, expires);
  later_ = std::max(later_, expires);
  made_ = adds_ ? later_of(made_, expires) : expires;
  adds_ = true;
}

void Change::put(std::string value, sys_seconds expires) {
  put_ = std::make_unique<Put>(Put{std::move(value), expires});
}

void Change::forget() {
  *this = Change{};
  forgets_ = true;
}

void Change::apply(std::optional<StoreEntry>& entry, WallTime now) const {
  if (entry && (forgets_ || is_expired(*entry, now))) entry.reset();
  const bool is_new = !entry;
  if (is_new) entry.emplace();
  for (std::size_t i = 0; i < add_.size(); ++i)
    entry->counts[i] = std::max(sum(entry->counts[i], add_[i]), floor_[i]);
  if (put_) {
    entry->value = put_->value;
    entry->expires = put_->expires;
  } else {
    entry->expires = is_new ? made_ : later_of(entry->expires, later_);
  }
  const bool is_nothing = entry->counts == Counts{} && entry->value.empty();
  if (is_nothing || is_expired(*entry, now)) entry.reset();
}

}  // namespace xspamd
