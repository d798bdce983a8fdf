#include "proto/spamc.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "proto/base/text.h"
#include "proto/symbol_list.h"

namespace xspamd::spamc {

namespace {

constexpr Version kHeadSince{1, 0};       // newer than this
constexpr Version kQuietHeadSince{1, 5};  // PING and SKIP
constexpr Version kLengthSince{1, 3};     // Content-length beside the Spam line

// What the arithmetic adds is no rule: clients compare the list with the names of rules.
bool is_arithmetic(std::string_view symbol) {
  return symbol == "ROUNDING" || symbol == "MORE_SYMBOLS" || symbol == "FORCED" || symbol.starts_with("CAP_");
}

// Symbols that score, and those that say why there was no scan; in byte order, without blanks.
std::string symbol_names(const std::vector<Score>& scores) {
  std::vector<std::string_view> names;
  for (const Score& score : scores) {
    const bool counts = score.value != Points{} || score.group == "service";
    if (counts && !is_arithmetic(score.symbol)) names.push_back(score.symbol);
  }
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ","));
}

// Greedy, at 75 columns as spamd does; further lines stand under the first.
std::string wrapped(std::string_view text, std::size_t indent) {
  constexpr std::size_t kWidth = 75;
  std::string lines;
  std::size_t column = indent;
  for (const std::string_view word : split(text, ' ')) {
    if (column > indent && column + 1 + word.size() > kWidth) {
      lines += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
  }
  return lines;
}

// "%4.1f %-22s %s": the columns that readers of these reports expect; finer values keep their decimals.
std::string report_line(const Score& score) {
  constexpr std::size_t kIndent = 28;
  const std::string points =
      score.value.thousandths % 100 == 0 ? to_tenths(score.value) : to_text(score.value);
  const std::string options = options_text(score.options);
  const std::string about = printable(score.about) + (options.empty() ? "" : fmt::format(" [{}]", options));
  return fmt::format("{:>4} {:<22} {}\n", points, score.symbol, wrapped(about, kIndent));
}

// Lines end in LF, the last one is empty. Never empty: Exim would write before its buffer.
std::string report(const Verdict& verdict, Points required, std::size_t room) {
  std::string text = fmt::format(
      "xspamd found this message to be {}.\n\nContent analysis details:   ({} points, {} required)\n\n"
      " pts rule name              description\n"
      "---- ---------------------- --------------------------------------------------\n",
      verdict.score >= required ? "spam" : "no spam", to_tenths(verdict.score), to_tenths(required));
  const std::size_t used = text.size() + 1;
  text += folded_lines(verdict.scores, room > used ? room - used : 0, report_line);
  return text + "\n";
}

// TELL names where something is set or removed in any spelling that has the words in it.
bool names(std::string_view value, std::string_view word) {
  return to_lower(value).find(word) != std::string::npos;
}

void apply_tell_header(Tell& tell, std::string_view name, std::string_view value) {
  // spamd takes every other word for ham; only the exact word means spam.
  if (iequals(name, "Message-class")) tell.which = value == "spam" ? Tell::Class::spam : Tell::Class::ham;
  if (iequals(name, "Set")) {
    tell.set_local = names(value, "local");
    tell.set_remote = names(value, "remote");
  }
  if (iequals(name, "Remove")) {
    tell.remove_local = names(value, "local");
    tell.remove_remote = names(value, "remote");
  }
}

}  // namespace

bool has_head(const Request& request) {
  const bool quiet = request.command == Command::ping || request.command == Command::skip;
  return quiet ? request.version >= kQuietHeadSince : request.version > kHeadSince;
}

std::string_view apply_header(Request& request, std::string_view name, std::string_view value) {
  apply_tell_header(request.tell, name, value);
  // A compressed body read as text would be judged by what it is not.
  if (iequals(name, "Compress")) return "(compression type not supported)";
  if (!iequals(name, "User")) return {};
  if (std::any_of(value.begin(), value.end(), is_control)) return "(User header contains control chars)";
  request.profile_user = value;
  return {};
}

std::string write(const Request& request, const Verdict& verdict, const ReplyOptions& options) {
  const bool spam = verdict.score >= options.required;
  const bool asks_if_spam = request.command == Command::report_if_spam;
  const std::string_view word = asks_if_spam ? (spam ? "Yes" : "No") : (spam ? "True" : "False");
  const std::string spam_line =
      fmt::format("Spam: {} ; {} / {}\r\n", word, to_tenths(verdict.score), to_tenths(options.required));

  std::string body;
  if (request.command == Command::symbols) body = symbol_names(verdict.scores);
  if (request.command == Command::report || (asks_if_spam && spam)) {
    body = report(verdict, options.required, options.max_bytes);
  }
  const bool bare = request.command == Command::check || request.version < kLengthSince;
  if (request.command == Command::symbols && bare) body += "\r\n";
  const std::string length = bare ? "" : fmt::format("Content-length: {}\r\n", body.size());
  return fmt::format("SPAMD/1.1 0 EX_OK\r\n{}{}\r\n{}", length, spam_line, body);
}

std::string write_told(Told told) {
  const std::string_view what = told == Told::learned     ? "DidSet: local\r\n"
                                : told == Told::forgotten ? "DidRemove: local\r\n"
                                                          : "";
  return fmt::format("SPAMD/1.1 0 EX_OK\r\n{}\r\n\r\n", what);
}

std::string write_pong() {
  return "SPAMD/1.5 0 PONG\r\n";
}

std::string write_error(int code, std::string_view detail) {
  const std::string_view prefix = code == kTimeout       ? "Timeout"
                                  : code == kUnavailable ? "Service Unavailable"
                                                         : "Bad header line";
  return fmt::format("SPAMD/1.0 {} {}: {}\r\n", code, prefix, detail);
}

}  // namespace xspamd::spamc
