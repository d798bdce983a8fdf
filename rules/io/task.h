// Task<T>: a coroutine on the loop thread. Deadline: every awaitable takes one and returns by then, so
// children always end, whoever started them waits for all, and nothing needs cancelling.
// An await is the whole right side of its statement and its arguments are named (tests/lint/await.sh).
#pragma once

#include <asio/awaitable.hpp>
#include <chrono>

namespace xspamd {

template <class T = void>
using Task = asio::awaitable<T>;

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

}  // namespace xspamd
