#include "rules/store/redis_connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <cerrno>
#include <utility>

#include "proto/base/text.h"
#include "rules/io/guarded.h"

namespace xspamd {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPiece = 64 * 1024;  // read at once
constexpr int kPiecesATurn = 16;           // before others on the loop have theirs
constexpr Clock::time_point kNotYet{};
constexpr std::size_t kMostSent = 100'000;
constexpr std::size_t kMostBytes = 64 * 1024 * 1024;  // not yet written
constexpr std::size_t kMostTold = 200;                // bytes of a server's error

}  // namespace

RedisConnection::RedisConnection(const asio::any_io_executor& loop, Target target, Events events)
    : loop_(loop), target_(std::move(target)), events_(std::move(events)), socket_(loop) {}

std::string RedisConnection::failed(std::string_view what, const asio::error_code& error) const {
  return fmt::format("{}: {}{}", conf::shown(target_.address), what, error.message());
}

bool RedisConnection::is_full() const {
  return sent_.size() >= kMostSent || out_.size() - written_ >= kMostBytes;
}

void RedisConnection::start() {
  asio::post(loop_, [self = shared_from_this()] {
    guarded([&] {
      if (self->state_ == State::opening) self->resolve();
    });
  });
}

void RedisConnection::resolve() {
  const conf::Address& address = target_.address;
  asio::error_code error;
  if (!address.path.empty()) {
    endpoints_.emplace_back(asio::local::stream_protocol::endpoint(address.path));
    return connect_next("no socket");
  }
  const auto ip = asio::ip::make_address(address.host, error);
  if (!error) {
    endpoints_.emplace_back(asio::ip::tcp::endpoint(ip, address.port));
    return connect_next("no address");
  }
  resolver_.emplace(loop_);
  resolver_->async_resolve(
      address.host, std::to_string(address.port),
      [self = shared_from_this()](asio::error_code failure, asio::ip::tcp::resolver::results_type found) {
        guarded([&] {
          if (self->state_ != State::opening) return;
          for (const auto& one : found)
            self->endpoints_.insert(self->endpoints_.begin(), Endpoint(one.endpoint()));
          self->connect_next(self->failed("", failure));
        });
      });
}

// `why`: what to tell when no address is left to be tried.
void RedisConnection::connect_next(std::string why) {
  if (endpoints_.empty()) return close(std::move(why));
  const Endpoint endpoint = endpoints_.back();
  endpoints_.pop_back();
  asio::error_code ignored;
  socket_.close(ignored);
  socket_.async_connect(endpoint, [self = shared_from_this()](asio::error_code error) {
    guarded([&] {
      if (self->state_ != State::opening) return;
      if (error) return self->connect_next(self->failed("", error));
      self->greet();
    });
  });
}

void RedisConnection::greet() {
  asio::error_code ignored;
  socket_.non_blocking(true, ignored);
  if (target_.address.path.empty()) {
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  }
  heard_ = Clock::now();
  for (const Greeting& greeting : target_.greetings) {
    sent_.push_back({nullptr, kNotYet});
    out_ += greeting.bytes;
  }
  if (sent_.empty()) {
    state_ = State::open;
    events_.opened({});
  }
  wait_readable();
  write();
}

void RedisConnection::on_greeted(RespValue reply) {
  const Greeting& greeting = target_.greetings[greeted_.size()];
  if (reply.is_error() && !greeting.may_fail)
    return close(
        fmt::format("{}: {}", conf::shown(target_.address), printable(cut_utf8(reply.text, kMostTold))));
  greeted_.push_back(std::move(reply));
  if (greeted_.size() < target_.greetings.size()) return;
  state_ = State::open;
  events_.opened(std::move(greeted_));
}

void RedisConnection::send(RedisRequestPtr request) {
  out_ += request->bytes;
  sent_.push_back({std::move(request), kNotYet});
  write_soon();
}

// Once for all that is sent in this turn of the loop.
void RedisConnection::write_soon() {
  if (write_is_posted_ || waits_writable_) return;
  write_is_posted_ = true;
  asio::post(loop_, [self = shared_from_this()] {
    self->write_is_posted_ = false;
    guarded([&] { self->write(); });
  });
}

void RedisConnection::write() {
  asio::error_code error;
  const Clock::time_point now = Clock::now();
  for (auto sent = sent_.rbegin(); sent != sent_.rend() && sent->at == kNotYet; ++sent)
    sent->at = now;
  while (state_ != State::closed && written_ < out_.size()) {
    written_ += socket_.write_some(asio::buffer(out_.data() + written_, out_.size() - written_), error);
    if (error == asio::error::would_block || error == asio::error::try_again) return wait_writable();
    if (error && error != asio::error::interrupted) return close(failed("", error));
  }
  if (written_ == out_.size()) {
    out_.clear();
    written_ = 0;
  }
}

void RedisConnection::wait_writable() {
  if (waits_writable_) return;
  waits_writable_ = true;
  socket_.async_wait(asio::socket_base::wait_write, [self = shared_from_this()](asio::error_code error) {
    self->waits_writable_ = false;
    guarded([&] {
      if (!error) self->write();
    });
  });
}

void RedisConnection::wait_readable() {
  if (state_ == State::closed) return;
  socket_.async_wait(asio::socket_base::wait_read, [self = shared_from_this()](asio::error_code error) {
    guarded([&] {
      if (error || self->state_ == State::closed) return;
      self->read();
      self->wait_readable();
    });
  });
}

void RedisConnection::read() {
  std::array<char, kPiece> piece;
  for (int i = 0; i < kPiecesATurn && state_ != State::closed; ++i) {
    asio::error_code error;
    const std::size_t size = socket_.read_some(asio::buffer(piece), error);
    if (error == asio::error::would_block || error == asio::error::try_again) return;
    if (error == asio::error::interrupted) continue;
    if (error == asio::error::eof)
      return close(fmt::format("{}: the server closed the connection", conf::shown(target_.address)));
    if (error) return close(failed("", error));
    heard_ = Clock::now();
    const auto fed = reader_.feed({piece.data(), size});
    if (!fed) return close(fmt::format("{}: {}", conf::shown(target_.address), fed.error().sentence));
    if (!deliver()) return;
    if (size < piece.size()) return;
  }
}

// False: the connection has ended.
bool RedisConnection::deliver() {
  while (state_ != State::closed) {
    auto reply = reader_.next();
    if (reply && !*reply) return true;
    if (!reply || sent_.empty()) {
      close(fmt::format("{}: {}", conf::shown(target_.address),
                        reply ? "an answer that nobody asked for" : reply.error().sentence));
      return false;
    }
    RedisRequestPtr request = std::move(sent_.front().request);
    sent_.pop_front();
    if (request) {
      events_.answered(std::move(request), std::move(**reply));
    } else {
      on_greeted(std::move(**reply));
    }
  }
  return false;
}

// Late twice: after a loop that was held up, what has come meanwhile is read first.
void RedisConnection::tick() {
  const bool is_answered = state_ == State::open && sent_.empty();
  const bool is_unwritten = !sent_.empty() && sent_.front().at == kNotYet;
  if (state_ == State::closed || is_answered || is_unwritten) return;
  const auto since = sent_.empty() ? heard_ : std::max(heard_, sent_.front().at);
  const bool was_late = std::exchange(is_late_, Clock::now() - since >= target_.patience);
  if (was_late && is_late_)
    close(fmt::format("{}: no answer within {} ms", conf::shown(target_.address), target_.patience.count()));
}

void RedisConnection::close(std::string why) {
  if (state_ == State::closed) return;
  const auto self = shared_from_this();
  std::deque<RedisRequestPtr> unanswered;
  for (Sent& sent : sent_)
    if (sent.request) unanswered.push_back(std::move(sent.request));
  const auto closed = std::move(events_.closed);
  abandon();
  closed(std::move(why), std::move(unanswered));
}

void RedisConnection::abandon() {
  state_ = State::closed;
  asio::error_code ignored;
  if (resolver_) resolver_->cancel();
  socket_.close(ignored);
  sent_.clear();
  out_.clear();
  written_ = 0;
}

void RedisConnection::drain(Deadline deadline) {
  const auto self = shared_from_this();
  while (state_ == State::open && !sent_.empty()) {
    write();
    if (state_ != State::open) return;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (left <= milliseconds::zero()) return;
    const short events = static_cast<short>(written_ < out_.size() ? POLLIN | POLLOUT : POLLIN);
    pollfd one{socket_.native_handle(), events, 0};
    if (::poll(&one, 1, static_cast<int>(left.count())) < 0 && errno != EINTR) return;
    if ((one.revents & ~POLLOUT) != 0) read();
  }
}

}  // namespace xspamd
