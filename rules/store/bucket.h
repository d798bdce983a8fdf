// The leaky bucket of Store::take: what is in its entry's value, "LEVEL MICROSECONDS" (since 1970), and what
// taking makes of it. Pure; the time is an argument, and one that goes back drains nothing.
#pragma once

#include "rules/store/entry.h"

namespace xspamd {

// Errc::invalid: an amount or a limit that is negative or no number, or a key that keeps no value.
Result<void> check_take(const StoreKey& key, double amount, const BucketLimits& limits);

// Puts `amount` into the bucket if it fits. The entry is changed only then; it expires when it would be
// empty.
Taken take_from(std::optional<StoreEntry>& bucket, double amount, const BucketLimits& limits, WallTime now);

}  // namespace xspamd
