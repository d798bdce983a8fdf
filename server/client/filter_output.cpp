#include "server/client/filter_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/client/exit_status.h"

namespace xspamd::client {

namespace {

std::string score_line(const SpamdReply& reply) {
  if (!reply.verdict) return {};
  return fmt::format("{:.1f}/{:.1f}\n", reply.verdict->score, reply.verdict->required);
}

bool is_spam(const SpamdReply& reply) {
  return reply.verdict && reply.verdict->is_spam;
}

bool has_learned(const Wanted& wanted, const SpamdReply& reply) {
  return *wanted.lesson == Lesson::forget ? reply.removed.local : reply.set.local;
}

bool has_reported(const Wanted& wanted, const SpamdReply& reply) {
  return *wanted.report == Report::revoke ? reply.removed.remote : reply.set.remote;
}

}  // namespace

Command command_of(const Wanted& wanted) {
  if (wanted.lesson || wanted.report) return Command::tell;
  if (wanted.check) return Command::check;
  if (wanted.full_if_spam) return Command::report_if_spam;
  if (wanted.full) return Command::report;
  if (wanted.tests) return Command::symbols;
  if (wanted.ping) return Command::ping;
  return wanted.headers ? Command::headers : Command::process;
}

std::optional<Tell> tell_of(const Wanted& wanted) {
  if (wanted.lesson) return tell_of(*wanted.lesson);
  if (!wanted.report) return std::nullopt;
  const bool revoke = *wanted.report == Report::revoke;
  Tell tell;
  tell.which = revoke ? Tell::Class::ham : Tell::Class::spam;
  tell.set_local = true;
  tell.set_remote = !revoke;
  tell.remove_remote = revoke;
  return tell;
}

SpamdReplyReader::Shape shape_of(const Wanted& wanted) {
  using Shape = SpamdReplyReader::Shape;
  switch (command_of(wanted)) {
    case Command::tell:
      return Shape::head;
    case Command::check:
      return Shape::verdict;
    case Command::ping:
      return Shape::status;
    default:
      return Shape::head_and_body;
  }
}

std::string printed(const Wanted& wanted, const SpamdReply& reply) {
  if (wanted.lesson)
    return has_learned(wanted, reply) ? "Message successfully un/learned\n"
                                      : "Message was already un/learned\n";
  if (wanted.report)
    return has_reported(wanted, reply) ? "Message successfully reported/revoked\n"
                                       : "Unable to report/revoke message\n";
  switch (command_of(wanted)) {
    case Command::check:
      return score_line(reply);
    case Command::ping:
      return fmt::format("SPAMD/{} {}\n", reply.version, reply.code);
    default:
      break;
  }
  const bool with_score = wanted.full || (wanted.full_if_spam && is_spam(reply));
  return (with_score ? score_line(reply) : "") + reply.body;
}

int exit_status(const Wanted& wanted, const SpamdReply& reply) {
  const Command command = command_of(wanted);
  const bool tells = command == Command::check || (wanted.exit_code && command != Command::tell);
  return tells && is_spam(reply) ? kProblem : kFine;
}

std::string_view body_of(std::string_view message) {
  for (std::size_t at = message.find('\n'); at != std::string_view::npos; at = message.find('\n', at + 1)) {
    const std::string_view rest = message.substr(at + 1);
    if (rest.starts_with('\n')) return rest.substr(1);
    if (at > 0 && message[at - 1] == '\r' && rest.starts_with("\r\n")) return rest.substr(2);
  }
  return {};
}

FallBack fall_back(const Wanted& wanted, int failure, bool too_large) {
  // As spamc: who teaches or pings wants to know of every failure.
  if (wanted.lesson || wanted.ping) return {"", false, too_large ? kTooLarge : failure};
  FallBack back;
  if (wanted.check || wanted.full || wanted.full_if_spam)
    back.text = "0/0\n";
  else if (wanted.tests)
    back.text = "\n";
  else
    back.message = !wanted.strict || too_large;
  if (too_large || !wanted.strict) return back;
  const bool temporary = wanted.unavailable_is_temporary && failure == kUnavailable;
  back.status = temporary ? kTryAgain : failure;
  return back;
}

}  // namespace xspamd::client
