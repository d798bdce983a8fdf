#include "rules/learn/ratelimit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "conf/units.h"
#include "proto/base/text.h"
#include "rules/auth/crypto.h"
#include "rules/host_network.h"

namespace xspamd {

namespace {

using By = RateLimit::By;

constexpr std::size_t kDigest = 16;
constexpr std::uint64_t kMostCount = 1'000'000'000;
constexpr int kIpv6Host = 64;  // bits: a host has a network of this size

bool is_for_recipients(By by) {
  return by == By::recipient || by == By::recipient_domain;
}

bool is_for(const RateLimit& limit, const Envelope& envelope, const std::vector<Network>& local) {
  if (limit.authenticated && *limit.authenticated != envelope.is_authenticated()) return false;
  if (!envelope.client) return true;
  if (!limit.local && contains(local, *envelope.client)) return false;
  return !contains(limit.except, *envelope.client);
}

std::string domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string() : to_lower(address.substr(at + 1));
}

// Empty where the envelope has no such thing.
std::string part_of(By by, const Envelope& envelope, std::string_view recipient) {
  switch (by) {
    case By::ip:
      if (!envelope.client) return {};
      return host_text(network_of(*envelope.client, envelope.client->is_v4() ? 32 : kIpv6Host));
    case By::user:
      return to_lower(envelope.user);
    case By::sender:
      return to_lower(envelope.sender);
    case By::sender_domain:
      return domain_of(envelope.sender);
    case By::recipient:
      return to_lower(recipient);
    case By::recipient_domain:
      return domain_of(recipient);
  }
  return {};
}

std::string whose_bucket(const RateLimit& limit, const Envelope& envelope, std::string_view recipient) {
  std::string whose;
  for (const By by : limit.by) {
    const std::string part = part_of(by, envelope, recipient);
    if (part.empty()) return {};
    whose.append(whose.empty() ? "" : " ").append(part);
  }
  return whose;
}

// By whose bucket it is, how many recipients that concerns.
std::map<std::string, std::size_t> buckets_of(const RateLimit& limit, const Envelope& envelope) {
  std::map<std::string, std::size_t> buckets;
  const auto& recipients = envelope.recipients;
  if (std::none_of(limit.by.begin(), limit.by.end(), is_for_recipients)) {
    buckets[whose_bucket(limit, envelope, {})] = std::max<std::size_t>(recipients.size(), 1);
  } else {
    for (std::size_t i = 0; i < std::min(recipients.size(), kMostLimitedRecipients); ++i)
      ++buckets[whose_bucket(limit, envelope, recipients[i])];
  }
  buckets.erase("");
  return buckets;
}

}  // namespace

Result<Rate> parse_rate(std::string_view text) {
  constexpr std::string_view kExpected = R"(expected a number and a time such as "100 / 1h")";
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return fail(Errc::invalid, std::string(kExpected));
  const auto count = parse_unsigned(trim_blanks(text.substr(0, slash)));
  if (!count || *count == 0 || *count > kMostCount)
    return fail(Errc::invalid,
                fmt::format("{}: the number must be whole, from 1 to {}", kExpected, kMostCount));
  const auto time = conf::parse_duration(trim_blanks(text.substr(slash + 1)));
  if (!time) return fail(Errc::invalid, fmt::format("{}: {}", kExpected, time.error().sentence));
  if (time->count() <= 0) return fail(Errc::invalid, fmt::format("{}: the time must not be 0", kExpected));
  return Rate{static_cast<double>(*count), *time};
}

StoreKey BucketShare::key() const {
  const std::string text = limit->name + '\0' + whose;
  return {Space::bucket, auth::digest_of(auth::Hash::sha256, text).substr(0, kDigest)};
}

std::vector<BucketShare> shares_of(const Envelope& envelope, const std::vector<RateLimit>& limits,
                                   const std::vector<Network>& local) {
  std::vector<BucketShare> shares;
  for (const RateLimit& limit : limits) {
    if (!is_for(limit, envelope, local)) continue;
    for (auto& [whose, recipients] : buckets_of(limit, envelope)) {
      const double amount = limit.counts_recipients ? static_cast<double>(recipients) : 1;
      shares.push_back({&limit, whose, std::min(amount, limit.bucket.burst)});
    }
  }
  return shares;
}

}  // namespace xspamd
