// The supervisor: holds the listening sockets, starts the program again as the server with them inherited,
// and restarts a server that died, so that a crash refuses no connection. It is the process that a service
// manager knows, keeps the identity it was started with, has one thread, and does nothing but wait.
// The server says 'R' (ready) and 'D' (draining) on the control socket; its end tells either side that the
// other died: the server then drains and exits. SIGHUP is passed on, SIGTERM and SIGINT stop both.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "server/inherit.h"
#include "server/sockets.h"

namespace xspamd {

struct SupervisorOptions {
  std::vector<std::string> argv;      // of the server, as main got it
  std::vector<ListenSocket> sockets;  // supervise() closes them and removes the unix ones' files
  std::size_t inflight_slots = 0;     // queue ids to remember
  std::chrono::milliseconds grace{};  // what the server may take to drain
  std::string pid_file;               // empty: none
  std::function<void(int level, std::string line)>
      log;                                 // level as in syslog(3): LOG_ERR, LOG_WARNING, LOG_INFO
  std::string program = "/proc/self/exe";  // what is run; for tests
};

// Runs until it is told to stop, then returns the exit status of the program: 0, or that of a first server
// that ended before it was ready (128 + signal when it was killed). Must be called before there are threads.
int supervise(const SupervisorOptions& options);

// The server's side: tells one byte, 'R' or 'D'. Without a supervisor (-1, or it died) nothing happens.
void tell_supervisor(int control, char byte);

}  // namespace xspamd
