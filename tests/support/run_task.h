// Runs one coroutine on a loop of its own until it has ended, for tests of what awaits without a network.
#pragma once

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "rules/io/task.h"

namespace xspamd::test {

// Far beyond what any test waits for: only a task that would never end comes here.
inline constexpr std::chrono::seconds kNeverEnds{10};

// The task's result; its exception is rethrown, and a task that does not end is an exception too.
template <class T>
T run_task(Task<T> task) {
  asio::io_context loop(1);
  bool ended = false;
  std::exception_ptr error;
  T result{};
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown, T value) {
    ended = true;
    error = thrown;
    result = std::move(value);
  });
  loop.run_for(kNeverEnds);
  if (error) std::rethrow_exception(error);
  if (!ended) throw std::runtime_error("the task did not end");
  return result;
}

inline void run_task(Task<> task) {
  asio::io_context loop(1);
  bool ended = false;
  std::exception_ptr error;
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown) {
    ended = true;
    error = thrown;
  });
  loop.run_for(kNeverEnds);
  if (error) std::rethrow_exception(error);
  if (!ended) throw std::runtime_error("the task did not end");
}

}  // namespace xspamd::test
