// DnsHealth: whether a DNS server is down. Evidence is only that nothing at all comes from it: a name that
// times out while others are answered is the fault of that name. Time is given by the caller.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "rules/io/task.h"

namespace xspamd {

class DnsHealth {
 public:
  static constexpr std::size_t kQuestions = 8;                  // without any datagram from the server,
  static constexpr std::size_t kNames = 4;                      // for so many names,
  static constexpr std::chrono::seconds kSilence{2};            // silence since the first of these,
  static constexpr std::chrono::milliseconds kLastChance{500};  // and since the last that counts

  void asked(std::string_view name, Clock::time_point now);
  void heard();

  bool down(Clock::time_point now) const {
    return enough_since_ && now - first_at_ >= kSilence && now - *enough_since_ >= kLastChance;
  }
  // Asked enough and not heard since: it is down, or will be.
  bool suspect() const { return enough_since_.has_value(); }
  bool ever_heard() const { return ever_heard_; }

 private:
  std::size_t questions_ = 0;  // since it was heard last
  Clock::time_point first_at_{};
  std::array<std::size_t, kNames> names_{};
  std::size_t names_seen_ = 0;
  std::optional<Clock::time_point> enough_since_;  // when both figures were reached
  bool ever_heard_ = false;
};

}  // namespace xspamd
