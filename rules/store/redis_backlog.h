// RedisBacklog: writes that have been accepted and that the server has not yet confirmed, in batches. Those
// of a cluster are of one tag each, as a script may touch one slot alone. A batch is numbered when it is
// sent; one that was refused gets another number, one whose fate is unknown keeps it, so that the script,
// which knows the highest number it has done, does nothing twice. No I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rules/store/changes.h"

namespace xspamd {

struct RedisBatch {
  enum class State { waiting, under_way };

  std::uint64_t order = 0;   // of acceptance
  std::uint64_t number = 0;  // 0: none yet
  std::string tag;           // empty: of all
  std::uint16_t slot = 0;
  Changes changes;
  State state = State::waiting;
  std::size_t bytes = 0;  // as they are counted
};
using RedisBatchPtr = std::shared_ptr<RedisBatch>;

class RedisBacklog {
 public:
  static constexpr std::size_t kMostKeys = 1'000;  // of a batch: some milliseconds of the server's time
  static constexpr std::size_t kMostBatchBytes = 1024 * 1024;

  RedisBacklog(bool by_tag, std::size_t most_bytes) : by_tag_(by_tag), most_bytes_(most_bytes) {}

  // All or none of one call's; what is too much is counted as lost.
  void add(std::vector<Delta> deltas);
  void put(StoreKey key, std::string value, std::chrono::sys_seconds expires);
  void forget(std::vector<StoreKey> keys);

  // What is to be sent to slots that can take it, each with a number, in the order in which it must be.
  std::vector<RedisBatchPtr> take(const std::function<bool(std::uint16_t slot)>& can_take);
  void renumber(RedisBatch& batch) { batch.number = ++last_number_; }
  void done(const RedisBatch& batch);
  void refused(RedisBatch& batch);  // nothing of it was done
  void broken(RedisBatch& batch);   // nobody knows

  bool empty() const { return batches_.empty(); }
  bool has_waiting() const { return waiting_ > 0; }
  std::size_t bytes() const { return bytes_; }
  // Everything that has been accepted by now is done when first_order() is beyond this.
  std::uint64_t last_order() const { return last_order_; }
  std::uint64_t first_order() const { return empty() ? last_order_ + 1 : batches_.begin()->first; }

  std::uint64_t lost() const { return lost_; }
  void lose(std::uint64_t count) { lost_ += count; }
  void forget_losses() { lost_ = 0; }

 private:
  bool has_room(std::size_t bytes, std::size_t count);
  RedisBatch& filling(const StoreKey& key);
  void recount(RedisBatch& batch);

  const bool by_tag_;
  const std::size_t most_bytes_;
  std::map<std::uint64_t, RedisBatchPtr> batches_;  // by order
  std::map<std::string, RedisBatchPtr> filling_;    // by tag: those that take more
  std::size_t waiting_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t last_order_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace xspamd
