// DnsServer: one server of a Resolver: its channels, its health, ids and letter case of what it is asked.
// UDP questions take a new port after every thousand, so that a forger must find the port too. Loop thread
// only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rules/io/ares.h"
#include "rules/io/dns_health.h"
#include "rules/io/random.h"

namespace xspamd {

class DnsServer {
 public:
  struct Settings {
    conf::Address address;
    std::chrono::milliseconds patience;  // how long an answer may come late
  };

  // Throws std::runtime_error when c-ares cannot be set up. `random` and `ended` must outlive it.
  DnsServer(const asio::any_io_executor& executor, const Settings& settings, Random& random,
            const std::function<void(AresEnd)>& ended);

  // Every question ends once, with its ticket. False, and it does not, when too many are under way.
  bool ask(const dns::Question& question, AresChannel::Transport transport, std::uint64_t ticket);

  // To be called about once a second while questions are under way or the server is suspect.
  void tick();

  std::size_t under_way() const;
  bool down() const { return health_.down(Clock::now()); }
  bool suspect() const { return health_.suspect(); }
  bool ever_heard() const { return health_.ever_heard(); }
  std::string name() const;  // "127.0.0.1:53", "[::1]:53"

 private:
  AresChannel& channel_for(AresChannel::Transport transport);

  const asio::any_io_executor executor_;
  const Settings settings_;
  Random& random_;
  DnsHealth health_;
  AresEvents events_;
  std::unique_ptr<AresChannel> udp_;
  std::unique_ptr<AresChannel> tcp_;
  std::vector<std::unique_ptr<AresChannel>> retired_;  // asked no more, waiting for their last answers
  unsigned asked_on_port_ = 0;
};

}  // namespace xspamd
