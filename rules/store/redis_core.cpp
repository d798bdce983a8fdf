#include "rules/store/redis_core.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/io/guarded.h"
#include "rules/io/random.h"

namespace xspamd {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{100};
constexpr milliseconds kWritePatience{2'000};  // with a cluster that is changing, before it counts as trouble

tl::unexpected<Error> late(Clock::duration waited) {
  const auto whole = std::max(std::chrono::ceil<milliseconds>(waited), milliseconds(0));
  return fail(Errc::unavailable, fmt::format("the store gives no answer within {} ms", whole.count()));
}

}  // namespace

RedisCore::RedisCore(const asio::any_io_executor& loop, RedisStore::Settings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      keys_(settings_.url.prefix),
      client_(fmt::format("{:016x}", Random().next64())),
      backlog_(settings_.url.kind == conf::RedisUrl::Kind::cluster, settings_.most_pending),
      back_off_(settings_.first_retry),
      timer_(loop) {}

void RedisCore::start() {
  const auto on_change = [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_change();
  };
  nodes_ = std::make_shared<RedisNodes>(
      loop_, RedisNodes::Settings{settings_.url, settings_.patience, settings_.first_retry,
                                  settings_.last_retry, on_change});
  nodes_->start();
  arm();
}

void RedisCore::stop() {
  retry_at_ = {};
  write();
  nodes_->drain(Clock::now() + settings_.at_end);
  stopped_ = true;
  timer_.cancel();
  nodes_->stop();
  wake_waiters();
}

void RedisCore::accepted() {
  if (stopped_ || backlog_.empty()) return;
  write_at_ = std::min(write_at_, Clock::now() + settings_.write_every);
  arm();
}

std::string RedisCore::seconds_for_script() const {
  if (!settings_.now) return {};
  return std::to_string(std::chrono::floor<std::chrono::seconds>(settings_.now()).time_since_epoch().count());
}

std::string RedisCore::microseconds_for_script() const {
  if (!settings_.now) return {};
  return std::to_string(
      std::chrono::floor<std::chrono::microseconds>(settings_.now()).time_since_epoch().count());
}

void RedisCore::write() {
  if (stopped_ || (!writes_fail_.empty() && Clock::now() < retry_at_)) return;
  write_at_ = Clock::time_point::max();
  const auto can_take = [this](std::uint16_t slot) {
    return nodes_->can_take(slot);
  };
  for (const RedisBatchPtr& batch : backlog_.take(can_take))
    send(batch);
}

std::string RedisCore::write_command(const RedisBatch& batch) const {
  const std::string now = seconds_for_script();
  const RedisWrites writes{batch.tag, client_, batch.number, now};
  return redis_write(keys_, writes, batch.changes).bytes;
}

void RedisCore::send(const RedisBatchPtr& batch) {
  auto request = std::make_shared<RedisRequest>();
  request->bytes = write_command(*batch);
  request->slot = batch->slot;
  request->deadline = Clock::now() + kWritePatience;
  const std::weak_ptr<RedisCore> weak = weak_from_this();
  request->done = [weak, batch](const Result<RespValue>& reply) {
    if (const auto self = weak.lock()) self->on_written(batch, reply);
  };
  // Nothing of it was done: with its old number it might be taken for done after a later one.
  request->renew = [weak, batch](RedisRequest& again) {
    const auto self = weak.lock();
    if (!self) return;
    self->backlog_.renumber(*batch);
    again.bytes = self->write_command(*batch);
  };
  nodes_->submit(request);
}

void RedisCore::on_written(const RedisBatchPtr& batch, const Result<RespValue>& reply) {
  if (!reply) {
    backlog_.broken(*batch);
  } else if (reply->is_error()) {
    backlog_.refused(*batch);
    on_refused(*reply);
  } else {
    backlog_.done(*batch);
    writes_fail_.clear();
    back_off_ = settings_.first_retry;
    backlog_.forget_losses();
    if (reply->integer > 0) backlog_.lose(static_cast<std::uint64_t>(reply->integer));
  }
  wake_waiters();
  arm();
}

void RedisCore::on_refused(const RespValue& reply) {
  const auto now = Clock::now();
  if (!writes_fail_.empty() && now < retry_at_) return;  // of the same attempt
  writes_fail_ = redis_refusal(reply).value().sentence;
  retry_at_ = now + back_off_;
  back_off_ = std::min(back_off_ * 2, settings_.last_retry);
}

void RedisCore::on_change() {
  if (stopped_) return;
  write();
  wake_waiters();
  arm();
}

void RedisCore::wake_waiters() {
  for (Event* waiter : waiters_)
    waiter->signal();
}

RedisCore::CallPtr RedisCore::begin(std::span<const RedisCommand> commands, const std::string* server,
                                    Deadline deadline) {
  auto call = std::make_shared<Call>(loop_);
  call->missing = commands.size();
  call->replies.resize(commands.size());
  for (std::size_t i = 0; i < commands.size() && !call->failed; ++i) {
    auto request = std::make_shared<RedisRequest>();
    request->bytes = commands[i].bytes;
    request->slot = commands[i].slot;
    request->deadline = deadline;
    request->done = [call, i](Result<RespValue> reply) {
      --call->missing;
      if (reply) {
        call->replies[i] = std::move(*reply);
      } else if (!call->failed) {
        call->failed = std::move(reply.error());
      }
      if (call->missing == 0 || call->failed) call->event.signal();
    };
    if (server != nullptr) {
      nodes_->submit_to(*server, request);
    } else {
      nodes_->submit(request);
    }
  }
  return call;
}

Task<Result<RedisCore::Replies>> RedisCore::end(CallPtr call, Deadline deadline) {
  const auto began = Clock::now();
  while (call->missing > 0 && !call->failed) {
    const bool signalled = co_await call->event.wait(deadline);
    if (!signalled) break;
  }
  if (call->failed) co_return tl::unexpected(std::move(*call->failed));
  if (call->missing > 0) co_return late(Clock::now() - began);
  co_return std::move(call->replies);
}

Task<Result<RedisCore::Replies>> RedisCore::ask(std::vector<RedisCommand> commands, Deadline deadline) {
  if (stopped_) co_return fail(Errc::unavailable, "the store has ended");
  if (commands.empty()) co_return Replies();
  if (Clock::now() >= deadline) co_return late({});
  write();
  const CallPtr call = begin(commands, nullptr, deadline);
  arm();
  co_return co_await end(call, deadline);
}

Task<Result<RespValue>> RedisCore::ask_server(std::string server, std::string command, Deadline deadline) {
  if (stopped_) co_return fail(Errc::unavailable, "the store has ended");
  if (Clock::now() >= deadline) co_return late({});
  write();
  const std::vector<RedisCommand> commands{{std::move(command), 0}};
  const CallPtr call = begin(commands, &server, deadline);
  arm();
  auto replies = co_await end(call, deadline);
  if (!replies) co_return tl::unexpected(std::move(replies.error()));
  if (replies->at(0).is_error()) co_return redis_refusal(replies->at(0));
  co_return std::move(replies->at(0));
}

std::string RedisCore::refusal() const {
  if (stopped_) return "the store has ended";
  return writes_fail_.empty() ? nodes_->trouble() : writes_fail_;
}

// One who waits for a change: in the frame of its coroutine.
struct RedisCore::Waiting {
  explicit Waiting(RedisCore& waited_for)
      : core(waited_for), event(core.loop_), place(core.waiters_.insert(core.waiters_.end(), &event)) {}
  ~Waiting() { core.waiters_.erase(place); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  RedisCore& core;
  Event event;
  const std::list<Event*>::iterator place;
};

Task<Result<void>> RedisCore::written(Deadline deadline) {
  const auto began = Clock::now();
  const std::uint64_t order = backlog_.last_order();
  write();
  arm();
  Waiting waiting(*this);
  while (backlog_.first_order() <= order) {
    if (const std::string why = refusal(); !why.empty()) co_return fail(Errc::unavailable, why);
    const bool signalled = co_await waiting.event.wait(deadline);
    if (!signalled) co_return late(Clock::now() - began);
  }
  co_return Result<void>{};
}

Task<Result<std::vector<std::string>>> RedisCore::servers(Deadline deadline) {
  const auto began = Clock::now();
  Waiting waiting(*this);
  while (!stopped_ && nodes_->is_looking()) {
    const bool signalled = co_await waiting.event.wait(deadline);
    if (!signalled) co_return late(Clock::now() - began);
  }
  co_return nodes_->servers();
}

void RedisCore::arm() {
  if (stopped_ || timer_is_armed_) return;
  if (!nodes_->is_busy() && !backlog_.has_waiting()) return;
  timer_is_armed_ = true;
  timer_.expires_after(std::min(kTick, settings_.write_every));
  timer_.async_wait([weak = weak_from_this()](asio::error_code) {
    guarded([&] {
      if (const auto self = weak.lock()) self->tick();
    });
  });
}

void RedisCore::tick() {
  timer_is_armed_ = false;
  if (stopped_) return;
  nodes_->tick();
  const auto now = Clock::now();
  if (now >= write_at_ || (!writes_fail_.empty() && now >= retry_at_)) write();
  arm();
}

std::string RedisCore::trouble() const {
  const std::string down = nodes_->trouble();
  const std::string why = down.empty() ? writes_fail_ : down;
  const std::uint64_t lost = backlog_.lost();
  if (why.empty() && lost == 0) return {};
  if (lost == 0) return fmt::format("store {}", why);
  return fmt::format("store {}; {} changes were lost",
                     why.empty() ? "redis: changes come faster than they can be written" : why, lost);
}

}  // namespace xspamd
