// Event: something to wait for on the loop thread until somebody signals it or a deadline passes.
// Signals that come before the wait are not lost. One waiter at a time.
#pragma once

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "rules/io/task.h"

namespace xspamd {

class Event {
 public:
  explicit Event(const asio::any_io_executor& executor) : timer_(executor) {}

  void signal() {
    signalled_ = true;
    timer_.cancel();
  }

  // True when signalled, false when the deadline came first; the signal is consumed.
  Task<bool> wait(Deadline deadline) {
    if (!signalled_) {
      timer_.expires_at(deadline);
      asio::error_code ignored;
      auto token = asio::redirect_error(asio::use_awaitable, ignored);
      co_await timer_.async_wait(token);
    }
    co_return std::exchange(signalled_, false);
  }

 private:
  asio::steady_timer timer_;
  bool signalled_ = false;
};

}  // namespace xspamd
