// The scripts that run within Redis, where nothing comes between reading an entry and writing it. They do
// what entry.cpp and bucket.cpp do; tests compare them. An entry is the text "HAM SPAM EXPIRES VALUE", the
// last with its blank only where there is a value.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace xspamd {

struct RedisScript {
  std::string_view text;
  std::string sha;  // SHA-1 in hexadecimal digits, by which EVALSHA knows it
};

// KEYS: the marker; the key of each write, of a token its bucket; last the index where there is history.
// ARGV: the time in seconds (empty: the server's), the number of these writes, how many there are, then of
// each the id, the numbers of redis_change() and the value. Does nothing when writes of this number or a
// later one have been done. How many failed.
const RedisScript& redis_write_script();
// KEYS: the bucket. ARGV: the time in microseconds (empty: the server's), amount, burst, rate. Whether it
// fits, and the level.
const RedisScript& redis_take_script();
// KEYS: the index, entries. ARGV: their ids. Takes those off the index that are gone.
const RedisScript& redis_tidy_script();

std::array<const RedisScript*, 3> redis_scripts();

}  // namespace xspamd
