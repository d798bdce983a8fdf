#include "rules/io/dns_cache.h"

#include <algorithm>
#include <utility>

namespace xspamd {

namespace {

std::size_t bytes_of(const std::vector<std::string>& texts) {
  std::size_t bytes = 0;
  for (const std::string& text : texts)
    bytes += sizeof text + text.size();
  return bytes;
}

// About what an entry holds in memory; negative answers are shared and cost nothing of their own.
std::size_t bytes_of(const dns::Question& question, const DnsAnswer& answer) {
  constexpr std::size_t kNode = 128;
  std::size_t bytes = kNode + question.name.size();
  if (!answer.found()) return bytes;
  bytes += sizeof answer + answer.addresses.size() * sizeof(IpAddress);
  bytes += bytes_of(answer.texts) + bytes_of(answer.names);
  for (const dns::Mx& exchange : answer.exchanges)
    bytes += sizeof exchange + exchange.host.size();
  return bytes;
}

}  // namespace

DnsReply DnsCache::find(const dns::Question& question, Clock::time_point now) {
  const auto entry = entries_.find(question);
  if (entry == entries_.end()) return nullptr;
  if (entry->second.expires <= now) {
    forget(entry);
    return nullptr;
  }
  entry->second.used = true;
  return entry->second.reply;
}

void DnsCache::keep(const dns::Question& question, const DnsReply& reply, std::uint32_t ttl,
                    Clock::time_point now) {
  constexpr std::size_t kLarge = 16;
  if (most_ == 0 || ttl == 0 || reply->unknown()) return;
  const std::size_t bytes = bytes_of(question, *reply);
  if (bytes > kLarge * kBytesEach) return;
  if (const auto known = entries_.find(question); known != entries_.end()) forget(known);
  while (!ring_.empty() && (ring_.size() >= most_ || bytes_ + bytes > most_ * kBytesEach))
    forget_one(now);
  const std::chrono::seconds life(std::min(ttl, reply->found() ? kMostSeconds : kMostNegativeSeconds));
  const auto entry = entries_.emplace(question, Entry{reply, now + life, bytes, ring_.size(), false}).first;
  ring_.push_back(entry);
  bytes_ += bytes;
}

void DnsCache::forget(Entries::iterator entry) {
  const std::size_t place = entry->second.place;
  ring_[place] = ring_.back();
  ring_[place]->second.place = place;
  ring_.pop_back();
  bytes_ -= entry->second.bytes;
  entries_.erase(entry);
}

void DnsCache::forget_one(Clock::time_point now) {
  constexpr int kLooks = 8;
  Entries::iterator chosen = entries_.end();
  for (int look = 0; look < kLooks; ++look) {
    hand_ = hand_ + 1 < ring_.size() ? hand_ + 1 : 0;
    const Entries::iterator entry = ring_[hand_];
    const bool unused = !std::exchange(entry->second.used, false);
    if (unused || chosen == entries_.end()) chosen = entry;
    if (entry->second.expires <= now) {
      chosen = entry;
      break;
    }
  }
  forget(chosen);
}

}  // namespace xspamd
