#include "server/client/exchange.h"

#include <poll.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace xspamd::client {

namespace {

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

void receive(int fd, ReplyReader& reply) {
  std::array<char, 16'384> buffer;
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got > 0)
    reply.feed(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  else if (got == 0 || (errno != EAGAIN && errno != EINTR))
    reply.end();
}

}  // namespace

Result<void> exchange(int fd, Pieces request, ReplyReader& reply, Clock::time_point until) {
  bool sending = true;
  while (!reply.done()) {
    const short ready = wait_for(fd, static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), until);
    if (ready == 0) return fail(Errc::limit, "no answer within the time limit (-t)");
    if (sending && (ready & POLLOUT) != 0) sending = send_some(fd, request);
    if ((ready & ~POLLOUT) != 0) receive(fd, reply);
  }
  return {};
}

}  // namespace xspamd::client
