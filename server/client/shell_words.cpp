#include "server/client/shell_words.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "proto/base/text.h"

namespace xspamd::client {

namespace {

// POSIX.1 XCU 2.2: outside quotes a backslash keeps any character, within double quotes these alone.
bool is_kept(char c, char quote) {
  constexpr std::string_view kInQuotes = "$`\"\\\n";
  return quote != '"' || kInQuotes.find(c) != std::string_view::npos;
}

}  // namespace

Result<std::vector<std::string>> shell_words(std::string_view line) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = '\0';
  const auto add = [&word](std::string_view text) {
    if (!word) word.emplace();
    *word += text;
  };
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '\\' && quote != '\'' && at + 1 < line.size() && is_kept(line[at + 1], quote)) {
      add(line.substr(++at, 1));
    } else if (quote != '\0' ? c == quote : c == '"' || c == '\'') {
      quote = quote != '\0' ? '\0' : c;
      add("");
    } else if (quote == '\0' && is_space(c)) {
      if (word) words.push_back(std::move(*word));
      word.reset();
    } else {
      add(line.substr(at, 1));
    }
  }
  if (quote != '\0')
    return fail(Errc::invalid, fmt::format("{} has a quote that is not closed", quoted(line)));
  if (word) words.push_back(std::move(*word));
  if (words.empty()) return fail(Errc::invalid, fmt::format("{} names no command", quoted(line)));
  return words;
}

}  // namespace xspamd::client
