// Dns: the port through which checks ask the DNS. Three-valued: what is found, what is known not to be there,
// and what could not be learned; the last never adds to a score. Loop thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "proto/base/ip.h"
#include "proto/dns.h"
#include "rules/io/task.h"

namespace xspamd {

struct DnsAnswer {
  enum class Status { found, no_data, no_name, unknown };

  Status status = Status::unknown;
  std::vector<IpAddress> addresses;  // a, aaaa
  std::vector<std::string> texts;    // txt: the strings of each record joined, bytes as they came
  std::vector<std::string> names;    // ptr, ns, cname: in lower case, without the final dot
  std::vector<dns::Mx> exchanges;    // mx, in the order of preference
  std::string why;  // unknown: "timeout", "SERVFAIL", "REFUSED", "no answer from any server", ...

  bool found() const { return status == Status::found; }
  bool absent() const { return status == Status::no_data || status == Status::no_name; }
  bool unknown() const { return status == Status::unknown; }
};

// Never null; shared with the cache.
using DnsReply = std::shared_ptr<const DnsAnswer>;

class Dns {
 public:
  virtual ~Dns() = default;

  // Returns by the deadline, then with `unknown`. Names that cannot be asked for (too long, empty labels) are
  // `no_name`. Any number may wait at once, on the same question too.
  virtual Task<DnsReply> ask(dns::Question question, Deadline deadline) = 0;

  // What a scan that begins now may spend on questions in all: dns.budget, or less while no server has
  // answered since the start.
  virtual std::chrono::milliseconds budget() const = 0;

  // Whether any name was found since the start. A resolver without a way out may deny every name there is:
  // until it has found one, "there is no such name" proves nothing against a sender.
  virtual bool has_found() const { return true; }
};

// Asks nobody: every answer is `unknown`, for the reason given. For `--local` and for tests without a
// network.
class NoDns final : public Dns {
 public:
  explicit NoDns(std::string why) : why_(std::move(why)) {}
  Task<DnsReply> ask(dns::Question question, Deadline deadline) override;
  std::chrono::milliseconds budget() const override { return std::chrono::milliseconds(0); }

 private:
  std::string why_;
};

}  // namespace xspamd
