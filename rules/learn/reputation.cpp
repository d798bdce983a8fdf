#include "rules/learn/reputation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace xspamd {

namespace {

constexpr std::size_t kHam = 0;  // places in Counts
constexpr std::size_t kSpam = 1;

// The longest key: "dkim:" + value + ":" + a number of 64 bits.
static_assert(5 + kMostValue + 1 + 20 <= StoreKey::kMostId);

StoreKey key_of(const Identity& identity, std::int64_t window) {
  return {Space::reputation, fmt::format("{}:{}:{}", name(identity.kind), identity.value, window)};
}

// Lines that exist only because of the points of the group, or of the sum with them.
bool is_derived(const Score& score) {
  return score.symbol == "ROUNDING" || score.symbol == "CAP_REPUTATION";
}

}  // namespace

Window window_at(std::chrono::sys_seconds now, std::chrono::seconds half_life) {
  half_life = std::max(half_life, std::chrono::seconds(1));
  return {half_life, now.time_since_epoch() / half_life};
}

std::array<StoreKey, kWindows> reputation_keys(const Identity& identity, const Window& newest) {
  std::array<StoreKey, kWindows> keys;
  for (std::size_t age = 0; age < kWindows; ++age)
    keys[age] = key_of(identity, newest.number - static_cast<std::int64_t>(age));
  return keys;
}

Delta reputation_delta(const Identity& identity, Tell::Class which, const Window& window) {
  Delta delta{key_of(identity, window.number), {}, {}};
  delta.add[which == Tell::Class::spam ? kSpam : kHam] = 1;
  delta.expires = std::chrono::sys_seconds((window.number + std::int64_t{kWindows}) * window.half_life);
  return delta;
}

double Reputation::spam_share() const {
  return messages() > 0 ? spam / messages() : 0;
}

double Reputation::strength() const {
  const double likelihood = (spam + kPriorMessages / 2) / (messages() + kPriorMessages);
  if (likelihood > 0.5) return (likelihood - 0.5) / 0.5;
  if (likelihood < kHamShare) return (likelihood - kHamShare) / kHamShare;
  return 0;
}

Reputation reputation_of(std::span<const std::optional<StoreEntry>> entries) {
  Reputation reputation;
  double weight = 1;
  for (const auto& entry : entries.first(std::min(entries.size(), kWindows))) {
    if (entry) {
      reputation.ham += weight * static_cast<double>(entry->counts[kHam]);
      reputation.spam += weight * static_cast<double>(entry->counts[kSpam]);
    }
    weight /= 2;
  }
  return reputation;
}

int spam_percent(const Reputation& reputation) {
  double percent = std::round(reputation.spam_share() * 100);
  if (reputation.ham > 0) percent = std::min(percent, 99.0);
  if (reputation.spam > 0) percent = std::max(percent, 1.0);
  return static_cast<int>(percent);
}

std::string share_text(const Reputation& reputation) {
  return fmt::format("{}% of {:.0f}", spam_percent(reputation), reputation.messages());
}

Points score_without_reputation(const Verdict& verdict) {
  Points sum;
  for (const Score& score : verdict.scores) {
    if (score.group != kReputationGroup && !is_derived(score)) sum += score.value;
  }
  return clamp(floor_to_tenth(sum));
}

std::optional<Tell::Class> counted_class(const Verdict& verdict, Points ham_below) {
  if (!verdict.forced_by.empty()) return std::nullopt;
  const Points points = score_without_reputation(verdict);
  Action action = Action::no_action;
  for (const auto& [candidate, threshold] : verdict.thresholds) {
    if (points >= threshold) action = candidate;
  }
  // What is put off comes again; what only its reputation puts off must be able to mend it.
  if (verdict.action == Action::soft_reject && action >= Action::add_header) return std::nullopt;
  if (action >= Action::add_header) return Tell::Class::spam;
  if (action == Action::no_action && points < ham_below) return Tell::Class::ham;
  return std::nullopt;
}

}  // namespace xspamd
