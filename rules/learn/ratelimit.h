// Rate limits, tables [ratelimits.NAME]: how much mail of one user, address, sender or recipient, or of a
// combination of them, is taken in a time. Each combination has a leaky bucket of its own in Space::bucket
// (Store::take): a message puts one into it, or one for each recipient. What is only the envelope's is known
// before the scan. Pure, apart from read_ratelimits(), which tells problems of the configuration.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/request.h"
#include "rules/check.h"
#include "rules/store/store.h"

namespace xspamd {

struct RateLimit {
  enum class By { ip, user, sender, sender_domain, recipient, recipient_domain };

  std::string name;
  std::vector<By> by;  // at least one, none twice
  BucketLimits bucket;
  bool counts_recipients = false;     // else messages
  bool local = false;                 // mail from networks.local, too
  std::optional<bool> authenticated;  // only mail of users who logged in, or only other mail
  std::vector<Network> except;
  std::string message;  // for the SMTP reply
};

// "100 / 1h". The error says what was expected.
struct Rate {
  double count = 0;
  std::chrono::milliseconds time{};
};
Result<Rate> parse_rate(std::string_view text);

// Every enabled [ratelimits.NAME], in the order of their names.
std::vector<RateLimit> read_ratelimits(Services& services);

// What a message puts into a bucket.
struct BucketShare {
  const RateLimit* limit = nullptr;
  std::string whose;  // "192.0.2.7 alice@example.org"
  double amount = 1;  // at most what the bucket holds

  StoreKey key() const;
};
// Of a message to more recipients the first count.
inline constexpr std::size_t kMostLimitedRecipients = 100;

// None for a limit that the message is not for, or whose parts it does not have: the null sender is nobody.
std::vector<BucketShare> shares_of(const Envelope& envelope, const std::vector<RateLimit>& limits,
                                   const std::vector<Network>& local);

}  // namespace xspamd
