#include "server/scan_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "proto/base/text.h"
#include "proto/first_line.h"
#include "proto/symbol_list.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostText = 250;      // of one value that the sender controls
constexpr std::size_t kMostSymbols = 2000;  // bytes of symbols, times four in JSON
constexpr std::size_t kMostRecipients = 5;

std::string short_quoted(std::string_view text) {
  return quoted(cut_utf8(text, kMostText));
}

// The first few, and in text how many more there are.
void recipients(LogLine& line, const std::vector<std::string>& all) {
  const std::size_t shown = std::min(all.size(), kMostRecipients);
  std::vector<std::string> some;
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string_view one = cut_utf8(all[i], kMostText);
    some.push_back(line.is_json() ? quoted(one) : std::string(one));
  }
  const std::string list = fmt::format("{}", fmt::join(some, ","));
  if (line.is_json()) {
    line.raw("rcpts", fmt::format("[{}]", list));
  } else {
    line.raw("rcpts",
             all.size() > shown ? fmt::format("{}+{}", quoted(list), all.size() - shown) : quoted(list));
  }
}

std::string json_symbols(const std::vector<Score>& scores) {
  std::string list;
  for (const Score* score : by_weight(scores)) {
    std::vector<std::string> options;
    for (const std::string& option : score->options)
      options.push_back(short_quoted(option));
    list += fmt::format(R"({}{{"name":{},"score":{},"options":[{}]}})", list.empty() ? "" : ",",
                        quoted(score->symbol), to_text(score->value), fmt::join(options, ","));
    if (list.size() > kMostSymbols * 4) break;
  }
  return fmt::format("[{}]", list);
}

void milliseconds(LogLine& line, std::string_view key, Timings::Microseconds time) {
  const double value = static_cast<double>(time.count()) / 1000;
  line.raw(key, line.is_json() ? fmt::format("{:.1f}", value) : fmt::format("{:.1f}ms", value));
}

void score(LogLine& line, const Verdict& verdict) {
  const std::string reached = to_tenths(verdict.score);
  const std::string required = to_tenths(verdict.required);
  if (line.is_json()) {
    line.number("score", reached).number("required", required).raw("symbols", json_symbols(verdict.scores));
  } else {
    line.raw("score", fmt::format("{}/{}", reached, required));
    line.untrusted("symbols", symbols_on_one_line(verdict.scores, kMostSymbols));
  }
}

}  // namespace

void describe(LogLine& line, const ScanRecord& record) {
  const Envelope& envelope = record.request.envelope;
  const Verdict& verdict = record.verdict;
  line.untrusted("qid", cut_utf8(envelope.queue_id, kMostText));
  line.untrusted("mid", cut_utf8(verdict.message_id, kMostText));
  line.raw("from", short_quoted(envelope.sender));
  recipients(line, envelope.recipients);
  line.word("ip", envelope.client ? envelope.client->to_string() : std::string());
  line.untrusted("user", cut_utf8(envelope.user, kMostText));
  line.number("size", std::to_string(record.size));
  line.untrusted("action", name(verdict.action));
  score(line, verdict);
  milliseconds(line, "time", verdict.timings.total);
  milliseconds(line, "parse", verdict.timings.parse);
  milliseconds(line, "checks", verdict.timings.checks);
  milliseconds(line, "queued", verdict.timings.queued);
  line.word("dialect", name(record.request.dialect)).word("command", name(record.request.command));
  line.word("peer", record.peer);
  if (!verdict.forced_by.empty()) line.word("forced_by", verdict.forced_by);
  if (verdict.autolearn != "disabled") line.word("autolearn", verdict.autolearn);
  if (!record.detail.empty()) line.untrusted("problem", record.detail);
}

}  // namespace xspamd
