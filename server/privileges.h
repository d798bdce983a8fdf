// Privileges: which identity the server takes (server.user, server.group), and taking it for good.
// Looked up before sockets and files are opened for it, dropped to after everything that needs root was
// read. One thread: the identity of a process is changed before its threads start.
#pragma once

#include <sys/types.h>

#include <string>

#include "conf/config.h"
#include "proto/base/result.h"

namespace xspamd {

struct Identity {
  bool change = false;  // false: keep what we have
  uid_t uid = 0;
  gid_t gid = 0;
  std::string user;     // for its supplementary groups
  std::string warning;  // a sentence for the log, or empty
};

// Started by another user than root there is nothing to change. A user or group that does not exist is an
// Error (exit status 78) that says how to create it; the user "root" is a warning.
Result<Identity> find_identity(const conf::Server& server);

// Takes the identity, cannot gain anything by exec from here on, and leaves no core file with mail in it.
// Fails when the system refuses or root could be regained: then the process must end.
Result<void> drop_to(const Identity& identity);

// For commands that open the server's files: who does it as root could leave files beside them that the
// server cannot open. Nothing is done where another user than root runs the command.
Result<void> become_server(const conf::Server& server);

// The same for a while: until it goes, root acts as the server's user. Threads that run act so too.
class ActingServer {
 public:
  explicit ActingServer(const conf::Server& server);
  ~ActingServer();
  ActingServer(const ActingServer&) = delete;
  ActingServer& operator=(const ActingServer&) = delete;

 private:
  bool acting_ = false;
  gid_t group_ = 0;
};

// The soft limit of open files becomes the hard one; a refusal leaves it.
void raise_file_limit();

}  // namespace xspamd
