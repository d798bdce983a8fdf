// DnsCache: answers by question for as long as they live, at most so many of them and so many bytes. A pure
// data structure: time is given by the caller, nothing runs in the background. What it forgets when it is
// full: among a few answers that it looks at in turn, one that has expired, else one that was not asked for
// since the last look. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "rules/io/dns.h"

namespace xspamd {

class DnsCache {
 public:
  static constexpr std::uint32_t kMostSeconds = 86'400;
  static constexpr std::uint32_t kMostNegativeSeconds = 3'600;  // RFC 2308 §5: one to three hours
  static constexpr std::size_t kBytesEach = 512;  // on average; sixteen times that for a single one

  explicit DnsCache(std::size_t most) : most_(most) {}  // 0: keeps nothing

  DnsReply find(const dns::Question& question, Clock::time_point now);  // null: not there, or expired

  // `unknown` answers and those that live for no time are not kept. The question's name is canonical.
  void keep(const dns::Question& question, const DnsReply& reply, std::uint32_t ttl, Clock::time_point now);

  std::size_t size() const { return ring_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Earlier {
    bool operator()(const dns::Question& a, const dns::Question& b) const {
      return a.type != b.type ? a.type < b.type : a.name < b.name;
    }
  };
  struct Entry {
    DnsReply reply;
    Clock::time_point expires;
    std::size_t bytes = 0;
    std::size_t place = 0;  // in the ring
    bool used = false;
  };
  // A tree: names come from strangers, who could make a hash table slow.
  using Entries = std::map<dns::Question, Entry, Earlier>;

  void forget(Entries::iterator entry);
  void forget_one(Clock::time_point now);

  const std::size_t most_;
  Entries entries_;
  std::vector<Entries::iterator> ring_;
  std::size_t hand_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace xspamd
