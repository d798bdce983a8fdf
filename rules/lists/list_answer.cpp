#include "rules/lists/list_answer.h"

#include <fmt/format.h>

namespace xspamd {

namespace {

std::string title(const List& list) {
  return fmt::format("list {} ({})", list.name, list.zone_shown);
}

std::string refusal(const List& list, const std::string& detail) {
  return fmt::format(
      "{} refuses to answer this server: {}; it is not asked for {} minutes. Large public resolvers are "
      "refused "
      "by most lists: use a resolver of your own (dns.servers), or a key of the operator's",
      title(list), detail, ListState::kRefusedRest.count());
}

std::string foreign(const List& list, const std::string& detail) {
  return fmt::format(
      "{} answers with {}, which no list does: a resolver rewrites answers, or the list is gone; it is not "
      "asked "
      "for {} minutes",
      title(list), detail, ListState::kRefusedRest.count());
}

}  // namespace

ListAnswer read_answer(const List& list, const DnsAnswer& reply) {
  using Kind = ListAnswer::Kind;
  if (reply.unknown()) return {Kind::unknown, {}, reply.why};
  if (reply.addresses.empty()) return {Kind::clean, {}, {}};
  ListAnswer answer{Kind::listed, {}, {}};
  for (const IpAddress& address : reply.addresses) {
    if (!is_list_answer(address)) return {Kind::foreign, {}, address.to_string()};
    if (contains(list.refused, address)) return {Kind::refused, {}, address.to_string()};
    for (const ListCode* code : codes_of(list.codes, address))
      answer.codes.push_back(code);
  }
  if (answer.codes.empty()) answer.detail = reply.addresses.front().to_string();
  return answer;
}

std::string take_note(const List& list, const ListAnswer& answer, Clock::duration time, Deadline now) {
  using Kind = ListAnswer::Kind;
  ListState& state = *list.state;
  ++state.counters.asked;
  state.counters.time += std::chrono::duration_cast<std::chrono::microseconds>(time);
  if (answer.kind == Kind::unknown) {
    ++state.counters.unknown;
    if (!state.no_answer(now)) return {};
    return fmt::format("{} gives no answer ({}); it is asked once a minute until it does", title(list),
                       answer.detail);
  }
  const bool back = state.answered();
  if (answer.kind == Kind::refused || answer.kind == Kind::foreign) {
    ++state.counters.refused;
    const bool refused = answer.kind == Kind::refused;
    if (!state.refuse(refused ? ListState::Rest::refused : ListState::Rest::foreign, now)) return {};
    return refused ? refusal(list, answer.detail) : foreign(list, answer.detail);
  }
  if (answer.kind == Kind::listed) ++state.counters.hits;
  return back ? fmt::format("{} answers again", title(list)) : std::string();
}

}  // namespace xspamd
