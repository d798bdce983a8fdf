// Opens the listening sockets of server.listen: "127.0.0.1:11333", "[::1]:11333" (IPv6 alone, never mapped
// IPv4), "0.0.0.0:1", "tls:[::1]:784", "localhost:783" (both loopback addresses, ::1 where there is one) and
// "unix:/path". Other names are refused: a name server must not decide where we listen. Port 0 takes a free
// one. A default address that the machine lacks becomes a line in `notes`; everything else that cannot be
// bound is an Error that says who has it. Start-up only, one thread: it changes the umask for a moment.
#pragma once

#include <string>
#include <vector>

#include "conf/config.h"
#include "proto/base/result.h"

namespace xspamd {

// The descriptor is owned by whoever holds the list. Close-on-exec and non-blocking are set.
struct ListenSocket {
  std::string address;  // as bound: "127.0.0.1:11333", "[::1]:11333", "tls:127.0.0.1:783", "unix:/path"
  int fd = -1;

  bool is_unix() const { return address.starts_with("unix:"); }
  bool is_tls() const { return address.starts_with("tls:"); }
};

// All of them, at least one, listening; on failure none is left open and no socket file is left behind.
Result<std::vector<ListenSocket>> open_sockets(const conf::Server& server, std::vector<std::string>& notes);

// Removes the files of unix sockets, for the clean end; call it while they are still open, since another
// process may take the path as soon as nobody answers there. What is no socket is left alone.
void remove_unix_sockets(const std::vector<ListenSocket>& sockets);

// Closes the descriptors and empties the list.
void close_sockets(std::vector<ListenSocket>& sockets);

}  // namespace xspamd
