#include "server/reply.h"

#include <fmt/format.h>

#include "proto/rspamc.h"
#include "proto/spamc.h"
#include "rules/score.h"

namespace xspamd {

namespace {

std::string http_page(std::string_view status, std::string_view text) {
  return fmt::format(
      "HTTP/1.1 {}\r\nServer: xspamd\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: "
      "close\r\n\r\n{}",
      status, text.size(), text);
}

// What stands in the brackets of NOT_SCANNED.
std::string_view why_not_scanned(Refusal refusal) {
  switch (refusal) {
    case Refusal::bad_head:
      return "bad request head";
    case Refusal::bad_length:
      return "bad Content-length";
    case Refusal::cut_off:
    case Refusal::stalled:
      return "message cut off";
    case Refusal::none:
    case Refusal::unknown_protocol:
    case Refusal::too_large:
    case Refusal::bad_header:
    case Refusal::bad_compression:
    case Refusal::no_such_command:
      break;
  }
  return "bad request";
}

// Whether a decided action is spam to a dialect that has no actions: from the action on that spamc.required
// names; where that is a number, from soft reject on.
bool is_spam(Action action, const conf::Config& config) {
  if (action == Action::no_action) return false;
  const auto* from = std::get_if<Action>(&config.spamc.required);
  return action >= (from == nullptr ? Action::soft_reject : *from);
}

// Why there was no scan, as the verdict's symbol says it.
std::string_view reason_of(const Verdict& verdict) {
  for (const Score& score : verdict.scores) {
    if (score.symbol == "NOT_SCANNED" && !score.options.empty()) return score.options.front();
  }
  return "error";
}

}  // namespace

Points spamc_required(const conf::Config& config, const Verdict& verdict) {
  if (const auto* points = std::get_if<Points>(&config.spamc.required)) return *points;
  return required_points(verdict.thresholds, std::get<Action>(config.spamc.required));
}

Verdict as_spam_or_ham(const Verdict& verdict, const conf::Config& config, Points required) {
  Verdict told = verdict;
  if (verdict.forced_by.empty()) return told;
  const bool spam = is_spam(verdict.action, config);
  if (spam == (verdict.score >= required)) return told;
  constexpr Points kTenth{100};
  told.score = spam ? required : required - kTenth;
  told.scores.push_back(
      {"FORCED",
       "service",
       fmt::format("{} decided, not the score: {}", verdict.forced_by, name(verdict.action)),
       told.score - verdict.score,
       {}});
  return told;
}

std::string verdict_reply(const Request& request, const Verdict& verdict, const conf::Config& config) {
  if (request.dialect == Dialect::rspamc) {
    return rspamc::write(request, verdict, {config.limits.report, config.exim.map});
  }
  if (request.dialect == Dialect::http) return http_unavailable();
  // Mail that is to be given back passes unchanged when its client gets an error line.
  if (rewrites_mail(request.command))
    return spamc::write_error(spamc::kUnavailable, fmt::format("not scanned: {}", reason_of(verdict)));
  const spamc::ReplyOptions options{spamc_required(config, verdict), config.limits.report};
  return spamc::write(request, as_spam_or_ham(verdict, config, options.required), options);
}

std::optional<Verdict> refusal_verdict(const Incoming& incoming, const conf::Config& config) {
  const Request& request = incoming.request;
  const bool too_large = incoming.refusal == Refusal::too_large;
  if (incoming.refusal == Refusal::unknown_protocol || request.dialect == Dialect::http) return std::nullopt;
  if (request.dialect == Dialect::spamc && (!too_large || rewrites_mail(request.command)))
    return std::nullopt;
  if (too_large) {
    const std::string most = fmt::format("over {} bytes", config.limits.message);
    return passing_verdict(config, "LIMIT_MESSAGE", most);
  }
  return failure_verdict(config, why_not_scanned(incoming.refusal));
}

std::string error_reply(const Incoming& incoming) {
  if (incoming.request.dialect == Dialect::http && incoming.refusal != Refusal::unknown_protocol) {
    return http_unavailable();
  }
  if (incoming.refusal == Refusal::stalled) return spamc::write_error(spamc::kTimeout, incoming.detail);
  if (incoming.refusal == Refusal::too_large) {
    return spamc::write_error(spamc::kUnavailable, "message over limits.message");
  }
  const bool unavailable = incoming.refusal == Refusal::bad_compression;
  return spamc::write_error(unavailable ? spamc::kUnavailable : spamc::kProtocol, incoming.detail);
}

std::optional<std::string> immediate_reply(const Request& request) {
  if (request.dialect == Dialect::http) {
    return http_page("501 Not Implemented", "This server speaks SPAMC and RSPAMC on this port, no HTTP.\n");
  }
  const bool spamc = request.dialect == Dialect::spamc;
  if (request.command == Command::ping) return spamc ? spamc::write_pong() : rspamc::write_pong(request);
  if (spamc && request.command == Command::skip) return std::string();
  return std::nullopt;
}

std::string http_unavailable() {
  return http_page("503 Service Unavailable", "Try again later.\n");
}

}  // namespace xspamd
