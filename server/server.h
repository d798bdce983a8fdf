// Server: the process that scans. Owns the loop, the pool, the listeners and the sessions; one thread runs
// the loop and holds all mutable state, pool threads run pure functions. Stops on SIGTERM or SIGINT, or when
// its supervisor is gone: accepts no more, lets what runs end within server.grace, then answers the rest.
#pragma once

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/inherit.h"
#include "server/listener.h"
#include "server/memory_keeper.h"

namespace xspamd {

class Server {
 public:
  // Reads the configuration again; runs on a pool thread.
  using Reload = std::function<Planned()>;

  // `sockets` and `control` are taken over; control -1: no supervisor.
  Server(std::shared_ptr<const Plan> plan, std::vector<ListenSocket> sockets, int control, InFlight in_flight,
         Log& log, Reload reload);
  ~Server();

  // For listeners that speak TLS; before run().
  void use(std::shared_ptr<const TlsContext> tls) { context_.tls = std::move(tls); }

  // Runs until stopped; the exit status.
  int run();

 private:
  void ready();
  void watch_signals();
  void watch_supervisor();
  Task<> look_at_maps();
  Task<> look_at_lists();
  void begin_reload();
  Task<> reload();
  void reload_tls(const conf::Server& settings);
  void put_in_force(std::shared_ptr<const Plan> plan);
  void stop(std::string_view why);
  Task<> finish_stopping();
  std::string counters_line() const;

  // What coroutines refer to stands before the loop, which destroys those that have not ended.
  Log& log_;
  Pool pool_;
  InFlight in_flight_;
  Counters counters_;
  Admission admission_;
  Handler handler_;
  std::vector<char> buffer_;
  SessionContext context_;
  asio::io_context loop_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  asio::signal_set signals_;
  asio::posix::stream_descriptor control_;
  std::string addresses_;
  Reload read_configuration_;
  std::unique_ptr<MemoryKeeper> keeper_;  // goes before the loop
  bool reloading_ = false;
  bool reload_again_ = false;  // asked for while one ran
};

}  // namespace xspamd
