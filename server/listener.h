// Listener: accepts on one inherited or opened socket, TCP or unix, and starts a Session for each connection.
// Peers outside server.allow are closed at once (unix peers are always local). At limits.connections, or
// without a descriptor left, the connection that has been idle longest without a complete head makes room;
// who waits for a scan to begin is never closed for that, but answered earlier. Loop thread.
#pragma once

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include "server/session.h"
#include "server/sockets.h"

namespace xspamd {

class Listener {
 public:
  // Takes over the socket's descriptor.
  Listener(asio::io_context& loop, ListenSocket socket, SessionContext& context);

  void start();
  void stop();  // closes the socket; idempotent

 private:
  Task<> accept_loop();
  void accept_ready();
  void begin(int fd, std::string peer);
  void tell_not_allowed(std::string_view peer);
  void tell_cannot_accept(int error);
  bool make_room();

  asio::io_context& loop_;
  std::string address_;
  bool is_unix_;
  bool is_tls_;
  asio::posix::stream_descriptor socket_;
  SessionContext& context_;
  Deadline quiet_until_{};
  Deadline no_descriptors_quiet_until_{};
};

}  // namespace xspamd
