// What xspamd_load saw: counts, latencies, and what the server said.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/options.h"

namespace xspamd::bench {

class Report {
 public:
  using Time = std::chrono::duration<double>;

  // A connection that ended: its reply (empty when there was none), the message's size, the time it took.
  void add(Protocol protocol, std::string_view reply, std::size_t size, Time took);
  std::size_t done() const { return done_; }
  std::size_t errors() const { return done_ - latencies_.size(); }
  // Lines of key=value, then "seen COUNT WHAT" for each action or first line of a reply.
  std::string text(Time wall, Time own_cpu);

 private:
  double milliseconds_at(double part) const;

  std::size_t done_ = 0;
  std::size_t bytes_ = 0;
  std::vector<Time> latencies_;
  std::map<std::string, std::size_t> seen_;
};

}  // namespace xspamd::bench
