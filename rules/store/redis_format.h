// What goes to Redis and comes back, as bytes: commands for reading entries and for writing changes, entries
// and counters as text. Pure.
#pragma once

#include <map>

#include "rules/io/resp.h"
#include "rules/store/changes.h"
#include "rules/store/redis_keys.h"

namespace xspamd {

// "HAM SPAM EXPIRES VALUE"; nothing when the text is none.
std::optional<StoreEntry> parse_redis_entry(std::string_view text);
// Of a reply to GET or a field of HMGET: nothing where there is none or it has expired.
std::optional<StoreEntry> redis_entry(const RespValue& reply, WallTime now);

// "KF ADD ADD FLOOR FLOOR LATER MADE PUT": the numbers of a change as the script wants them. K: t, h or e; F:
// 1 where it forgets; PUT: empty, or when what is put expires.
std::string redis_change(Space space, const Change& change);

// A command and where it goes.
struct RedisCommand {
  std::string bytes;
  std::uint16_t slot = 0;
};

// What reads entries: one command for all tokens of a bucket, one for each other entry.
struct RedisReading {
  struct Part {
    std::vector<std::size_t> places;  // among the keys, in the order of the answers
    bool is_bucket = false;
  };
  std::vector<RedisCommand> commands;
  std::vector<Part> parts;  // of each command
};
RedisReading redis_reading(const RedisKeys& keys, const std::vector<StoreKey>& wanted);
// Errc::unavailable: an answer is an error or not what was asked for.
Result<std::vector<std::optional<StoreEntry>>> redis_entries(const RedisReading& reading,
                                                             const std::vector<RespValue>& replies,
                                                             std::size_t count, WallTime now);
// All of one bucket, in the order of their ids.
Result<Store::Rows> redis_bucket(const RespValue& reply, WallTime now);

// The writes of one tag, or of all where there is one server.
struct RedisWrites {
  std::string_view tag;
  std::string_view client;
  std::uint64_t number = 0;
  std::string_view now;  // in seconds; empty: the server's
};
RedisCommand redis_write(const RedisKeys& keys, const RedisWrites& writes, const Changes& changes);

RedisCommand redis_take(const RedisKeys& keys, const StoreKey& key, double amount, const BucketLimits& limits,
                        std::string_view now);
Result<Taken> redis_taken(const RespValue& reply);

// "redis: ERR ..." as it may be told: one short line.
tl::unexpected<Error> redis_refusal(const RespValue& reply);

}  // namespace xspamd
