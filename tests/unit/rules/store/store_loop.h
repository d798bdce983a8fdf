// A loop and a clock for a store under test, and short words for what is written to it.
#pragma once

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "rules/store/entry.h"

namespace xspamd::test {

using std::chrono::sys_seconds;
using Entries = std::vector<std::optional<StoreEntry>>;

inline constexpr std::chrono::seconds kPatience{60};  // only a task that would never end comes here

inline Deadline soon() {
  return Clock::now() + kPatience;
}

class StoreLoop {
 public:
  // The task's result; others that were spawned and the store's own work go on meanwhile.
  template <class T>
  T wait(Task<T> task) {
    std::optional<T> result;
    std::exception_ptr error;
    asio::co_spawn(loop_, std::move(task), [&](std::exception_ptr thrown, T value) {
      error = thrown;
      result = std::move(value);
    });
    if (!until([&] { return result.has_value(); })) throw std::runtime_error("the task did not end");
    if (error) std::rethrow_exception(error);
    return std::move(*result);
  }
  void spawn(Task<> task) {
    asio::co_spawn(loop_, std::move(task), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  }
  // Runs the loop until something is so; false: it never was.
  bool until(const std::function<bool()>& is_so) {
    const Deadline deadline = soon();
    while (!is_so() && Clock::now() < deadline) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(100));
    }
    return is_so();
  }

  asio::any_io_executor executor() { return loop_.get_executor(); }
  WallClock clock() {
    return [this] {
      return now;
    };
  }

  WallTime now{sys_seconds(std::chrono::seconds(1'750'000'000))};

  sys_seconds in(int seconds) const {
    return std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds(seconds);
  }

 private:
  asio::io_context loop_{1};
};

// Of 8 bytes, in the order of their numbers.
inline StoreKey token(std::uint64_t number) {
  StoreKey key{Space::token, std::string(8, '\0')};
  for (std::size_t i = 0; i < 8; ++i)
    key.id[7 - i] = static_cast<char>(number >> 8 * i & 0xff);
  return key;
}

inline Delta delta(StoreKey key, std::int64_t ham, std::int64_t spam, sys_seconds expires = {}) {
  return {std::move(key), {ham, spam}, expires};
}

// "3/4", "3/4 value", "-": as cases compare them.
inline std::string shown(const std::optional<StoreEntry>& entry) {
  if (!entry) return "-";
  std::string text = std::to_string(entry->counts[0]) + "/" + std::to_string(entry->counts[1]);
  return entry->value.empty() ? text : text + " " + entry->value;
}

}  // namespace xspamd::test
