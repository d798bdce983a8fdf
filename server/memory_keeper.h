// MemoryKeeper: opens the store of a running server, loads what the classifier knows, and tells the log when
// the store gets into trouble or comes back. Loop thread; must go before its loop.
#pragma once

#include <asio/io_context.hpp>
#include <string>

#include "rules/learn/learner.h"
#include "rules/learn/memory.h"
#include "rules/learn/tidy.h"
#include "server/log.h"

namespace xspamd {

class MemoryKeeper {
 public:
  MemoryKeeper(asio::io_context& loop, const std::string& store_url, Log& log);

  const Memory& memory() const { return memory_; }
  Learner& learner() { return learner_; }

  // Loads, again after a failure, and watches; ends when `stopping` is set.
  Task<> run(const bool& stopping);

 private:
  Task<> load();
  Task<bool> is_changed_by_others();
  void tell_trouble();
  Task<> make_room();

  asio::io_context& loop_;
  Log& log_;
  Memory memory_;
  Learner learner_;
  std::string generation_;       // of the store that was loaded
  Clock::time_point look_at_{};  // at its generation, not before
  std::string trouble_;          // as it was a moment ago
  Clock::time_point tidy_at_{};  // not before
};

}  // namespace xspamd
