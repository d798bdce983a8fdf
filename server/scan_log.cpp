#include "server/scan_log.h"

#include <fmt/format.h>

#include "proto/base/text.h"
#include "proto/first_line.h"
#include "proto/symbol_list.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostText = 250;      // of one value that the sender controls
constexpr std::size_t kMostSymbols = 2000;  // bytes of symbols
constexpr std::size_t kMostRecipients = 5;

std::string short_quoted(std::string_view text) {
  return quoted(cut_utf8(text, kMostText));
}

std::string recipients_text(const std::vector<std::string>& recipients) {
  std::string text;
  for (std::size_t i = 0; i < recipients.size() && i < kMostRecipients; ++i) {
    if (i > 0) text += ',';
    text += cut_utf8(recipients[i], kMostText);
  }
  std::string line = quoted(text);
  if (recipients.size() > kMostRecipients) line += fmt::format("+{}", recipients.size() - kMostRecipients);
  return line;
}

double milliseconds(Timings::Microseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

}  // namespace

std::string scan_line(const ScanRecord& record) {
  const Envelope& envelope = record.request.envelope;
  const Verdict& verdict = record.verdict;
  std::string line = fmt::format(
      "scan qid={} mid={} from={} rcpts={} ip={} user={} size={} action={} score={}/{} symbols={} "
      "time={:.1f}ms "
      "parse={:.1f}ms checks={:.1f}ms queued={:.1f}ms dialect={} command={} peer={}",
      envelope.queue_id.empty() ? "-" : short_quoted(envelope.queue_id),
      verdict.message_id.empty() ? "-" : short_quoted(verdict.message_id), short_quoted(envelope.sender),
      recipients_text(envelope.recipients), envelope.client ? envelope.client->to_string() : "-",
      envelope.user.empty() ? "-" : short_quoted(envelope.user), record.size, quoted(name(verdict.action)),
      to_tenths(verdict.score), to_tenths(verdict.required),
      quoted(symbols_on_one_line(verdict.scores, kMostSymbols)), milliseconds(verdict.timings.total),
      milliseconds(verdict.timings.parse), milliseconds(verdict.timings.checks),
      milliseconds(verdict.timings.queued), name(record.request.dialect), name(record.request.command),
      record.peer);
  if (!verdict.forced_by.empty()) line += fmt::format(" forced_by={}", verdict.forced_by);
  if (!record.detail.empty()) line += fmt::format(" problem={}", quoted(record.detail));
  return line;
}

}  // namespace xspamd
