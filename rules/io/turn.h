// next_turn: lets what else waits on the loop run, between pieces of work that are too long together.
#pragma once

#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "rules/io/task.h"

namespace xspamd {

inline Task<> next_turn() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace xspamd
