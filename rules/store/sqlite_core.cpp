#include "rules/store/sqlite_core.h"

#include <fmt/format.h>

#include <algorithm>

namespace xspamd {

namespace {

using Kind = SqliteError::Kind;
using std::chrono::milliseconds;

constexpr std::size_t kBatch = 10'000;  // keys that are committed without waiting for the second to end
constexpr std::size_t kMostAsked =
    1'024;                        // jobs without an answer: a disk that hangs must not fill the memory
constexpr int kLogPages = 1'000;  // after which the log is brought into the file

}  // namespace

SqliteCore::SqliteCore(const asio::any_io_executor& loop, SqliteStore::Settings settings)
    : loop_(loop), settings_(std::move(settings)), back_off_(settings_.first_retry), timer_(loop) {}

void SqliteCore::start() {
  reopening_ = true;
  asio::post(writer_.thread, [this] { guarded([this] { open_both(false); }); });
}

// Both connections end before one is opened: after a move, SQLite would take the shared memory beside the
// path, which the old ones still use, for that of the new file.
void SqliteCore::reopen() {
  if (reopening_) return;
  reopening_ = true;
  asio::post(reader_.thread, [this, check = damaged_] {
    reader_.tables.reset();
    guarded([this, check] {
      asio::post(writer_.thread, [this, check] { guarded([this, check] { open_both(check); }); });
    });
  });
}

SqliteTables::Options SqliteCore::options(SqliteConnection::Access access, bool check) const {
  const bool writes = access == SqliteConnection::Access::write;
  return {{settings_.path, access, settings_.busy}, check, writes ? settings_.most_pages : 0};
}

// On the writing thread, which makes the file; then on the other.
void SqliteCore::open_both(bool check) {
  // A file that was moved takes with it what is in the log.
  if (writer_.tables && !check_place(*writer_.tables)) (void)writer_.tables->connection().checkpoint();
  writer_.tables.reset();
  auto opened = SqliteTables::open(options(SqliteConnection::Access::write, check));
  std::optional<SqliteError> error;
  if (opened) {
    writer_.tables = std::move(*opened);
  } else {
    error = writer_.why = std::move(opened.error());
  }
  asio::post(reader_.thread, [this, error = std::move(error)]() mutable {
    guarded([&] {
      auto reading =
          error ? tl::unexpected(*error) : SqliteTables::open(options(SqliteConnection::Access::read, false));
      if (reading) {
        reader_.tables = std::move(*reading);
      } else {
        error = reader_.why = std::move(reading.error());
      }
      report([error](SqliteCore& core) { core.on_opened(error); });
    });
  });
}

// What was in trouble stays so until a commit has worked.
void SqliteCore::on_opened(const std::optional<SqliteError>& error) {
  reopening_ = false;
  if (stopped_) return;
  if (error) return go_down(*error);
  state_ = State::open;
  writes_fail_ = !trouble_.empty();
  retry_at_ = Clock::now();
  commit();
  arm();
}

bool SqliteCore::accept(std::size_t bytes, std::size_t count, const std::function<void(Changes&)>& write) {
  const std::size_t held = pending_.bytes() + (committing_ ? committing_->changes.bytes() : 0);
  if (held + bytes > settings_.most_pending) {
    lost_ += count;
    return false;
  }
  write(pending_);
  // In a turn of its own: what is written without an await in between is committed together.
  if (pending_.count() >= kBatch && !commit_under_way_) report([](SqliteCore& core) { core.commit(); });
  arm();
  return true;
}

bool SqliteCore::is_waiting(const StoreKey& key) const {
  return pending_.find(key) != nullptr || (committing_ && committing_->changes.find(key) != nullptr);
}

void SqliteCore::commit() {
  if (state_ == State::down || commit_under_way_) return;
  if (writes_fail_ && Clock::now() < retry_at_) return;
  if (!committing_) {
    if (pending_.empty() && !cleaning_ && !writes_fail_) return;
    auto batch = std::make_shared<Batch>();
    batch->number = ++last_number_;
    batch->changes = std::exchange(pending_, {});
    committing_ = std::move(batch);
    cleaning_ = false;
  }
  commit_under_way_ = true;
  asio::post(writer_.thread, [this, batch = committing_, now = settings_.now()] {
    SqliteResult<bool> result = sqlite_failure(Kind::full, "out of memory");
    const auto write = [&](SqliteTables& tables) {
      return write_batch(tables, *batch, now);
    };
    guarded([&] { result = run<bool>(writer_, Deadline::max(), write); });
    report([result](SqliteCore& core) { core.on_committed(result); });
  });
}

SqliteResult<bool> SqliteCore::write_batch(SqliteTables& tables, const Batch& batch, WallTime now) {
  if (auto begun = tables.begin_writing(); !begun) return tl::unexpected(begun.error());
  SqliteResult<bool> more = false;
  auto done = tables.apply(batch.changes, now);
  if (done) {
    more = tables.clean(now);
    if (!more) done = tl::unexpected(more.error());
  }
  if (done) {
    const std::lock_guard lock(commit_mutex_);
    done = tables.commit();
    if (done) committed_number_ = batch.number;
  }
  if (!done) {
    tables.roll_back();
    return tl::unexpected(done.error());
  }
  // What fails here is safe in the log, and the next commit or flush tells.
  if (tables.connection().log_pages() >= kLogPages) (void)tables.connection().checkpoint();
  return more;
}

void SqliteCore::on_committed(const SqliteResult<bool>& result) {
  commit_under_way_ = false;
  if (stopped_) return;
  if (!result) {
    on_failure(result.error(), true);
    arm();
    return;
  }
  seen_number_ = committing_->number;
  asio::post(writer_.thread, [batch = std::move(committing_)] {});  // freeing so much takes a while
  committing_.reset();
  lost_ = 0;
  if (state_ == State::open) {
    writes_fail_ = false;
    damaged_ = false;
    trouble_.clear();
    back_off_ = settings_.first_retry;
  }
  cleaning_ = cleaning_ || *result;
  end_waiters(seen_number_, Result<void>{});
  if (!waiters_.empty() || pending_.count() >= kBatch) commit();
  arm();
}

void SqliteCore::on_failure(const SqliteError& error, bool writing) {
  if (error.kind == Kind::late || state_ == State::down) return;
  if (error.kind != Kind::busy && error.kind != Kind::full) return go_down(error);
  if (!writing) return;
  writes_fail_ = true;
  trouble_ = error.sentence;
  end_waiters(last_number_ + 1, fail(Errc::unavailable, error.sentence));
  retry_later();
}

void SqliteCore::go_down(const SqliteError& error) {
  const bool at_once = error.kind == Kind::moved && state_ == State::open;
  state_ = State::down;
  trouble_ = error.sentence;
  damaged_ = damaged_ || error.kind == Kind::damaged;
  end_waiters(last_number_ + 1, fail(Errc::unavailable, error.sentence));
  if (at_once) return reopen();
  retry_later();
}

void SqliteCore::retry_later() {
  retry_at_ = Clock::now() + back_off_;
  back_off_ = std::min(back_off_ * 2, settings_.last_retry);
  arm();
}

void SqliteCore::end_waiters(std::uint64_t up_to, const Result<void>& result) {
  for (Waiter* waiter : waiters_) {
    if (waiter->number > up_to || waiter->ended) continue;
    waiter->ended = result;
    waiter->event.signal();
  }
}

// Whoever is under way arms the timer when it comes back.
void SqliteCore::arm() {
  const bool in_trouble = state_ == State::down || writes_fail_;
  const bool has_work = in_trouble || !pending_.empty() || committing_ || cleaning_;
  if (stopped_ || timer_is_armed_ || commit_under_way_ || reopening_ || !has_work) return;
  timer_is_armed_ = true;
  timer_.expires_at(in_trouble ? retry_at_ : Clock::now() + settings_.commit_every);
  timer_.async_wait([weak = weak_from_this()](asio::error_code) {
    guarded([&] {
      if (const auto core = weak.lock()) core->tick();
    });
  });
}

void SqliteCore::tick() {
  timer_is_armed_ = false;
  if (stopped_) return;
  if (state_ != State::down) {
    commit();
  } else if (Clock::now() >= retry_at_) {
    reopen();
  }
  arm();
}

std::optional<Error> SqliteCore::refusal(bool writing) const {
  const auto because = [](std::string sentence) {
    return Error{Errc::unavailable, std::move(sentence)};
  };
  if (stopped_) return because("the store has ended");
  if (state_ == State::down || (writing && writes_fail_)) return because(trouble_);
  if (asked_ >= kMostAsked) return because("too many wait for the store");
  return std::nullopt;
}

tl::unexpected<Error> SqliteCore::late(Clock::duration waited) {
  const auto whole = std::max(std::chrono::ceil<milliseconds>(waited), milliseconds(0));
  return fail(Errc::unavailable, fmt::format("the store gives no answer within {} ms", whole.count()));
}

std::string SqliteCore::trouble() const {
  if (trouble_.empty() && lost_ == 0) return {};
  const std::string why =
      trouble_.empty() ? fmt::format("{}: changes come faster than they can be written", settings_.path)
                       : trouble_;
  return lost_ == 0 ? fmt::format("store {}", why)
                    : fmt::format("store {}; {} changes were lost", why, lost_);
}

StoreAnswerPtr<SqliteCore::Moment> SqliteCore::read_entries(std::shared_ptr<const std::vector<StoreKey>> keys,
                                                            Deadline deadline) {
  return read<Moment>(deadline, [this, keys, now = now()](SqliteTables& tables) -> SqliteResult<Moment> {
    Moment moment;
    {
      const std::lock_guard lock(commit_mutex_);
      if (auto begun = tables.begin_reading(); !begun) return tl::unexpected(begun.error());
      moment.committed = committed_number_;
    }
    SqliteResult<Moment> result;
    moment.entries.reserve(keys->size());
    for (const StoreKey& key : *keys) {
      auto found = tables.find(key, now);
      if (!found) {
        result = tl::unexpected(found.error());
        break;
      }
      moment.entries.push_back(std::move(*found));
    }
    tables.end_reading();
    if (result) result = std::move(moment);
    return result;
  });
}

bool SqliteCore::complete(const std::vector<StoreKey>& keys, Moment& moment) const {
  if (moment.committed < seen_number_) return false;
  const WallTime now = settings_.now();
  const bool with_batch = committing_ && committing_->number > moment.committed;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Change* earlier = with_batch ? committing_->changes.find(keys[i]) : nullptr;
    const Change* later = pending_.find(keys[i]);
    if (earlier != nullptr) earlier->apply(moment.entries[i], now);
    if (later != nullptr) later->apply(moment.entries[i], now);
  }
  return true;
}

Task<Result<void>> SqliteCore::committed(Deadline deadline) {
  const Clock::time_point began = Clock::now();
  const std::uint64_t number = pending_.empty() ? last_number_ : last_number_ + 1;
  if (number <= seen_number_) co_return Result<void>{};
  if (auto refused = refusal(true)) co_return tl::unexpected(std::move(*refused));
  Waiter waiter(loop_, number);
  const auto leave = [this](Waiter* place) {
    waiters_.remove(place);
  };
  const std::unique_ptr<Waiter, decltype(leave)> place(&waiter, leave);
  waiters_.push_back(&waiter);
  commit();
  if (!waiter.ended) {
    const bool ignored = co_await waiter.event.wait(deadline);
    static_cast<void>(ignored);
  }
  if (!waiter.ended) co_return late(deadline - began);
  co_return std::move(*waiter.ended);
}

// Everything that the threads still have to do comes before what is posted here.
void SqliteCore::stop() {
  stopped_ = true;
  timer_.cancel();
  std::vector<std::shared_ptr<const Batch>> batches;
  if (committing_) batches.push_back(committing_);
  if (!pending_.empty()) {
    auto last = std::make_shared<Batch>();
    last->number = ++last_number_;
    last->changes = std::exchange(pending_, {});
    batches.push_back(std::move(last));
  }
  asio::post(reader_.thread, [this] { reader_.tables.reset(); });
  reader_.thread.join();
  asio::post(writer_.thread, [this, batches, now = settings_.now()] {
    guarded([&] { write_rest(batches, now); });
    writer_.tables.reset();
  });
  writer_.thread.join();
  end_waiters(committed_number_, Result<void>{});
  end_waiters(last_number_ + 1, fail(Errc::unavailable, "the store has ended"));
}

void SqliteCore::write_rest(const std::vector<std::shared_ptr<const Batch>>& batches, WallTime now) {
  if (writer_.tables && !check_place(*writer_.tables)) writer_.tables.reset();
  if (!writer_.tables && !batches.empty()) {
    auto opened = SqliteTables::open(options(SqliteConnection::Access::write, damaged_));
    if (opened) writer_.tables = std::move(*opened);
  }
  if (!writer_.tables) return;
  for (const auto& batch : batches) {
    if (batch->number <= committed_number_) continue;
    const auto write = [&](SqliteTables& tables) {
      return write_batch(tables, *batch, now);
    };
    if (!run<bool>(writer_, Deadline::max(), write)) return;
  }
}

SqliteResult<void> SqliteCore::check_place(const SqliteTables& tables) {
  const SqliteConnection& connection = tables.connection();
  if (!connection.moved()) return {};
  return sqlite_failure(Kind::moved,
                        fmt::format("{} was moved or removed; it is opened anew", connection.path()));
}

}  // namespace xspamd
