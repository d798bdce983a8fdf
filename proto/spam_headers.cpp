#include "proto/spam_headers.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "proto/encoded_word.h"
#include "proto/spam_report.h"

namespace xspamd {

namespace {

std::size_t columns(std::string_view text) {
  constexpr std::size_t kTab = 8;
  const auto tabs = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\t'));
  return text.size() + tabs * (kTab - 1);
}

// One star for each whole point.
std::string stars(Points score) {
  constexpr std::int64_t kMost = 50;
  const std::int64_t count = std::clamp<std::int64_t>(score.thousandths / 1000, 0, kMost);
  return std::string(static_cast<std::size_t>(count), '*');
}

std::string names(const std::vector<Score>& scores, std::size_t room) {
  std::string all = rule_names(scores);
  if (all.empty()) return "none";
  if (all.size() <= room) return all;
  const std::size_t comma = all.rfind(',', room);
  return fmt::format("{}MORE_SYMBOLS", all.substr(0, comma == std::string::npos ? 0 : comma + 1));
}

std::string report_field(const Verdict& verdict, std::size_t room) {
  std::string field = "X-Spam-Report: \n";
  const std::string items = report_items(verdict.scores, room);
  for (const std::string_view line : split(items, '\n')) {
    if (!line.empty()) field += fmt::format("\t{}\n", encode_words(line, "\n\t"));
  }
  return field;
}

}  // namespace

std::string fold_header(std::string_view field) {
  constexpr std::size_t kWidth = 79;
  const std::size_t value = field.find(": ") + 2;  // the blank behind the colon is no place to fold at
  std::string text;
  std::string line(field.substr(0, value));
  std::string_view rest = field.substr(value);
  bool fresh = true;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" ,"), rest.size() - 1) + 1;
    const std::string_view piece = rest.substr(0, end);
    if (!fresh && columns(line) + columns(piece) > kWidth) {
      text += fmt::format("{}\n", std::string_view(line).substr(0, line.find_last_not_of(' ') + 1));
      line.assign(1, '\t');
    }
    line += piece;
    fresh = false;
    rest.remove_prefix(end);
  }
  return text + line;
}

std::string spam_headers(const Verdict& verdict, const Marker& marker, const SpamHeaderOptions& options) {
  const bool spam = verdict.score >= options.required;
  std::string fields =
      fold_header(fmt::format("X-Spam-Checker-Version: {} {} ({}) on {}", marker.program, marker.version,
                              marker.released, encode_words(printable(marker.host)))) +
      "\n";
  if (spam) fields += "X-Spam-Flag: YES\n";
  fields += fmt::format("X-Spam-Level: {}\n", stars(verdict.score));
  fields +=
      fold_header(fmt::format("X-Spam-Status: {}, score={} required={} tests={} autolearn={} version={}",
                              spam ? "Yes" : "No", to_tenths(verdict.score), to_tenths(options.required),
                              names(verdict.scores, options.max_names), verdict.autolearn, marker.version)) +
      "\n";
  if (spam && options.report) fields += report_field(verdict, options.max_report);
  return fields;
}

}  // namespace xspamd
