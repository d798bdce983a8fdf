// DnsFlight: one question of a Resolver under way, whoever waits for it, and the tries that it takes. Loop
// thread only.
#pragma once

#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rules/io/ares.h"
#include "rules/io/dns.h"
#include "rules/io/event.h"

namespace xspamd {

// One question under way, whoever waits for it.
struct DnsFlight {
  explicit DnsFlight(dns::Question question) : asked(std::move(question)), now_asked(asked) {}

  const dns::Question asked;
  dns::Question now_asked;  // another name behind CNAMEs
  std::size_t links = 0;    // CNAMEs on the way to it
  std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();

  // Of now_asked:
  std::size_t turn = 0;       // server by server, round by round
  std::vector<bool> refused;  // servers that have answered, but not the question
  std::uint64_t ticket = 0;   // of the newest try
  std::string why = "timeout";

  std::list<Event*> waiters;
  DnsReply reply;  // set at the end
};
using DnsFlightPtr = std::shared_ptr<DnsFlight>;

struct DnsTry {
  DnsFlightPtr flight;
  dns::Question question;  // what was asked; the flight may have gone on to another name
  std::size_t server = 0;
  AresChannel::Transport transport = AresChannel::Transport::udp;
};

struct DnsExpiry {
  Clock::time_point at;
  std::weak_ptr<DnsFlight> flight;
  std::uint64_t ticket = 0;

  // Whether somebody still waits for this very try.
  bool concerns(const DnsFlightPtr& current) const {
    return current && !current->reply && current->ticket == ticket;
  }
};

// One who waits for a flight: in the frame of its coroutine.
struct DnsWait {
  DnsWait(const asio::any_io_executor& executor, DnsFlightPtr joined)
      : event(executor),
        flight(std::move(joined)),
        place(flight->waiters.insert(flight->waiters.end(), &event)) {}
  ~DnsWait() { flight->waiters.erase(place); }
  DnsWait(const DnsWait&) = delete;
  DnsWait& operator=(const DnsWait&) = delete;

  Event event;
  const DnsFlightPtr flight;
  const std::list<Event*>::iterator place;
};

}  // namespace xspamd
