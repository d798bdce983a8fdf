// run_alone: a task run to its end on a loop that nothing else waits for, for commands. Rethrows what the
// task threw; what else the loop has to do, such as timers of a resolver, stays for the next run.
#pragma once

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <exception>
#include <utility>

#include "rules/io/task.h"

namespace xspamd {

inline void run_alone(asio::io_context& loop, Task<> task) {
  bool ended = false;
  std::exception_ptr broken;
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) {
    broken = error;
    ended = true;
  });
  loop.restart();
  while (!ended)
    loop.run_one();
  if (broken) std::rethrow_exception(broken);
}

}  // namespace xspamd
