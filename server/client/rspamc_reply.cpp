#include "server/client/rspamc_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "proto/base/text.h"

namespace xspamd::client {

namespace {

constexpr std::size_t kMostShown = 200;

std::string shown(std::string_view foreign) {
  return quoted(cut_utf8(foreign, kMostShown));
}

std::optional<Points> points(std::string_view text) {
  const auto number = parse_double(trim_blanks(text));
  if (!number) return std::nullopt;
  const auto points = points_from(*number);
  return points ? std::optional(*points) : std::nullopt;
}

// %2C, %5B and %5D, which would have divided the list; nothing else is escaped.
std::string unescaped(std::string_view option) {
  constexpr std::array<std::pair<std::string_view, char>, 3> kEscapes{
      {{"%2C", ','}, {"%5B", '['}, {"%5D", ']'}}};
  std::string plain;
  while (!option.empty()) {
    const auto* const found =
        std::ranges::find_if(kEscapes, [&](const auto& escape) { return option.starts_with(escape.first); });
    plain += found == kEscapes.end() ? option.front() : found->second;
    option.remove_prefix(found == kEscapes.end() ? 1 : found->first.size());
  }
  return plain;
}

bool take_metric(Verdict& verdict, std::string_view value) {
  const auto fields = split(value, ';');
  if (fields.size() < 3) return false;
  const auto numbers = split(fields[2], '/');
  if (numbers.size() < 3) return false;
  const auto score = points(numbers[0]);
  const auto required = points(numbers[1]);
  const auto reject_at = points(numbers[2]);
  if (!score || !required || !reject_at) return false;
  verdict.score = *score;
  verdict.required = *required;
  verdict.reject_at = *reject_at;
  return true;
}

bool take_action(Verdict& verdict, std::string_view value) {
  const auto action = action_from(value);
  if (action) verdict.action = *action;
  return action.has_value();
}

bool take_symbol(Verdict& verdict, std::string_view value) {
  auto score = score_from(value);
  if (score) verdict.scores.push_back(std::move(*score));
  return score.has_value();
}

bool take_message(Verdict& verdict, std::string_view value) {
  verdict.message = value;
  return true;
}

bool take_subject(Verdict& verdict, std::string_view value) {
  verdict.subject = value;
  return true;
}

bool take_message_id(Verdict& verdict, std::string_view value) {
  if (value != "undef") verdict.message_id = value;
  return true;
}

struct Line {
  std::string_view name;
  bool (*take)(Verdict& verdict, std::string_view value);
};

constexpr std::array<Line, 6> kLines{{{"Metric", take_metric},
                                      {"Action", take_action},
                                      {"Symbol", take_symbol},
                                      {"Message", take_message},
                                      {"Subject", take_subject},
                                      {"Message-ID", take_message_id}}};

// False when the line is one of ours and cannot be read.
bool take_line(Verdict& verdict, std::string_view line) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos) return true;
  for (const Line& known : kLines) {
    if (known.name == line.substr(0, colon)) return known.take(verdict, line.substr(colon + 2));
  }
  return true;
}

// "RSPAMD/1.3 0 EX_OK"
Result<void> check_status(std::string_view line) {
  const auto words = split(line, ' ');
  const auto code = words.size() < 2 ? std::nullopt : parse_unsigned(words[1]);
  if (!line.starts_with("RSPAMD/") || !code)
    return fail(Errc::invalid, fmt::format("the server does not answer as xspamd does: {}", shown(line)));
  if (*code != 0) return fail(Errc::invalid, fmt::format("the server refused: {}", shown(line)));
  return {};
}

}  // namespace

std::optional<Score> score_from(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.find(')', std::min(open, text.size()));
  if (open == 0 || close == std::string_view::npos) return std::nullopt;
  const auto value = points(text.substr(open + 1, close - open - 1));
  if (!value) return std::nullopt;
  Score score;
  score.symbol = text.substr(0, open);
  score.value = *value;
  std::string_view options = text.substr(close + 1);
  if (!options.starts_with('[') || !options.ends_with(']')) return score;
  options = options.substr(1, options.size() - 2);
  for (const std::string_view option : split(options, ','))
    score.options.push_back(unescaped(trim_blanks(option)));
  return score;
}

void RspamcReplyReader::feed(std::string_view bytes) {
  text_ += bytes.substr(0, kMostBytes + 1 - text_.size());
  done_ = text_.size() > kMostBytes;
}

Result<Verdict> RspamcReplyReader::take() {
  if (text_.size() > kMostBytes) return fail(Errc::invalid, "the server's answer has no end");
  if (text_.empty()) return fail(Errc::unavailable, "the server closed the connection without an answer");
  std::string_view rest = text_;
  const auto next_line = [&rest] {
    const std::size_t lf = rest.find('\n');
    std::string_view line = rest.substr(0, lf);
    rest.remove_prefix(lf == std::string_view::npos ? rest.size() : lf + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  };
  if (auto fine = check_status(next_line()); !fine) return tl::unexpected<Error>(std::move(fine.error()));
  // The last line that is always there, with its end: what comes without was cut off.
  if (!text_.ends_with('\n') || text_.find("\nMessage-ID: ") == std::string::npos)
    return fail(Errc::unavailable, "the server's answer is cut off");
  Verdict verdict;
  while (!rest.empty()) {
    const std::string_view line = next_line();
    if (!take_line(verdict, line))
      return fail(Errc::invalid, fmt::format("the server's answer has an odd line: {}", shown(line)));
  }
  if (verdict.reject_at < kMaxPoints)
    verdict.thresholds[Action::reject] = verdict.reject_at;  // else it is off
  return verdict;
}

}  // namespace xspamd::client
