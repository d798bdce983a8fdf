// Store: the port to what outlives a message: learned tokens, digests of what was learned, history, known
// senders, reputation, buckets. Batched verbs on entries of two counters and a value. Called on the loop
// thread, where results come back too; every verb that waits returns by its deadline, then or on trouble with
// an error of Errc::unavailable, so that a scan goes on without it. Adapters: sqlite, redis, memory; all pass
// tests/unit/rules/store/conformance.h.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"
#include "rules/io/task.h"

namespace xspamd {

// What an entry is about; its letter is the first of its name in every adapter.
enum class Space : char {
  token = 't',       // Bayes: id 8 bytes, never a value; counts: ham, spam messages that had it
  total = 'n',       // Bayes: id "" or the user's name; counts: ham, spam messages learned
  learned = 'l',     // id: digest of a message; value: its class
  history = 'h',     // id: time and number, in order; value: the verdict as JSON
  sender = 's',      // known senders and replies
  reputation = 'p',  // counts: ham, spam seen; decays
  greylist = 'g',
  bucket = 'b',
  fuzzy = 'f',
};

struct StoreKey {
  Space space = Space::token;
  std::string id;  // any bytes, at most kMostId

  static constexpr std::size_t kMostId = 255;
  friend auto operator<=>(const StoreKey&, const StoreKey&) = default;
};

using Counts = std::array<std::int64_t, 2>;

struct StoreEntry {
  Counts counts{};
  std::string value;
  std::chrono::sys_seconds expires{};  // the epoch: never

  friend bool operator==(const StoreEntry&, const StoreEntry&) = default;
};

// Added to the counters of an entry, which is made when there is none; no counter falls below 0, and an entry
// whose counters are both 0 and whose value is empty is gone.
struct Delta {
  StoreKey key;
  Counts add{};
  std::chrono::sys_seconds expires{};  // the later of this and the entry's own; the epoch: left as it is
};

// A leaky bucket: it holds at most `burst` and loses `rate` a second.
struct BucketLimits {
  double burst = 0;
  double rate = 0;
};
struct Taken {
  bool fits = false;  // false: nothing was put in
  double level = 0;   // afterwards
};

class Store {
 public:
  virtual ~Store() = default;

  // In the order of the keys; nothing where there is none or it has expired. Sees what was written before.
  virtual Task<Result<std::vector<std::optional<StoreEntry>>>> get(std::vector<StoreKey> keys,
                                                                   Deadline deadline) = 0;
  // Accepted at once, summed per key, safe within a second, one call's deltas all together. What cannot be
  // written in the end is lost and told by trouble(). Keys that get() refuses with Errc::invalid (a long id,
  // a token's that has not 8 bytes) are passed over.
  virtual void add(std::vector<Delta> deltas) = 0;
  // Replaces value and expiry; counters stay. Accepted like add().
  virtual void put(StoreKey key, std::string value, std::chrono::sys_seconds expires) = 0;
  virtual void forget(std::vector<StoreKey> keys) = 0;
  // Atomic among all who share the store.
  virtual Task<Result<Taken>> take(StoreKey key, double amount, BucketLimits limits, Deadline deadline) = 0;
  // The newest (by id, descending) or oldest entries of a space, at most `most`, of ids beginning with
  // `prefix`.
  struct Range {
    Space space;
    std::string prefix;
    std::size_t most = 100;
    bool newest_first = false;
  };
  using Rows = std::vector<std::pair<std::string, StoreEntry>>;
  virtual Task<Result<Rows>> list(Range range, Deadline deadline) = 0;
  // Every entry of a space, in pieces, on a thread of the store's; false from `each` ends it. For loading.
  using Each = std::function<bool(std::string_view id, const StoreEntry& entry)>;
  virtual Task<Result<void>> for_each(Space space, Each each, Deadline deadline) = 0;
  // Ends when all that was accepted before is safe, or cannot be made so.
  virtual Task<Result<void>> flush(Deadline deadline) = 0;

  // Whether other processes write to it too: what was read may be old a moment later.
  virtual bool is_shared() const { return false; }

  // Empty while it works; else one sentence for people. Changes tell that it came back.
  virtual std::string trouble() const = 0;
};

}  // namespace xspamd
