#include "rules/lists/list_trial.h"

#include <fmt/format.h>

#include "rules/io/all.h"
#include "rules/lists/list_answer.h"

namespace xspamd {

namespace {

using Outcome = ListTrial::Outcome;

Task<> ask(Dns& dns, const List& list, std::string entry, Deadline deadline, ListAnswer& answer) {
  const auto name = list.name_for(entry);
  if (!name) {
    answer = {ListAnswer::Kind::unknown, {}, entry + " is nothing that the list can be asked about"};
    co_return;
  }
  dns::Question question{*name, dns::Type::a};
  const DnsReply reply = co_await dns.ask(std::move(question), deadline);
  answer = read_answer(list, *reply);
}

// What speaks against the list in one answer; fine if nothing does.
Outcome problem_of(const ListAnswer& answer) {
  if (answer.kind == ListAnswer::Kind::refused) return Outcome::refused;
  if (answer.kind == ListAnswer::Kind::foreign) return Outcome::foreign;
  return answer.kind == ListAnswer::Kind::unknown ? Outcome::unknown : Outcome::fine;
}

Task<> try_list(Dns& dns, const List& list, Deadline deadline, ListTrial& trial) {
  trial.list = &list;
  if (list.test_listed.empty() && list.test_clean.empty()) co_return;
  ListAnswer listed, clean;
  std::vector<Task<>> tasks;
  if (!list.test_listed.empty()) tasks.push_back(ask(dns, list, list.test_listed, deadline, listed));
  if (!list.test_clean.empty()) tasks.push_back(ask(dns, list, list.test_clean, deadline, clean));
  co_await all(std::move(tasks));
  trial.outcome = Outcome::fine;
  for (const auto* answer : {&clean, &listed}) {
    const bool asked = !(answer == &clean ? list.test_clean : list.test_listed).empty();
    if (!asked || problem_of(*answer) == Outcome::fine) continue;
    trial.outcome = problem_of(*answer);
    trial.detail = answer->detail;
    co_return;
  }
  if (!list.test_clean.empty() && clean.kind == ListAnswer::Kind::listed) {
    trial.outcome = Outcome::everybody;
    trial.detail = list.test_clean;
  } else if (!list.test_listed.empty() && listed.kind == ListAnswer::Kind::clean) {
    trial.outcome = Outcome::unlisted;
    trial.detail = list.test_listed;
  }
}

}  // namespace

Task<std::vector<ListTrial>> try_lists(Dns& dns, const ListSet& set, Deadline deadline) {
  std::vector<const List*> lists;
  const auto now = Clock::now();
  for (const List& list : set.lists) {
    const bool rests = list.state->resting(now) != ListState::Rest::none;
    if (set.enabled && list.enabled && !rests) lists.push_back(&list);
  }
  std::vector<ListTrial> trials(lists.size());
  std::vector<Task<>> tasks;
  for (std::size_t i = 0; i < lists.size(); ++i)
    tasks.push_back(try_list(dns, *lists[i], deadline, trials[i]));
  co_await all(std::move(tasks));
  co_return trials;
}

std::string describe(const ListTrial& trial) {
  switch (trial.outcome) {
    case Outcome::fine:
      return "answers as it should";
    case Outcome::untested:
      return "has no test entries";
    case Outcome::unlisted:
      return fmt::format(
          "does not name its test entry {}: it may have ended, or serves this resolver nothing",
          trial.detail);
    case Outcome::everybody:
      return fmt::format("names {}, which is not listed: it would name everybody", trial.detail);
    case Outcome::refused:
      return fmt::format("refuses to answer this server: {}", trial.detail);
    case Outcome::foreign:
      return fmt::format(
          "answers with {}, which no list does: a resolver rewrites answers, or the list is gone",
          trial.detail);
    case Outcome::unknown:
      return fmt::format("gives no answer: {}", trial.detail);
  }
  return {};
}

}  // namespace xspamd
