#include "rules/store/bucket.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "proto/base/text.h"

namespace xspamd {

namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr double kLongestDrain = 10 * 365 * 86'400.0;  // seconds; what drains more slowly is kept so long
constexpr double kMicrosecondsASecond = 1e6;

std::int64_t microseconds_of(WallTime time) {
  return std::chrono::duration_cast<microseconds>(time.time_since_epoch()).count();
}

double level_at(const std::optional<StoreEntry>& bucket, double rate, WallTime now) {
  if (!bucket) return 0;
  const std::string_view text = bucket->value;
  const std::size_t blank = std::min(text.find(' '), text.size());
  const auto level = parse_double(text.substr(0, blank));
  const auto since = parse_unsigned(text.substr(std::min(blank + 1, text.size())));
  if (!level || !since || !std::isfinite(*level)) return 0;
  const double passed = static_cast<double>(microseconds_of(now)) - static_cast<double>(*since);
  return std::max(*level - rate * std::max(passed, 0.0) / kMicrosecondsASecond, 0.0);
}

bool is_amount(double number) {
  return std::isfinite(number) && number >= 0;
}

}  // namespace

Result<void> check_take(const StoreKey& key, double amount, const BucketLimits& limits) {
  if (auto checked = check_key(key); !checked) return checked;
  if (!keeps_values(key.space)) return fail(Errc::invalid, "a token is no bucket");
  if (!is_amount(amount) || !is_amount(limits.burst) || !is_amount(limits.rate))
    return fail(Errc::invalid,
                fmt::format("taking {} of a bucket of {} that loses {} a second: these must be "
                            "numbers from 0 on",
                            amount, limits.burst, limits.rate));
  return {};
}

Taken take_from(std::optional<StoreEntry>& bucket, double amount, const BucketLimits& limits, WallTime now) {
  if (bucket && is_expired(*bucket, now)) bucket.reset();
  const double level = level_at(bucket, limits.rate, now);
  if (level + amount > limits.burst) return {false, level};
  Taken taken{true, level + amount};
  if (!bucket) bucket.emplace();
  bucket->value = fmt::format("{} {}", taken.level, std::max<std::int64_t>(microseconds_of(now), 0));
  const double drained = limits.rate > 0 ? taken.level / limits.rate : kLongestDrain;
  const auto lasts = seconds(static_cast<std::int64_t>(std::ceil(std::min(drained, kLongestDrain))) + 1);
  bucket->expires = std::chrono::floor<seconds>(now) + lasts;
  return taken;
}

}  // namespace xspamd
