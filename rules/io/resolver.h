// Resolver: the Dns of a running server, on one loop. Asks the configured servers in their order, each for
// dns.timeout, round after round; believes what repeats the question exactly; follows CNAMEs (RFC 1034
// §3.6.2) up to 16 links; joins equal questions; keeps answers for their TTL (RFC 2308 for the negative
// ones). A server that says nothing at all is asked once a second until it does; when all are so, every
// answer is `unknown` at once. Loop thread only. When it is destroyed, who waits gets `unknown`; the loop
// must outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conf/config.h"
#include "rules/io/dns.h"

namespace asio {
class any_io_executor;
}

namespace xspamd {

class Resolver final : public Dns {
 public:
  struct Counters {
    std::uint64_t questions = 0;  // that checks asked
    std::uint64_t cached = 0;     // answered from the cache
    std::uint64_t joined = 0;     // that waited for an equal one
    std::uint64_t sent = 0;       // to servers, again and over TCP included
    std::uint64_t unknown = 0;    // that ended so
  };

  // Throws std::runtime_error when c-ares cannot be set up, or a server is no address.
  Resolver(const asio::any_io_executor& loop, const conf::Dns& settings);
  ~Resolver() override;
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  Task<DnsReply> ask(dns::Question question, Deadline deadline) override;
  std::chrono::milliseconds budget() const override;
  bool has_found() const override;

  const Counters& counters() const;
  bool heard() const;  // whether anything came from any server since the start, good or bad
  std::vector<std::string> servers() const;       // "127.0.0.1:53"
  std::vector<std::string> servers_down() const;  // of these, those that say nothing

 private:
  class Asker;
  std::shared_ptr<Asker> asker_;  // those who wait hold it too
};

}  // namespace xspamd
