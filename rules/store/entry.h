// What all stores do alike with one entry: which keys are kept, when an entry has expired, and what writes
// make of it. Pure; the time is an argument.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "rules/store/store.h"

namespace xspamd {

using WallTime = std::chrono::system_clock::time_point;
using WallClock = std::function<WallTime()>;

inline constexpr std::size_t kTokenIdBytes = 8;

// Errc::invalid: an id over StoreKey::kMostId, or of a token and not of 8 bytes.
Result<void> check_key(const StoreKey& key);
// Tokens are counters and nothing else, which keeps them small.
bool keeps_values(Space space);

bool is_expired(const StoreEntry& entry, WallTime now);

// What happens to one entry: writes in their order, made one.
class Change {
 public:
  void add(const Counts& add, std::chrono::sys_seconds expires);
  void put(std::string value, std::chrono::sys_seconds expires);
  void forget();

  // Makes the entry what it is after the writes; nothing where it is gone.
  void apply(std::optional<StoreEntry>& entry, WallTime now) const;
  std::size_t value_bytes() const { return put_ ? put_->value.size() : 0; }

  // The same as numbers, for a store that applies them elsewhere: as apply() does with the members below.
  struct Sums {
    Counts add, floor;
    std::chrono::sys_seconds later, made;
    const std::string* value;  // null: none was put
    std::chrono::sys_seconds expires;
    bool forgets;
  };
  Sums sums() const {
    return {add_,    floor_, later_, made_, put_ ? &put_->value : nullptr, put_ ? put_->expires : later_,
            forgets_};
  }

 private:
  struct Put {
    std::string value;
    std::chrono::sys_seconds expires;
  };

  // A counter becomes max(counter + add, floor): so sums keep what no counter below 0 made of their order.
  Counts add_{};
  Counts floor_{};
  std::chrono::sys_seconds later_{};  // the latest that was added: for an entry that there was
  std::chrono::sys_seconds made_{};   // for one that was made
  std::unique_ptr<Put> put_;
  bool adds_ = false;
  bool forgets_ = false;
};

}  // namespace xspamd
