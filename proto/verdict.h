// Verdict: what the scan decided and why. Invariant: the values of `scores` add up to `score` exactly, and
// `score` is a whole tenth within +-9999.9 (proto/base/points.h). Plain data, returned by value.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/points.h"

namespace xspamd {

// In order of severity; the last two come only from maps, metas and profiles.
enum class Action {
  no_action,
  greylist,
  add_header,
  rewrite_subject,
  soft_reject,
  reject,
  discard,
  quarantine,
};

std::string_view name(Action action);                         // with blanks: "add header"
std::optional<Action> action_from(std::string_view spelled);  // exactly as name() spells it
std::vector<std::string_view> action_names();

// From which score on an action is taken; one that is off is missing.
using Thresholds = std::map<Action, Points>;

struct Score {
  std::string symbol;
  std::string group;
  std::string about;
  Points value;
  std::vector<std::string> options;
};

struct Skipped {
  std::string check;
  std::string why;
};

struct HeaderEdit {
  std::string name;
  std::string value;
};

struct Timings {
  using Microseconds = std::chrono::microseconds;
  Microseconds queued{};  // waiting for room
  Microseconds parse{};
  Microseconds checks{};
  Microseconds total{};  // from complete request to verdict
};

struct Verdict {
  Action action = Action::no_action;
  Points score;
  Points required;        // second number of Metric
  Points reject_at;       // third number of Metric
  Thresholds thresholds;  // that were in force, by profile
  std::vector<Score> scores;
  std::vector<Skipped> skipped;
  std::string forced_by;   // symbol that decided the action, empty if the score did
  std::string message;     // for the SMTP reply
  std::string subject;     // rewritten, when the action is rewrite subject
  std::string message_id;  // without brackets, empty if the message has none
  std::vector<HeaderEdit> headers;
  std::string authentication_results;  // value of that field (RFC 8601), folded; empty without a scan
  std::string autolearn = "disabled";  // "ham", "spam", "no", "failed": what was learned by itself
  Timings timings;
};

}  // namespace xspamd
