// Changes: writes that have been accepted and are not yet in the file, summed per key.
#pragma once

#include <map>

#include "rules/store/entry.h"

namespace xspamd {

class Changes {
 public:
  using Map = std::map<StoreKey, Change>;

  void add(Delta delta);
  void put(StoreKey key, std::string value, std::chrono::sys_seconds expires);
  void forget(StoreKey key);

  const Change* find(const StoreKey& key) const;  // null: none
  bool empty() const { return changes_.empty(); }
  std::size_t count() const { return changes_.size(); }
  std::size_t bytes() const { return bytes_; }
  const Map& in_key_order() const { return changes_; }

  // About what one more key takes in memory.
  static std::size_t cost(const StoreKey& key);

 private:
  Change& at(StoreKey key);

  Map changes_;
  std::size_t bytes_ = 0;
};

}  // namespace xspamd
