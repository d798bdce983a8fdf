#include "tests/support/reply_form.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "proto/base/text.h"
#include "proto/verdict.h"

namespace xspamd::test {

namespace {

// "7.5" or "-0.125" as thousandths, read digit by digit so that nothing is rounded.
std::optional<std::int64_t> thousandths(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const auto whole = parse_unsigned(text.substr(0, point));
  std::string decimals(text.substr(point + 1));
  if (!whole || decimals.empty() || decimals.size() > 3) return std::nullopt;
  decimals.resize(3, '0');
  const auto fraction = parse_unsigned(decimals);
  if (!fraction) return std::nullopt;
  const auto value = static_cast<std::int64_t>(*whole * 1000 + *fraction);
  return negative ? -value : value;
}

// The lines without their CRLF; nothing when a CR or LF stands alone or the last line has no end.
std::optional<std::vector<std::string_view>> crlf_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    if (line.find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
    lines.push_back(line);
    text.remove_prefix(end + 2);
  }
  return lines;
}

bool has_control(std::string_view text) {
  for (const char c : text) {
    if (is_control(c)) return true;
  }
  return false;
}

// "default; True; 7.5 / 15.0 / 15.0": the score, and whether the three numbers and the word agree.
std::optional<std::int64_t> metric_score(std::string_view line) {
  constexpr std::string_view kStart = "Metric: default; ";
  if (!line.starts_with(kStart)) return std::nullopt;
  line.remove_prefix(kStart.size());
  const bool spam = line.starts_with("True; ");
  if (!spam && !line.starts_with("False; ")) return std::nullopt;
  line.remove_prefix(spam ? 6 : 7);
  std::vector<std::int64_t> numbers;
  for (const std::string_view piece : split(line, '/')) {
    const auto number = thousandths(trim_blanks(piece));
    if (!number || *number > 9'999'900 || *number < -9'999'900) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers.size() != 3 || spam != (numbers[0] >= numbers[1])) return std::nullopt;
  return numbers[0];
}

// The value of "NAME(2.50)[...]".
std::optional<std::int64_t> symbol_value(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.find(')');
  if (open == 0 || open == std::string_view::npos || close == std::string_view::npos || close < open)
    return std::nullopt;
  const std::string_view rest = text.substr(close + 1);
  if (!rest.empty() && (!rest.starts_with('[') || !rest.ends_with(']'))) return std::nullopt;
  return thousandths(text.substr(open + 1, close - open - 1));
}

}  // namespace

std::string rspamc_defect(std::string_view reply) {
  constexpr std::size_t kEximReads = 32'000;
  constexpr std::size_t kEximAction = 31;
  if (reply.size() > kEximReads) return "the reply is longer than Exim reads";
  const auto lines = crlf_lines(reply);
  if (!lines) return "a line does not end in CRLF";
  if (lines->size() == 1 && lines->front().starts_with("RSPAMD/1.") && lines->front().ends_with(" 0 PONG"))
    return {};
  if (lines->size() < 3) return "there are no three lines";
  const std::string_view status = (*lines)[0];
  if (status.size() != 18 || !status.starts_with("RSPAMD/1.") || !status.ends_with(" 0 EX_OK"))
    return "no status line";
  const auto score = metric_score((*lines)[1]);
  if (!score) return "no Metric line";
  const std::string_view action = (*lines)[2];
  if (!action.starts_with("Action: ") || action.size() > 8 + kEximAction || !action_from(action.substr(8)))
    return "no Action line";
  std::int64_t sum = 0;
  for (std::size_t i = 3; i < lines->size(); ++i) {
    const std::string_view line = (*lines)[i];
    if (has_control(line)) return "a control character";
    if (line.starts_with("Symbol: ")) {
      const auto value = symbol_value(line.substr(8));
      if (!value) return fmt::format("no symbol: {}", line);
      sum += *value;
    } else if (!line.starts_with("Message: ") && !line.starts_with("Subject: ") &&
               !line.starts_with("Message-ID: ")) {
      return fmt::format("an unknown line: {}", line);
    }
  }
  if (sum != *score) return fmt::format("the symbols add up to {}, the score is {}", sum, *score);
  return {};
}

std::string spamc_defect(std::string_view reply, Command command) {
  if (reply.empty()) return command == Command::skip ? "" : "the reply is empty";
  // To clients before 1.2 mail is given back without any header.
  if (rewrites_mail(command) && reply.starts_with("SPAMD/1.0 0 EX_OK\r\n")) return {};
  // Reports have LF line ends, as spamd's do: only what stands before the empty line is looked at.
  const std::size_t blank = reply.find("\r\n\r\n");
  const auto lines = crlf_lines(blank == std::string_view::npos ? reply : reply.substr(0, blank + 4));
  if (!lines) return "a line does not end in CRLF";
  const std::string_view status = lines->front();
  if (!status.starts_with("SPAMD/1.")) return "no status line";
  for (const std::string_view line : *lines) {
    if (has_control(line)) return "a control character";
  }
  for (const std::string_view error :
       {" 69 Service Unavailable: ", " 76 Bad header line: ", " 79 Timeout: "}) {
    if (status.find(error) == 9) return lines->size() == 1 ? "" : "an error line is not alone";
  }
  if (status == "SPAMD/1.5 0 PONG") return lines->size() == 1 ? "" : "PONG is not alone";
  if (status != "SPAMD/1.1 0 EX_OK") return "an unknown status";
  return {};
}

}  // namespace xspamd::test
