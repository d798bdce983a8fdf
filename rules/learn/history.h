// History: what is kept of verdicts, for people who ask later. A record is one JSON object of at most
// kMostRecord bytes, with the names of rspamd's history rows (3.4), under Space::history. Its id is the time
// in milliseconds and a number, so that ids are in the order of their verdicts. Loop thread; what the store
// cannot write is lost and told by its trouble().
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "conf/config.h"
#include "proto/request.h"
#include "proto/verdict.h"
#include "rules/store/store.h"

namespace xspamd {

struct HistoryItem {
  const Verdict& verdict;
  const Envelope& envelope;
  std::uint64_t size = 0;    // bytes of the message
  std::string_view subject;  // as in the message; may be empty
  std::chrono::system_clock::time_point now{};
};

inline constexpr std::size_t kMostRecord = 4'096;  // bytes

// One line of valid UTF-8. What is long is cut; of symbols that find no room the number stands in
// "more_symbols". Pure.
std::string history_record(const HistoryItem& item);

// 15 characters, in the order of time and then of `number`, of which the last 16 bits count. Pure.
std::string history_id(std::chrono::system_clock::time_point now, std::uint64_t number);

class History {
 public:
  // Keeps the verdict unless `settings` says no. True now and then: it is time to call trim_history().
  [[nodiscard]] bool record(Store& store, const HistoryItem& item, const conf::History& settings);

 private:
  std::uint64_t recorded_ = 0;
  std::size_t since_trim_ = 0;
};

// Drops the oldest records beyond `entries`. Returns by the deadline; what the store did not do then is done
// the next time.
Task<> trim_history(std::shared_ptr<Store> store, std::size_t entries, Deadline deadline);

}  // namespace xspamd
