#include "server/scan_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "proto/first_line.h"
#include "proto/symbol_list.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostText = 250;      // of one value that the sender controls
constexpr std::size_t kMostSymbols = 2000;  // bytes of symbols
constexpr std::size_t kMostRecipients = 5;

LogField short_text(std::string_view key, std::string_view text) {
  return log_untrusted(key, cut_utf8(text, kMostText));
}

// The first few, and how many there are.
LogField recipients(const std::vector<std::string>& all) {
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(all.size(), kMostRecipients); ++i) {
    shown.emplace_back(cut_utf8(all[i], kMostText));
  }
  std::vector<std::string> json;
  for (const std::string& recipient : shown)
    json.push_back(quoted(recipient));
  std::string text = quoted(fmt::format("{}", fmt::join(shown, ",")));
  if (all.size() > shown.size()) text += fmt::format("+{}", all.size() - shown.size());
  return {"rcpts", std::move(text), fmt::format("[{}]", fmt::join(json, ","))};
}

LogField symbols(const std::vector<Score>& scores) {
  std::vector<std::string> json;
  std::size_t bytes = 0;
  for (const Score* score : by_weight(scores)) {
    std::vector<std::string> options;
    for (const std::string& option : score->options)
      options.push_back(quoted(cut_utf8(option, kMostText)));
    json.push_back(fmt::format(R"({{"name":{},"score":{},"options":[{}]}})", quoted(score->symbol),
                               to_text(score->value), fmt::join(options, ",")));
    bytes += json.back().size();
    if (bytes > kMostSymbols * 4) break;
  }
  return {"symbols", quoted(symbols_on_one_line(scores, kMostSymbols)),
          fmt::format("[{}]", fmt::join(json, ","))};
}

LogField milliseconds(std::string_view key, Timings::Microseconds time) {
  const std::string number = fmt::format("{:.1f}", static_cast<double>(time.count()) / 1000);
  return {key, number + "ms", number};
}

}  // namespace

std::vector<LogField> scan_fields(const ScanRecord& record) {
  const Envelope& envelope = record.request.envelope;
  const Verdict& verdict = record.verdict;
  const std::string score = to_tenths(verdict.score);
  const std::string required = to_tenths(verdict.required);
  std::vector<LogField> fields{
      short_text("qid", envelope.queue_id),
      short_text("mid", verdict.message_id),
      {"from", quoted(cut_utf8(envelope.sender, kMostText)), quoted(cut_utf8(envelope.sender, kMostText))},
      recipients(envelope.recipients),
      log_word("ip", envelope.client ? envelope.client->to_string() : std::string()),
      short_text("user", envelope.user),
      log_number("size", std::to_string(record.size)),
      log_untrusted("action", name(verdict.action)),
      {"score", fmt::format("{}/{}", score, required), fmt::format("{},\"required\":{}", score, required)},
      symbols(verdict.scores),
      milliseconds("time", verdict.timings.total),
      milliseconds("parse", verdict.timings.parse),
      milliseconds("checks", verdict.timings.checks),
      milliseconds("queued", verdict.timings.queued),
      log_word("dialect", name(record.request.dialect)),
      log_word("command", name(record.request.command)),
      log_word("peer", record.peer),
  };
  if (!verdict.forced_by.empty()) fields.push_back(log_word("forced_by", verdict.forced_by));
  if (!record.detail.empty()) fields.push_back(log_untrusted("problem", record.detail));
  return fields;
}

}  // namespace xspamd
