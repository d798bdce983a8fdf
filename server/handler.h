// Handler: a request, well formed or refused, into reply bytes. Knows no sockets. Always yields a reply
// (empty only for SPAMC SKIP, which wants none). Loop thread.
#pragma once

#include <memory>
#include <string>

#include "proto/reader.h"
#include "rules/io/dns.h"
#include "rules/io/pool.h"
#include "rules/learn/learner.h"
#include "rules/learn/memory.h"
#include "rules/plan.h"
#include "server/admission.h"
#include "server/aftermath.h"
#include "server/counters.h"
#include "server/inflight.h"
#include "server/log.h"

namespace xspamd {

// What a connection told beside its bytes.
struct Asked {
  Incoming incoming;
  std::uint64_t size = 0;  // bytes of body received
  std::string peer;
  Deadline queue_until;          // how long it may wait for a scan slot
  bool has_head = false;         // the request's head is complete
  std::string_view unavailable;  // why there is no scan although the request is fine ("overload", "stopping")
};

class Handler {
 public:
  Handler(Pool& pool, Admission& admission, InFlight& in_flight, Log& log, Counters& counters)
      : pool_(pool),
        admission_(admission),
        in_flight_(in_flight),
        log_(log),
        counters_(counters),
        aftermath_(pool, log) {}

  // Asks the DNS through this from the next scan on; scans that run keep theirs.
  void use(std::shared_ptr<Dns> dns) { dns_ = std::move(dns); }
  const std::shared_ptr<Dns>& dns() const { return dns_; }
  // What scans remember by, and who is taught. Neither before this is called, nor after it was with null.
  void use(Memory memory, Learner* learner) {
    aftermath_.use(memory, learner);
    memory_ = std::move(memory);
    learner_ = learner;
  }

  // What follows a verdict is not done yet.
  bool is_busy() const { return aftermath_.is_busy(); }

  Task<std::string> answer(Asked asked, std::shared_ptr<const Plan> plan);

 private:
  Task<std::string> tell(Asked& asked, std::shared_ptr<const Plan> plan);
  Task<std::string> judge(Asked& asked, std::shared_ptr<const Plan> plan);
  struct Judged {
    Verdict verdict;
    std::string reply;  // where the mail is given back
  };
  Task<Judged> scan(Request& request, Deadline queue_until, std::shared_ptr<const Plan> plan);
  void log_verdict(const Asked& asked, const Verdict& verdict, const Plan& plan);
  std::string reply(const Asked& asked, const Verdict& verdict, const Plan& plan);

  Pool& pool_;
  Admission& admission_;
  InFlight& in_flight_;
  Log& log_;
  Counters& counters_;
  Memory memory_;
  Learner* learner_ = nullptr;
  Aftermath aftermath_;
  std::shared_ptr<Dns> dns_ = std::make_shared<NoDns>("no resolver");
};

}  // namespace xspamd
