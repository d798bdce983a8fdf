#include "proto/spam_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "proto/symbol_list.h"

namespace xspamd {

namespace {

// What the arithmetic adds is no rule: clients compare the list with the names of rules.
bool is_arithmetic(std::string_view symbol) {
  return symbol == "ROUNDING" || symbol == "MORE_SYMBOLS" || symbol == "FORCED" || symbol.starts_with("CAP_");
}

// What scores, and what says why there was no scan.
bool counts(const Score& score) {
  return score.value != Points{} || score.group == "service";
}

// Greedy, at 75 columns as spamd does. The first line begins at `column`, the others with `indent`.
std::string wrapped(std::string_view text, std::size_t column, std::string_view indent) {
  constexpr std::size_t kWidth = 75;
  std::string lines;
  std::size_t begin = column;
  for (const std::string_view word : split(text, ' ')) {
    if (column > begin && column + 1 + word.size() > kWidth) {
      lines += '\n';
      lines += indent;
      begin = column = indent.size();
    } else if (column > begin) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
  }
  return lines;
}

// Finer values than tenths keep their decimals.
std::string points_text(const Score& score) {
  return score.value.thousandths % 100 == 0 ? to_tenths(score.value) : to_text(score.value);
}

std::string about_text(const Score& score) {
  const std::string options = options_text(score.options);
  return printable(score.about) + (options.empty() ? "" : fmt::format(" [{}]", options));
}

// "%4.1f %-22s %s": the columns that readers of these reports expect.
std::string table_line(const Score& score) {
  static constexpr std::string_view kIndent = "                            ";
  return fmt::format("{:>4} {:<22} {}\n", points_text(score), score.symbol,
                     wrapped(about_text(score), kIndent.size(), kIndent));
}

std::string item_line(const Score& score) {
  const std::string start = fmt::format("* {:>4} {} ", points_text(score), score.symbol);
  return fmt::format("{}{}\n", start, wrapped(about_text(score), start.size(), "*      "));
}

}  // namespace

std::string rule_names(const std::vector<Score>& scores) {
  std::vector<std::string_view> names;
  for (const Score& score : scores) {
    if (counts(score) && !is_arithmetic(score.symbol)) names.push_back(score.symbol);
  }
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ","));
}

std::string report_table(const Verdict& verdict, Points required, std::size_t room) {
  std::string text = fmt::format(
      "Content analysis details:   ({} points, {} required)\n\n"
      " pts rule name              description\n"
      "---- ---------------------- --------------------------------------------------\n",
      to_tenths(verdict.score), to_tenths(required));
  const std::size_t used = text.size();
  return text + folded_lines(verdict.scores, room > used ? room - used : 0, table_line);
}

std::string report_items(const std::vector<Score>& scores, std::size_t room) {
  std::vector<Score> reasons;
  for (const Score& score : scores) {
    if (counts(score)) reasons.push_back(score);
  }
  return folded_lines(reasons, room, item_line);
}

std::string content_preview(std::string_view text) {
  constexpr std::size_t kMost = 200;
  constexpr int kParagraphs = 3;
  constexpr std::string_view kLabel = "Content preview:  ";
  std::size_t end = 0;
  for (int i = 0; i < kParagraphs && end < text.size() && end < kMost; ++i)
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  const std::string_view shown = text.substr(0, end);
  const std::string_view cut = cut_utf8(shown, kMost);
  std::string words;
  for (const char c : cut)
    words += c == '\n' ? ' ' : c;
  std::string line = printable(trim(words));
  if (cut.size() < shown.size()) line += " [...]";
  return fmt::format("{}{}\n", kLabel, wrapped(line, kLabel.size(), "  "));
}

}  // namespace xspamd
