// MemoryKeeper: opens the store of a running server, loads what the classifier knows, and tells the log when
// the store gets into trouble or comes back. Loop thread; must go before its loop.
#pragma once

#include <asio/io_context.hpp>
#include <string>

#include "rules/learn/learner.h"
#include "rules/learn/memory.h"
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
  void tell_trouble();

  asio::io_context& loop_;
  Log& log_;
  Memory memory_;
  Learner learner_;
  std::string told_;  // the trouble
};

}  // namespace xspamd
