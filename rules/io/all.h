// all: several tasks at once. Loop thread; returns when every one has ended, then with the last error if any
// threw.
#pragma once

#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "rules/io/event.h"

namespace xspamd {

inline Task<> all(std::vector<Task<>> tasks) {
  if (tasks.size() == 1) {
    co_await std::move(tasks.front());
    co_return;
  }
  // Shared with the tasks that run: it lives as long as the last of them.
  struct Running {
    explicit Running(const asio::any_io_executor& executor) : ended(executor) {}
    std::size_t count = 0;
    std::exception_ptr broken;
    Event ended;
  };
  const auto executor = co_await asio::this_coro::executor;
  const auto running = std::make_shared<Running>(executor);
  const auto end = [running](std::exception_ptr error) {
    if (error) running->broken = error;
    if (--running->count == 0) running->ended.signal();
  };
  for (Task<>& task : tasks) {
    ++running->count;
    try {
      asio::co_spawn(executor, std::move(task), end);
    } catch (...) {  // no memory, say: those that run may use what the caller owns, so they must end first
      end(std::current_exception());
      break;
    }
  }
  while (running->count > 0)
    co_await running->ended.wait(Deadline::max());
  if (running->broken) std::rethrow_exception(running->broken);
}

}  // namespace xspamd
