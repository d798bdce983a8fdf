// Reputation: how much of the mail of an identity was spam. Messages are counted in windows of one half-life,
// under Space::reputation as "KIND:VALUE:WINDOW"; those of the newest window count whole, of each one before
// half as much, and what is older than kWindows windows is gone. Pure: the caller asks the store.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/request.h"
#include "proto/verdict.h"
#include "rules/learn/identity.h"
#include "rules/store/store.h"

namespace xspamd {

inline constexpr std::size_t kWindows = 4;
// Its symbols, whose points no message is counted by.
inline constexpr std::string_view kReputationGroup = "reputation";

// The window that a moment is in; windows are numbered from the epoch on.
struct Window {
  std::chrono::seconds half_life{1};
  std::int64_t number = 0;
};
Window window_at(std::chrono::sys_seconds now, std::chrono::seconds half_life);

// kWindows keys, the newest window first.
std::array<StoreKey, kWindows> reputation_keys(const Identity& identity, const Window& newest);
// One message more.
Delta reputation_delta(const Identity& identity, Tell::Class which, const Window& window);

struct Reputation {
  double ham = 0;  // messages, older ones less than whole
  double spam = 0;

  double messages() const { return ham + spam; }
  double spam_share() const;  // 0 to 1, as counted; 0 without messages
  // What the next message is likely to be: 1 spam, -1 ham, 0 not known. Few messages say little: to those
  // that were counted kPriorMessages are added, half of them spam (a beta prior). Above one half the
  // likelihood counts as spam, and below kHamShare as ham: who sends ham and spam has no reputation, and a
  // good one takes longer to get than a bad one.
  double strength() const;

  friend bool operator==(const Reputation&, const Reputation&) = default;
};
inline constexpr double kPriorMessages = 10;
inline constexpr double kHamShare = 0.1;

// Of the entries of reputation_keys(), in their order.
Reputation reputation_of(std::span<const std::optional<StoreEntry>> entries);

// 0 to 100; 0 and 100 mean none and all.
int spam_percent(const Reputation& reputation);
// "12% of 340"
std::string share_text(const Reputation& reputation);

// The verdict's score without the points that reputation gave: what was counted before must not confirm
// itself.
Points score_without_reputation(const Verdict& verdict);
// What a message counts as. Nothing between ham and spam, and where something else than the score decided;
// nor when the message is put off: it comes again.
std::optional<Tell::Class> counted_class(const Verdict& verdict, Points ham_below);

}  // namespace xspamd
