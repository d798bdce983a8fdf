#include "server/client/exchange.h"

#include <poll.h>

#include <algorithm>

namespace xspamd::client {

namespace {

void drop_front(Pieces& pieces, std::size_t bytes) {
  for (std::string_view& piece : pieces) {
    const std::size_t dropped = std::min(bytes, piece.size());
    piece.remove_prefix(dropped);
    bytes -= dropped;
  }
}

// The events without which no more can be sent. 0 when there is nothing more to send: all has gone, or the
// server takes no more, and may have said why.
short send_some(Connection& connection, Pieces& pieces) {
  const Moved sent = connection.send(pieces);
  if (sent.bytes == 0) return sent.events;
  drop_front(pieces, sent.bytes);
  if (!pieces[0].empty() || !pieces[1].empty()) return POLLOUT;
  connection.end_sending();
  return 0;
}

// The events without which no more can be received.
short receive(Connection& connection, ReplyReader& reply) {
  std::array<char, 16'384> buffer;
  const Moved got = connection.receive(buffer);
  if (got.bytes > 0)
    reply.feed(std::string_view(buffer.data(), got.bytes));
  else if (got.events == 0)
    reply.end();
  return got.events == 0 ? POLLIN : got.events;
}

}  // namespace

// In TLS either direction may have to wait for the other one's events. Receiving comes first: what it takes
// in may be what sending waits for.
Result<void> exchange(Connection& connection, Pieces request, ReplyReader& reply, Clock::time_point until) {
  short to_send = POLLOUT;  // 0: nothing more
  short to_receive = POLLIN;
  while (!reply.done()) {
    const auto events = static_cast<short>(POLLIN | to_send | to_receive);
    const short ready = connection.has_more() ? POLLIN : wait_for(connection.fd(), events, until);
    if (ready == 0) return fail(Errc::limit, "no answer within the time limit (-t)");
    if ((ready & ~POLLOUT) != 0 || (ready & to_receive) != 0) to_receive = receive(connection, reply);
    if (!reply.done() && (ready & to_send) != 0) to_send = send_some(connection, request);
  }
  return {};
}

}  // namespace xspamd::client
