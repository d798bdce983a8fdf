// What servers say of where keys lie: redirections and errors (redis.io/docs/reference/cluster-spec), CLUSTER
// SLOTS, ROLE, and what sentinels answer. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "conf/address.h"
#include "rules/io/resp.h"

namespace xspamd {

inline constexpr std::uint16_t kRedisSlots = 16'384;

enum class RedisTrouble {
  none,       // an answer
  moved,      // the slot lies elsewhere
  ask,        // this key does, for now
  try_again,  // in a moment
  no_script,
  read_only,  // a replica
  other,
};
RedisTrouble redis_trouble(const RespValue& reply);

// "MOVED 3999 127.0.0.1:6381", "ASK ...". A host that is empty is that of the server which said so.
struct RedisMove {
  std::uint16_t slot = 0;
  conf::Address to;
};
std::optional<RedisMove> parse_redis_move(std::string_view error, const conf::Address& from);

struct RedisRange {
  std::uint16_t first = 0, last = 0;
  conf::Address master;
};
// The answer to CLUSTER SLOTS of the server `from`.
Result<std::vector<RedisRange>> parse_redis_slots(const RespValue& reply, const conf::Address& from);

// The answer of a sentinel to SENTINEL get-master-addr-by-name.
Result<conf::Address> parse_redis_master(const RespValue& reply, std::string_view name);
// The answer to ROLE.
bool is_redis_master(const RespValue& reply);

}  // namespace xspamd
