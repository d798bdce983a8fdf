// RedisKeys: what the keys of a store in Redis are called, and in which slot of a cluster they lie. All names
// have a hash tag, "{3fa}", so that what one script touches lies together (redis.io/docs/reference/
// cluster-spec). Pure.
//   PREFIX:t:{3fa}     a hash: tokens whose id begins with these 12 bits; field: the id
//   PREFIX:s:{09c}ID   a string: an entry of space s (the first letter of any space but t and h)
//   PREFIX:h:{h}ID     a string: an entry of the history, and
//   PREFIX:i:{h}       a sorted set: the ids of the history
//   PREFIX:w:{3fa}ID   a string: the number of the last writes that client ID has made in this tag
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/store/redis_topology.h"
#include "rules/store/store.h"

namespace xspamd {

// CRC16 of the tag between the first { and the next }, or of the whole key, modulo 16384.
std::uint16_t redis_slot(std::string_view key);

class RedisKeys {
 public:
  static constexpr std::uint16_t kSlots = kRedisSlots;
  static constexpr unsigned kBuckets = 4'096;  // of tokens

  explicit RedisKeys(std::string prefix) : prefix_(std::move(prefix)) {}

  // The text between the braces.
  static std::string tag(const StoreKey& key);
  static std::string bucket_tag(unsigned bucket);
  static unsigned bucket_of(std::string_view token_id);

  std::string bucket(unsigned number) const;
  std::string name(const StoreKey& key) const;  // of a token: that of its bucket
  std::string index() const;                    // of the history
  std::string marker(std::string_view tag, std::string_view client) const;

  // For SCAN MATCH: all names of a space whose ids begin so. Not for tokens.
  std::string pattern(Space space, std::string_view id_prefix) const;
  // The id in a name that the pattern matched; nothing when the name is none of ours.
  std::optional<std::string> id_of(Space space, std::string_view name) const;

 private:
  std::string begin(Space space) const;

  std::string prefix_;
};

}  // namespace xspamd
