#include "rules/store/changes.h"

namespace xspamd {

namespace {

// A node of the tree (its links, key and change) with what malloc adds. Ids of up to 15 bytes lie within.
constexpr std::size_t kNodeBytes = sizeof(Changes::Map::value_type) + 48;
constexpr std::size_t kIdWithin = 15;

}  // namespace

std::size_t Changes::cost(const StoreKey& key) {
  return kNodeBytes + (key.id.size() > kIdWithin ? key.id.size() : 0);
}

Change& Changes::at(StoreKey key) {
  const std::size_t bytes = cost(key);
  const auto [found, is_new] = changes_.try_emplace(std::move(key));
  if (is_new) bytes_ += bytes;
  return found->second;
}

void Changes::add(Delta delta) {
  at(std::move(delta.key)).add(delta.add, delta.expires);
}

void Changes::put(StoreKey key, std::string value, std::chrono::sys_seconds expires) {
  Change& change = at(std::move(key));
  bytes_ -= change.value_bytes();
  change.put(std::move(value), expires);
  bytes_ += change.value_bytes();
}

void Changes::forget(StoreKey key) {
  Change& change = at(std::move(key));
  bytes_ -= change.value_bytes();
  change.forget();
}

const Change* Changes::find(const StoreKey& key) const {
  const auto found = changes_.find(key);
  return found == changes_.end() ? nullptr : &found->second;
}

}  // namespace xspamd
