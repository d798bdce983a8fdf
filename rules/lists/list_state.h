// What is learned of one DNS list while it is asked: what it answered, and whether it rests. A list rests an
// hour when it says that it refuses us or when its answers are not a list's; a minute when it gives no answer
// to many questions in a row, so that its operator's trouble does not cost every message its time. Loop
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/io/task.h"

namespace xspamd {

struct ListCounters {
  std::uint64_t asked = 0;
  std::uint64_t hits = 0;
  std::uint64_t refused = 0;
  std::uint64_t unknown = 0;
  std::chrono::microseconds time{0};  // of all questions together

  friend bool operator==(const ListCounters&, const ListCounters&) = default;
};

class ListState {
 public:
  enum class Rest { none, refused, foreign, silent };

  static constexpr std::chrono::minutes kRefusedRest{60};
  static constexpr std::chrono::seconds kSilentRest{60};
  static constexpr unsigned kSilentAfter = 20;  // questions in a row without an answer

  // Whether it is not to be asked now.
  Rest resting(Deadline now) const { return now < until_ ? rest_ : Rest::none; }

  // True when this is news: worth a line in the log.
  bool refuse(Rest why, Deadline now);
  bool no_answer(Deadline now);
  bool answered();  // the news: it answers again

  // What the hourly test found: true when that differs from the time before.
  bool tell_once(std::string finding);

  ListCounters counters;

 private:
  Rest rest_ = Rest::none;
  Deadline until_{};
  unsigned unanswered_ = 0;
  bool told_silent_ = false;
  std::string finding_;
};

}  // namespace xspamd
