#include "server/list_watch.h"

#include <fmt/format.h>

#include <vector>

#include "rules/lists/list_trial.h"

namespace xspamd {

namespace {

bool is_bad(ListTrial::Outcome outcome) {
  using Outcome = ListTrial::Outcome;
  return outcome != Outcome::fine && outcome != Outcome::untested && outcome != Outcome::unknown;
}

ListState::Rest rest_of(ListTrial::Outcome outcome) {
  using Outcome = ListTrial::Outcome;
  if (outcome == Outcome::refused) return ListState::Rest::refused;
  return outcome == Outcome::unlisted ? ListState::Rest::none : ListState::Rest::foreign;
}

}  // namespace

Task<> watch_lists(std::shared_ptr<Dns> dns, std::shared_ptr<const ListSet> set, Log& log) {
  const auto trials = co_await try_lists(*dns, *set, Clock::now() + kListTrialTime);
  for (const ListTrial& trial : trials) {
    const List& list = *trial.list;
    // A resolver that has found no name at all says nothing about the list.
    if (trial.outcome == ListTrial::Outcome::unlisted && !dns->has_found()) continue;
    const std::string said = describe(trial);
    const bool bad = is_bad(trial.outcome);
    const bool news = list.state->tell_once(bad ? said : std::string());
    if (!bad) continue;
    const auto rest = rest_of(trial.outcome);
    const bool rests = rest != ListState::Rest::none;
    if (rests) list.state->refuse(rest, Clock::now());
    if (news)
      log.warning(fmt::format("list {} ({}) {}{}", list.name, list.zone_shown, said,
                              rests ? "; it is not asked for an hour" : ""));
  }
}

void log_lists(const ListSet& set, Log& log) {
  for (const List& list : set.lists) {
    const ListCounters& seen = list.state->counters;
    if (seen.asked == 0) continue;
    LogLine line = log.line("list");
    line.word("name", list.name)
        .number("asked", std::to_string(seen.asked))
        .number("hits", std::to_string(seen.hits))
        .number("refused", std::to_string(seen.refused))
        .number("unknown", std::to_string(seen.unknown))
        .number("mean_us", std::to_string(static_cast<std::uint64_t>(seen.time.count()) / seen.asked));
    log.write(Log::Level::info, line);
  }
}

void keep_learned(const ListSet& from, const ListSet& to) {
  for (const List& list : to.lists) {
    for (const List& before : from.lists) {
      if (before.name == list.name && before.zone == list.zone) *list.state = *before.state;
    }
  }
}

}  // namespace xspamd
