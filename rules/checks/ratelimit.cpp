// Rate limits ([ratelimits.NAME]): a message that finds a bucket full is not scanned and put off. Where it
// puts something into several, all are looked at first: a message that one limit refuses fills no other's
// bucket, but for what others put in at the same moment. Without the store, and for clients that cannot be
// told to come again (SPAMC knows no such answer), nothing is limited or counted.
#include <algorithm>
#include <array>
#include <chrono>

#include "proto/base/text.h"
#include "rules/io_runner.h"
#include "rules/learn/ratelimit.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 1> kSymbols{
    {{"RATELIMITED", {}, "More mail came of the same origin than a rate limit allows; it was not scanned"}}};

constexpr std::chrono::seconds kPatience{1};  // with the store
constexpr std::size_t kMostShown = 80;        // bytes of whose bucket it is

struct Options {
  std::vector<RateLimit> limits;
  std::vector<Network> local;
};

struct Outcome {
  bool failed = false;                // the store did not answer
  const BucketShare* full = nullptr;  // the first whose bucket has no room
};

enum class Step { look, take };  // to look is to take nothing

bool has_room(const Taken& taken, const BucketShare& share, Step step) {
  return step == Step::take ? taken.fits : taken.level + share.amount <= share.limit->bucket.burst;
}

Task<Outcome> go_through(std::shared_ptr<Store> store, const std::vector<BucketShare>& shares, Step step,
                         Deadline deadline) {
  Outcome outcome;
  for (const BucketShare& share : shares) {
    const BucketLimits limits = share.limit->bucket;
    const double amount = step == Step::take ? share.amount : 0;
    StoreKey key = share.key();
    const auto taken = co_await store->take(std::move(key), amount, limits, deadline);
    outcome.failed = !taken;
    if (taken && !has_room(*taken, share, step)) outcome.full = &share;
    if (outcome.failed || outcome.full != nullptr) break;
  }
  co_return outcome;
}

void refuse(const BucketShare& share, Scan& scan) {
  scan.add("RATELIMITED", {printable(share.limit->name), printable(cut_utf8(share.whose, kMostShown))});
  scan.decide({Action::soft_reject, "RATELIMITED", share.limit->message});
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  const std::shared_ptr<Store> store = scan.memory().store;
  if (!store || scan.mail.request.dialect == Dialect::spamc) co_return;
  const auto shares = shares_of(scan.mail.request.envelope, options->limits, options->local);
  const Deadline deadline = std::min(scan.deadline, Clock::now() + kPatience);
  Outcome outcome;
  if (shares.size() > 1) {
    outcome = co_await go_through(store, shares, Step::look, deadline);
  }
  if (!outcome.failed && outcome.full == nullptr) {
    outcome = co_await go_through(store, shares, Step::take, deadline);
  }
  if (outcome.failed) {
    scan.store_failed.insert("ratelimit");
  } else if (outcome.full != nullptr) {
    refuse(*outcome.full, scan);
  }
}

Result<Runner> make(conf::Section&, Services& services) {
  auto options = std::make_shared<Options>();
  options->limits = read_ratelimits(services);
  options->local = services.config.networks.local;
  if (!options->limits.empty()) return io_runner(run, std::move(options));
  return CpuCheck{[](const Mail&, Deadline) {
    return Hits();
  }};  // costs nothing
}

}  // namespace

extern const Check ratelimit_check;
const Check ratelimit_check{.name = "ratelimit",
                            .group = "ratelimit",
                            .about = "Puts off mail beyond the rate limits of the configuration",
                            .phase = Phase::before,
                            .after = {},
                            .symbols = kSymbols,
                            .make = make};

}  // namespace xspamd
