// on_pool: runs a plain function on a pool thread; the caller resumes on its own executor. The only way off
// the loop thread and back: posting to the pool with use_awaitable does not move a coroutine.
// The result must be default-constructible; an exception of the function is rethrown to the caller.
#pragma once

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <exception>
#include <type_traits>
#include <utility>

#include "rules/io/task.h"

namespace xspamd {

using Pool = asio::thread_pool;

template <class Function>
Task<std::invoke_result_t<Function>> on_pool(Pool& pool, Function function) {
  using Value = std::invoke_result_t<Function>;
  auto start = [&pool](auto handler, Function job) {
    auto work = asio::make_work_guard(asio::get_associated_executor(handler));
    asio::post(pool, [handler = std::move(handler), job = std::move(job), work = std::move(work)]() mutable {
      std::exception_ptr error;
      Value value{};
      try {
        value = job();
      } catch (...) {  // carried to the caller, who stands in the engine or the session
        error = std::current_exception();
      }
      auto home = work.get_executor();
      asio::post(home, [handler = std::move(handler), error, value = std::move(value)]() mutable {
        handler(error, std::move(value));
      });
    });
  };
  using Token = decltype(asio::use_awaitable);
  co_return co_await asio::async_initiate<Token, void(std::exception_ptr, Value)>(start, asio::use_awaitable,
                                                                                  std::move(function));
}

}  // namespace xspamd
