#include "rules/store/redis_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "proto/base/text.h"
#include "rules/store/redis_scripts.h"

namespace xspamd {

namespace {

using std::chrono::sys_seconds;

constexpr std::int64_t kLatest = 9'007'199'254'740'992;  // seconds: what numbers of Lua hold exactly
constexpr std::int64_t kMostCount = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMostTold = 200;  // bytes of a server's error

std::int64_t seconds_of(sys_seconds time) {
  return std::clamp(static_cast<std::int64_t>(time.time_since_epoch().count()), -kLatest, kLatest);
}

// Takes a number and the blank before it off the text.
std::optional<std::int64_t> take_number(std::string_view& text) {
  if (text.starts_with(' ')) text.remove_prefix(1);
  const std::size_t end = std::min(text.find(' '), text.size());
  const auto number = parse_unsigned(text.substr(0, end));
  text.remove_prefix(end);
  if (!number || *number > static_cast<std::uint64_t>(kMostCount)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

char kind_of(Space space) {
  return space == Space::token ? 't' : space == Space::history ? 'h' : 'e';
}

}  // namespace

std::optional<StoreEntry> parse_redis_entry(std::string_view text) {
  const auto ham = take_number(text);
  const auto spam = take_number(text);
  const auto expires = take_number(text);
  if (!ham || !spam || !expires) return std::nullopt;
  StoreEntry entry{{*ham, *spam}, {}, sys_seconds(std::chrono::seconds(*expires))};
  if (!text.empty()) entry.value = text.substr(1);
  return entry;
}

std::optional<StoreEntry> redis_entry(const RespValue& reply, WallTime now) {
  if (!reply.is_text()) return std::nullopt;
  auto entry = parse_redis_entry(reply.text);
  if (!entry || is_expired(*entry, now)) return std::nullopt;
  return entry;
}

std::string redis_change(Space space, const Change& change) {
  const Change::Sums sums = change.sums();
  return fmt::format("{}{} {} {} {} {} {} {} {}", kind_of(space), sums.forgets ? 1 : 0, sums.add[0],
                     sums.add[1], sums.floor[0], sums.floor[1], seconds_of(sums.later), seconds_of(sums.made),
                     sums.value ? std::to_string(seconds_of(sums.expires)) : "");
}

RedisReading redis_reading(const RedisKeys& keys, const std::vector<StoreKey>& wanted) {
  RedisReading reading;
  std::map<unsigned, RedisReading::Part> buckets;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].space == Space::token) {
      buckets[RedisKeys::bucket_of(wanted[i].id)].places.push_back(i);
      continue;
    }
    const std::string name = keys.name(wanted[i]);
    reading.commands.push_back({resp_command({"GET", name}), redis_slot(name)});
    reading.parts.push_back({{i}, false});
  }
  std::vector<std::string_view> words;
  for (auto& [number, part] : buckets) {
    const std::string name = keys.bucket(number);
    words.assign({"HMGET", name});
    for (const std::size_t place : part.places)
      words.push_back(wanted[place].id);
    reading.commands.push_back({resp_command(words), redis_slot(name)});
    part.is_bucket = true;
    reading.parts.push_back(std::move(part));
  }
  return reading;
}

Result<std::vector<std::optional<StoreEntry>>> redis_entries(const RedisReading& reading,
                                                             const std::vector<RespValue>& replies,
                                                             std::size_t count, WallTime now) {
  std::vector<std::optional<StoreEntry>> entries(count);
  for (std::size_t i = 0; i < reading.parts.size(); ++i) {
    const RedisReading::Part& part = reading.parts[i];
    const RespValue& reply = replies.at(i);
    if (reply.is_error()) return redis_refusal(reply);
    if (!part.is_bucket) {
      entries[part.places[0]] = redis_entry(reply, now);
      continue;
    }
    if (reply.items.size() != part.places.size())
      return fail(Errc::unavailable, "redis: an answer has not as many fields as were asked for");
    for (std::size_t j = 0; j < part.places.size(); ++j)
      entries[part.places[j]] = redis_entry(reply.items[j], now);
  }
  return entries;
}

Result<Store::Rows> redis_bucket(const RespValue& reply, WallTime now) {
  if (reply.is_error()) return redis_refusal(reply);
  Store::Rows rows;
  for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
    if (reply.items[i].text.size() != kTokenIdBytes) continue;
    auto entry = redis_entry(reply.items[i + 1], now);
    if (entry) rows.emplace_back(reply.items[i].text, std::move(*entry));
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return rows;
}

RedisCommand redis_write(const RedisKeys& keys, const RedisWrites& writes, const Changes& changes) {
  const Changes::Map& all = changes.in_key_order();
  std::vector<std::string> names{keys.marker(writes.tag, writes.client)};
  std::vector<std::string> numbers;
  bool has_history = false;
  for (const auto& [key, change] : all) {
    names.push_back(keys.name(key));
    numbers.push_back(redis_change(key.space, change));
    has_history = has_history || key.space == Space::history;
  }
  if (has_history) names.push_back(keys.index());
  const std::string name_count = std::to_string(names.size());
  const std::string number = std::to_string(writes.number);
  const std::string count = std::to_string(all.size());
  std::vector<std::string_view> words{"EVALSHA", redis_write_script().sha, name_count};
  words.insert(words.end(), names.begin(), names.end());
  words.insert(words.end(), {writes.now, number, count});
  std::size_t i = 0;
  for (const auto& [key, change] : all) {
    const std::string* value = change.sums().value;
    words.insert(words.end(), {key.id, numbers[i++], value ? std::string_view(*value) : std::string_view()});
  }
  return {resp_command(words), redis_slot(names[0])};
}

RedisCommand redis_take(const RedisKeys& keys, const StoreKey& key, double amount, const BucketLimits& limits,
                        std::string_view now) {
  const std::string name = keys.name(key);
  const std::string numbers[] = {fmt::format("{}", amount), fmt::format("{}", limits.burst),
                                 fmt::format("{}", limits.rate)};
  return {
      resp_command({"EVALSHA", redis_take_script().sha, "1", name, now, numbers[0], numbers[1], numbers[2]}),
      redis_slot(name)};
}

Result<Taken> redis_taken(const RespValue& reply) {
  if (reply.is_error()) return redis_refusal(reply);
  const auto level = reply.items.size() == 2 ? parse_double(reply.items[1].text) : std::nullopt;
  if (!level) return fail(Errc::unavailable, "redis: the answer of a bucket is none");
  return Taken{reply.items[0].integer == 1, *level};
}

tl::unexpected<Error> redis_refusal(const RespValue& reply) {
  return fail(Errc::unavailable, fmt::format("redis: {}", printable(cut_utf8(reply.text, kMostTold))));
}

}  // namespace xspamd
