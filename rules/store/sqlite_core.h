// What a SqliteStore consists of. On the loop: the writes that wait, what is in trouble, who waits. On two
// threads: the tables, each its own. Nothing but jobs goes to the threads and nothing but their results comes
// back; the one thing both threads know is the number of the batch that was committed last.
#pragma once

#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <list>
#include <mutex>

#include "rules/io/event.h"
#include "rules/io/guarded.h"
#include "rules/io/pool.h"
#include "rules/store/changes.h"
#include "rules/store/sqlite.h"
#include "rules/store/sqlite_tables.h"

namespace xspamd {

// What one of the threads has to say to one who waits on the loop.
template <class T>
struct StoreAnswer {
  explicit StoreAnswer(const asio::any_io_executor& loop) : event(loop) {}
  Event event;
  std::optional<Result<T>> value;
};
template <class T>
using StoreAnswerPtr = std::shared_ptr<StoreAnswer<T>>;

class SqliteCore : public std::enable_shared_from_this<SqliteCore> {
 public:
  SqliteCore(const asio::any_io_executor& loop, SqliteStore::Settings settings);
  void start();
  void stop();  // writes what is left and ends both threads

  // Lets `write` change the writes that wait; false, and it is counted, when `bytes` more are too many.
  bool accept(std::size_t bytes, std::size_t count, const std::function<void(Changes&)>& write);
  // Whether a write to the key waits or is being committed.
  bool is_waiting(const StoreKey& key) const;

  // A job for a thread, with its tables: SqliteResult<T>(SqliteTables&). Not run when the deadline has
  // passed.
  template <class T, class Job>
  StoreAnswerPtr<T> read(Deadline deadline, Job job);
  template <class T, class Job>
  StoreAnswerPtr<T> write(Deadline deadline, Job job);
  // The same on the reading thread, of one moment, with the number of the batch that was committed last.
  struct Moment {
    std::uint64_t committed = 0;
    std::vector<std::optional<StoreEntry>> entries;
  };
  StoreAnswerPtr<Moment> read_entries(std::shared_ptr<const std::vector<StoreKey>> keys, Deadline deadline);
  // Puts the writes that wait on top. False: the moment is older than what the loop still knows, read again.
  bool complete(const std::vector<StoreKey>& keys, Moment& moment) const;

  template <class T>
  Task<Result<T>> wait(StoreAnswerPtr<T> reply, Deadline deadline);
  // Ends when everything accepted so far is committed.
  Task<Result<void>> committed(Deadline deadline);

  WallTime now() const { return settings_.now(); }
  std::string trouble() const;

 private:
  struct Batch {
    std::uint64_t number = 0;
    Changes changes;
  };
  struct Side {  // a thread and what only it uses
    Pool thread{1};
    std::unique_ptr<SqliteTables> tables;
    SqliteError why{SqliteError::Kind::closed, "the store is not open"};  // there are none
  };
  struct Waiter {  // for a commit
    Waiter(const asio::any_io_executor& loop, std::uint64_t batch) : number(batch), event(loop) {}
    std::uint64_t number;
    Event event;
    std::optional<Result<void>> ended;
  };
  enum class State { opening, open, down };

  // On the loop.
  void reopen();
  void on_opened(const std::optional<SqliteError>& error);
  void commit();
  void on_committed(const SqliteResult<bool>& result);
  void on_failure(const SqliteError& error, bool writing);
  void go_down(const SqliteError& error);
  void retry_later();
  void end_waiters(std::uint64_t up_to, const Result<void>& result);
  void arm();
  void tick();
  std::optional<Error> refusal(bool writing) const;
  template <class T, class Job>
  StoreAnswerPtr<T> ask(Side& side, Deadline deadline, Job job);
  template <class T>
  void answer(const StoreAnswerPtr<T>& reply, SqliteResult<T> result, bool writing);
  static tl::unexpected<Error> late(Clock::duration waited);

  // On a thread.
  void open_both(bool check);
  SqliteTables::Options options(SqliteConnection::Access access, bool check) const;
  template <class T, class Job>
  SqliteResult<T> run(Side& side, Deadline deadline, const Job& job);
  static SqliteResult<void> check_place(const SqliteTables& tables);
  SqliteResult<bool> write_batch(SqliteTables& tables, const Batch& batch, WallTime now);
  void write_rest(const std::vector<std::shared_ptr<const Batch>>& batches, WallTime now);
  template <class Function>
  void report(Function function);  // runs it on the loop

  const asio::any_io_executor loop_;
  const SqliteStore::Settings settings_;
  Side reader_;
  Side writer_;
  std::mutex commit_mutex_;             // held while a commit becomes visible, and while a moment is fixed
  std::uint64_t committed_number_ = 0;  // under the mutex

  State state_ = State::opening;
  bool reopening_ = false;
  bool stopped_ = false;
  bool damaged_ = false;      // to be looked through when it is opened again
  std::string trouble_;       // empty while all is well
  bool writes_fail_ = false;  // while the connections are good
  Clock::time_point retry_at_{};
  std::chrono::milliseconds back_off_;

  Changes pending_;                          // batch last_number_ + 1
  std::shared_ptr<const Batch> committing_;  // batch last_number_; kept until it is committed
  bool commit_under_way_ = false;
  bool cleaning_ = false;  // wanted, without any writes too
  std::uint64_t last_number_ = 0;
  std::uint64_t seen_number_ = 0;  // committed, as the loop knows
  std::uint64_t lost_ = 0;         // writes, since the last commit
  std::size_t asked_ = 0;          // jobs without an answer
  std::list<Waiter*> waiters_;

  asio::steady_timer timer_;
  bool timer_is_armed_ = false;
};

template <class T>
Result<T> as_result(SqliteResult<T> result) {
  if (!result) return fail(Errc::unavailable, std::move(result.error().sentence));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
  return Result<T>();
}

template <class T, class Job>
StoreAnswerPtr<T> SqliteCore::read(Deadline deadline, Job job) {
  return ask<T>(reader_, deadline, std::move(job));
}

template <class T, class Job>
StoreAnswerPtr<T> SqliteCore::write(Deadline deadline, Job job) {
  return ask<T>(writer_, deadline, std::move(job));
}

template <class T, class Job>
StoreAnswerPtr<T> SqliteCore::ask(Side& side, Deadline deadline, Job job) {
  const bool writing = &side == &writer_;
  auto reply = std::make_shared<StoreAnswer<T>>(loop_);
  if (auto refused = refusal(writing)) {
    reply->value = tl::unexpected(std::move(*refused));
    return reply;
  }
  ++asked_;
  auto work = [this, &side, writing, deadline, reply, job = std::move(job)]() mutable {
    SqliteResult<T> result = sqlite_failure(SqliteError::Kind::late, "out of memory");
    guarded([&] { result = run<T>(side, deadline, job); });
    report([reply = std::move(reply), result = std::move(result), writing](SqliteCore& core) mutable {
      core.answer(reply, std::move(result), writing);
    });
  };
  if (writing || state_ != State::opening) {
    asio::post(side.thread, std::move(work));
  } else {  // after the opening, which the writing thread begins
    asio::post(writer_.thread, [&side, work = std::move(work)]() mutable {
      guarded([&] { asio::post(side.thread, std::move(work)); });
    });
  }
  return reply;
}

template <class T>
void SqliteCore::answer(const StoreAnswerPtr<T>& reply, SqliteResult<T> result, bool writing) {
  --asked_;
  if (!result && !stopped_) on_failure(result.error(), writing);
  reply->value = as_result(std::move(result));
  reply->event.signal();
}

template <class T>
Task<Result<T>> SqliteCore::wait(StoreAnswerPtr<T> reply, Deadline deadline) {
  const Clock::time_point began = Clock::now();
  if (!reply->value) {
    const bool ignored = co_await reply->event.wait(deadline);
    static_cast<void>(ignored);
  }
  if (!reply->value) co_return late(deadline - began);
  co_return std::move(*reply->value);
}

template <class T, class Job>
SqliteResult<T> SqliteCore::run(Side& side, Deadline deadline, const Job& job) {
  if (!side.tables) return tl::unexpected<SqliteError>(side.why);
  if (Clock::now() >= deadline) return sqlite_failure(SqliteError::Kind::late, "the deadline has passed");
  if (auto there = check_place(*side.tables); !there) return tl::unexpected<SqliteError>(there.error());
  return job(*side.tables);
}

template <class Function>
void SqliteCore::report(Function function) {
  guarded([&] {
    asio::post(loop_, [weak = weak_from_this(), function = std::move(function)]() mutable {
      guarded([&] {
        if (const auto core = weak.lock()) function(*core);
      });
    });
  });
}

}  // namespace xspamd
