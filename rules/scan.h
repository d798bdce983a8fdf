// Scan: one message being judged. Lives on the loop thread; checks on the pool see only its Mail.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proto/mail/message.h"
#include "rules/check.h"
#include "rules/profile.h"

namespace xspamd {

// A message made ready for checks: parsed, its origin found. Pure; runs on a pool thread.
struct Prepared {
  Request request;  // the body has moved into the message
  std::unique_ptr<const Message> message;
  Origin origin;
  std::chrono::sys_seconds now{};
};
Prepared prepare(Request request, const conf::Config& config);

class Scan {
 public:
  Scan(Prepared prepared, Deadline until, Profile settings = {})
      : prepared_(std::move(prepared)),
        profile(std::move(settings)),
        mail{prepared_.request, *prepared_.message, prepared_.origin, prepared_.now, profile.disable},
        deadline(until) {}
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

 private:
  Prepared prepared_;

 public:
  const Profile profile;
  const Mail mail;
  const Deadline deadline;
  Hits hits;
  bool cut_short = false;  // a decision kept checks from running
  std::vector<Skipped> skipped;
  std::vector<std::string> late;  // checks that had no time left
  std::vector<std::string> notes;
  Timings timings;

  void add(std::string_view symbol, std::vector<std::string> options = {}, double weight = 1) {
    hits.add(symbol, std::move(options), weight);
  }
  // The first decision stands.
  void decide(Decision decision) {
    if (!hits.decision) hits.decision = std::move(decision);
  }
  bool decided() const { return hits.decision.has_value(); }
  void merge(Hits more);
  // A line of the trace that `xspamd scan --verbose` shows.
  void note(std::string line) { notes.push_back(std::move(line)); }
};

}  // namespace xspamd
