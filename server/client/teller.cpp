#include "server/client/teller.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <thread>
#include <utility>

namespace xspamd::client {

namespace {

using Outcome = Told::Outcome;

// Head and message, of each what is still to be sent.
using Pieces = std::array<std::string_view, 2>;

void drop_front(Pieces& pieces, std::size_t bytes) {
  for (std::string_view& piece : pieces) {
    const std::size_t dropped = std::min(bytes, piece.size());
    piece.remove_prefix(dropped);
    bytes -= dropped;
  }
}

// In one call, so that a small message is not held back until its head has been acknowledged. False when
// there is nothing more to send: all has gone, or the server takes no more, and may have said why.
bool send_some(int fd, Pieces& pieces) {
  std::array<iovec, 2> parts;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    parts[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
  msghdr header{};
  header.msg_iov = parts.data();
  header.msg_iovlen = parts.size();
  const ssize_t sent = ::sendmsg(fd, &header, MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  drop_front(pieces, static_cast<std::size_t>(sent));
  if (!pieces[0].empty() || !pieces[1].empty()) return true;
  ::shutdown(fd, SHUT_WR);
  return false;
}

void receive(int fd, TellReplyReader& reply) {
  std::array<char, 4096> buffer;
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got > 0)
    reply.feed(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  else if (got == 0 || (errno != EAGAIN && errno != EINTR))
    reply.end();
}

// An answer may come before all has been sent: a server need not read what it refuses.
Result<TellReply> exchange(int fd, Pieces pieces, Clock::time_point until) {
  TellReplyReader reply;
  bool sending = true;
  while (!reply.done()) {
    const short ready = wait_for(fd, static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), until);
    if (ready == 0) return fail(Errc::limit, "no answer within the time limit (-t)");
    if (sending && (ready & POLLOUT) != 0) sending = send_some(fd, pieces);
    if ((ready & ~POLLOUT) != 0) receive(fd, reply);
  }
  return reply.take();
}

}  // namespace

Told understood(Lesson lesson, const TellReply& reply) {
  if (reply.code != 0) return {Outcome::refused, fmt::format("{} {}", reply.code, reply.text)};
  if (lesson == Lesson::forget) return {reply.did_remove ? Outcome::forgotten : Outcome::unchanged, ""};
  return {reply.did_set ? Outcome::learned : Outcome::unchanged, ""};
}

Result<void> Teller::resolve() {
  auto addresses = client::resolve(options_.endpoint);
  if (!addresses) return tl::unexpected<Error>(addresses.error());
  addresses_ = std::move(*addresses);
  return {};
}

Result<UniqueFd> Teller::connect(Clock::time_point until) {
  for (int tries = 1;; ++tries) {
    auto fd = connect_to(addresses_, until);
    if (fd) was_reached_ = true;
    if (fd || !was_reached_ || tries == kMostTries || Clock::now() + kPause >= until) return fd;
    std::this_thread::sleep_for(kPause);
  }
}

Told Teller::tell(std::string_view message) {
  const Clock::time_point until = Clock::now() + options_.timeout;
  const auto fd = connect(until);
  if (!fd) return {Outcome::unreachable, fd.error().sentence};
  const std::string head = tell_head(options_.lesson, options_.user, message.size());
  const auto reply = exchange(fd->get(), {head, message}, until);
  if (!reply) return {Outcome::failed, reply.error().sentence};
  return understood(options_.lesson, *reply);
}

}  // namespace xspamd::client
