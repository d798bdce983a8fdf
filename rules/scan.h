// Scan: one message being judged, and what it may ask of the world. Lives on the loop thread; checks on the
// pool see only its Mail.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/mail/message.h"
#include "rules/check.h"
#include "rules/facts.h"
#include "rules/io/dns.h"
#include "rules/io/pool.h"
#include "rules/learn/memory.h"
#include "rules/profile.h"

namespace xspamd {

// A message made ready for checks: parsed, its origin found. Pure; runs on a pool thread.
struct Prepared {
  Request request;  // the body has moved into the message
  std::unique_ptr<const Message> message;
  Origin origin;
  std::chrono::sys_seconds now{};
};
Prepared prepare(Request request, const conf::Config& config, const Suffixes& suffixes);

// The ports of a scan. Their budget is read when the scan begins, on the loop thread.
struct Asking {
  std::shared_ptr<Dns> dns;
  Deadline dns_until;    // for all its questions
  Pool* pool = nullptr;  // for work on bytes that checks of the loop thread have
  Memory memory = {};
};

class Scan {
 public:
  Scan(Prepared prepared, Deadline until, Asking ports, Profile settings = {})
      : prepared_(std::move(prepared)),
        ports_(std::move(ports)),
        profile(std::move(settings)),
        mail{prepared_.request, *prepared_.message, prepared_.origin, prepared_.now, profile.disable},
        deadline(until) {}
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

 private:
  Prepared prepared_;
  Asking ports_;

 public:
  const Profile profile;
  const Mail mail;
  const Deadline deadline;
  Hits hits;
  Facts facts;
  bool cut_short = false;  // a decision kept checks from running
  std::vector<Skipped> skipped;
  std::set<std::string_view> unsure;        // symbols, of the plan, that a check which ran could not learn
  std::set<std::string_view> store_failed;  // checks that the store did not answer
  std::vector<std::string> late;            // checks that had no time left
  std::vector<std::string> warnings;        // for the log, not about this message
  std::vector<std::string> notes;
  std::vector<std::function<void(const Verdict&)>> afterwards;
  std::optional<Verdict> so_far;  // for checks of the phase after: what it would be without them
  Timings timings;

  void add(std::string_view symbol, std::vector<std::string> options = {}, double weight = 1) {
    hits.add(symbol, std::move(options), weight);
  }
  Dns& dns() const { return *ports_.dns; }
  Deadline dns_until() const { return ports_.dns_until; }
  Pool& pool() const { return *ports_.pool; }
  const Memory& memory() const { return ports_.memory; }
  // A check could not learn what it needs: it says nothing, and metas take its symbols for unknown.
  void skip(std::string_view check, std::string why) {
    skipped.push_back({std::string(check), std::move(why)});
  }
  // The first decision stands.
  void decide(Decision decision) {
    if (!hits.decision) hits.decision = std::move(decision);
  }
  bool decided() const { return hits.decision.has_value(); }
  void merge(Hits more);
  void warn(std::string line) { warnings.push_back(std::move(line)); }
  // What a check does once the verdict is known and its mail has been answered for: a server calls it on the
  // loop thread, while the scan still lives; commands that only show verdicts do not. Must not throw.
  void after_verdict(std::function<void(const Verdict&)> task) { afterwards.push_back(std::move(task)); }
  // A line of the trace that `xspamd scan --verbose` shows.
  void note(std::string line) { notes.push_back(std::move(line)); }
};

}  // namespace xspamd
