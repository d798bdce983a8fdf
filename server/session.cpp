#include "server/session.h"

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

namespace xspamd {

namespace {

constexpr std::string_view kOverload = "overload";
constexpr std::string_view kNoMemory = "no memory";
// Each piece of this size is written within limits.idle.
constexpr std::size_t kLargeReply = 64 * 1024;
// Reads in a row before others on the loop get their turn.
constexpr unsigned kReadBurst = 4;

}  // namespace

Session::Session(Socket socket, std::string peer, SessionContext& context,
                 const std::shared_ptr<const TlsContext>& tls)
    : socket_(std::move(socket)),
      watchdog_(socket_.get_executor()),
      peer_(std::move(peer)),
      context_(context),
      plan_(context.plan),
      place_(context.sessions.insert(context.sessions.end(), this)),
      holding_(context.admission),
      reader_(plan_->config.limits),
      tls_(tls ? std::make_unique<TlsStream>(*tls) : nullptr),
      ends_(Clock::now() + plan_->config.limits.session) {}

Session::~Session() {
  if (!closed_) context_.sessions.erase(place_);
}

Task<> Session::run() {
  // Input before the gate: who has sent nothing must not hold a place in the queue.
  co_await read_request();
  if (closed_) co_return;
  answering_ = true;
  co_await answer();
  watchdog_.cancel();
}

Task<> Session::read_request() {
  bool passed_gate = false;
  while (!reader_.done()) {
    set_deadline(std::min(Clock::now() + plan_->config.limits.idle, ends_));
    if (!passed_gate) {
      asio::error_code error;
      auto token = asio::redirect_error(asio::use_awaitable, error);
      co_await socket_.async_wait(Socket::wait_read, token);
      if (error) {
        reader_.end(Reader::End::idle);
        break;
      }
      passed_gate = true;
      queue_until_ = std::min(Clock::now() + plan_->config.limits.queue, ends_);
      queued_ = true;
      const bool admitted = co_await holding_.pass_gate(queue_until_);
      queued_ = false;
      if (!admitted && unavailable_.empty()) unavailable_ = kOverload;
      set_deadline(std::min(Clock::now() + plan_->config.limits.idle, ends_));
    }
    if (reader_.behind()) {
      co_await take_turn();
      reader_.catch_up();
    } else {
      const Input input = co_await read_some();
      if (input == Input::end) reader_.end(Reader::End::input);
      if (input == Input::timeout) reader_.end(Reader::End::idle);
      if (input != Input::bytes) break;
      mark_active();
      reader_.feed(pending_);
    }
    if (reader_.out_of_memory() && unavailable_.empty()) unavailable_ = kNoMemory;
    // Without a scan to come only the head matters: the body is drained without being kept.
    if (!unavailable_.empty()) reader_.forget_body();
    holding_.tell(reader_.held());
    // Who is complete grows no more, and who is drained holds nothing to speak of.
    if (reader_.done() || !unavailable_.empty()) continue;
    const Deadline until = std::min(Clock::now() + plan_->config.limits.queue, ends_);
    const bool room = co_await holding_.wait_for_memory(until);
    if (room) continue;
    if (unavailable_.empty()) unavailable_ = kOverload;
    reader_.forget_body();
    holding_.tell(reader_.held());
  }
}

// Lets others on the loop go first.
Task<> Session::take_turn() {
  const auto executor = socket_.get_executor();
  co_await asio::post(executor, asio::use_awaitable);
}

// Leaves what came in pending_, decrypted. Nothing may be left of what only concerned TLS.
Task<Session::Input> Session::read_some() {
  if (tls_ && tls_->ended()) {
    input_ended_ = true;
    co_return Input::end;
  }
  const Input input = co_await read_bytes();
  if (!tls_ || input != Input::bytes) co_return input;
  plain_.clear();
  const bool fine = tls_->feed(pending_, plain_);
  pending_ = plain_;
  const std::string answer = tls_->take_output();
  asio::error_code error;
  co_await send(answer, error);
  if (fine && !error) co_return Input::bytes;
  input_ended_ = true;
  co_return Input::end;
}

Task<> Session::send(std::string_view bytes, asio::error_code& error) {
  if (bytes.empty()) co_return;
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await asio::async_write(socket_, buffer, token);
}

// As it comes from the network.
Task<Session::Input> Session::read_bytes() {
  bool yield = ++reads_ % kReadBurst == 0;
  for (;;) {
    asio::error_code waited;
    auto token = asio::redirect_error(asio::use_awaitable, waited);
    if (yield) {
      co_await socket_.async_wait(Socket::wait_read, token);
    }
    if (waited && expired()) co_return Input::timeout;
    yield = true;
    asio::error_code error;
    const std::size_t count =
        socket_.read_some(asio::buffer(context_.buffer.data(), context_.buffer.size()), error);
    pending_ = {context_.buffer.data(), count};
    if (!error && count > 0) co_return Input::bytes;
    if (error != asio::error::would_block && error != asio::error::try_again) {
      input_ended_ = true;
      co_return Input::end;
    }
    if (expired()) co_return Input::timeout;
  }
}

Task<> Session::answer() {
  Asked asked;
  asked.incoming = reader_.take();
  asked.size = reader_.received();
  asked.peer = peer_;
  asked.queue_until = std::min(queue_until_, ends_);
  asked.has_head = reader_.has_head();
  asked.unavailable = unavailable_;
  auto plan = plan_;
  const std::string reply = co_await context_.handler.answer(std::move(asked), std::move(plan));
  // Mail that is given back can be as large as what came, and its client slow to take it.
  holding_.tell(reply.size() > kLargeReply ? reply.size() : 0);
  co_await write(reply);
  holding_.release();
  co_await drain();
}

Task<> Session::write(const std::string& reply) {
  const auto idle = plan_->config.limits.idle;
  const Deadline until = std::max(Clock::now() + idle, ends_);
  asio::error_code error;
  for (std::size_t at = 0; at < reply.size() && !error; at += kLargeReply) {
    set_deadline(std::min(Clock::now() + idle, until));
    const std::string_view piece = std::string_view(reply).substr(at, kLargeReply);
    if (tls_ && !tls_->write(piece)) break;
    const std::string sealed = tls_ ? tls_->take_output() : std::string();
    const std::string_view bytes = tls_ ? sealed : piece;
    co_await send(bytes, error);
  }
  if (tls_ && !error) {
    tls_->finish();
    const std::string sealed = tls_->take_output();
    co_await send(sealed, error);
  }
  if (error) ++context_.counters.clients_gone;
  asio::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

Task<> Session::drain() {
  set_deadline(Clock::now() + plan_->config.limits.idle);
  while (!input_ended_ && !expired()) {
    const Input input = co_await read_some();
    if (input != Input::bytes) break;
  }
}

bool Session::silent() const {
  asio::error_code ignored;
  return !reader_.started() && !answering_ && socket_.available(ignored) == 0;
}

void Session::hurry(std::string_view why) {
  if (answering_) return;
  unavailable_ = why;
  queued_ = false;
  idle_since_ = Clock::now();
  holding_.give_up();
  set_deadline(Clock::now());
  asio::error_code ignored;
  socket_.cancel(ignored);
}

void Session::close() {
  closed_ = true;
  context_.sessions.erase(place_);
  asio::error_code ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.cancel(ignored);
}

void Session::mark_active() {
  if (closed_) return;
  idle_since_ = Clock::now();
  context_.sessions.splice(context_.sessions.end(), context_.sessions, place_);
}

void Session::set_deadline(Deadline deadline) {
  deadline_ = deadline;
  // The watchdog looks again when it wakes; it needs arming only to wake earlier.
  if (deadline < armed_for_) watch();
}

void Session::watch() {
  armed_for_ = deadline_;
  watchdog_.expires_at(deadline_);
  watchdog_.async_wait([weak = weak_from_this()](const asio::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->armed_for_ = Deadline::max();
    if (!self->expired()) return self->watch();
    asio::error_code ignored;
    self->socket_.cancel(ignored);
  });
}

}  // namespace xspamd
