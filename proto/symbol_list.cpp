#include "proto/symbol_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "proto/base/text.h"

namespace xspamd {

namespace {

constexpr std::size_t kMaxOption = 100;
constexpr std::size_t kMaxOptions = 900;

std::string escaped(std::string_view option) {
  std::string text;
  for (const char c : printable(option)) {
    if (c == ',') {
      text += "%2C";
    } else if (c == '[') {
      text += "%5B";
    } else if (c == ']') {
      text += "%5D";
    } else {
      text += c;
    }
  }
  std::string_view cut = cut_utf8(text, kMaxOption);
  // Never half an escape at the end.
  if (cut.size() < text.size()) {
    const std::size_t percent = cut.rfind('%');
    if (percent != std::string_view::npos && percent + 3 > cut.size()) cut = cut.substr(0, percent);
  }
  return std::string(cut);
}

}  // namespace

std::string options_text(const std::vector<std::string>& options) {
  std::string text;
  for (const std::string& option : options) {
    const std::string safe = escaped(option);
    if (text.size() + safe.size() + 2 > kMaxOptions) break;
    if (!text.empty()) text += ", ";
    text += safe;
  }
  return text;
}

std::string to_text(const Score& score) {
  const std::string options = options_text(score.options);
  if (options.empty()) return fmt::format("{}({})", score.symbol, to_text(score.value));
  return fmt::format("{}({})[{}]", score.symbol, to_text(score.value), options);
}

std::vector<const Score*> by_weight(const std::vector<Score>& scores) {
  std::vector<const Score*> order;
  order.reserve(scores.size());
  for (const Score& score : scores)
    order.push_back(&score);
  const auto weight = [](const Score* score) {
    return std::llabs(score->value.thousandths);
  };
  std::stable_sort(order.begin(), order.end(), [&](const Score* a, const Score* b) {
    return weight(a) != weight(b) ? weight(a) > weight(b) : a->symbol < b->symbol;
  });
  return order;
}

std::string folded_lines(const std::vector<Score>& scores, std::size_t room,
                         std::string (*line)(const Score&)) {
  const auto order = by_weight(scores);
  std::vector<std::string> lines;
  lines.reserve(order.size());
  std::size_t bytes = 0;
  for (const Score* score : order) {
    lines.push_back(line(*score));
    bytes += lines.back().size();
  }
  if (bytes <= room) return fmt::format("{}", fmt::join(lines, ""));

  // The smallest stand last: fold them, one after the other, until the rest and the fold fit.
  Score fold{"MORE_SYMBOLS", "service", "Further symbols that found no room here; the log has them", {}, {}};
  std::string more;
  for (std::size_t count = 1; !lines.empty() && bytes + more.size() > room; ++count) {
    bytes -= lines.back().size();
    fold.value += order[lines.size() - 1]->value;
    fold.options = {std::to_string(count)};
    lines.pop_back();
    more = line(fold);
  }
  return fmt::format("{}{}", fmt::join(lines, ""), more);
}

std::string symbol_lines(const std::vector<Score>& scores, std::size_t room) {
  const auto line = [](const Score& score) {
    return fmt::format("Symbol: {}\r\n", to_text(score));
  };
  return folded_lines(scores, room, line);
}

std::string symbols_on_one_line(const std::vector<Score>& scores, std::size_t room) {
  std::string text;
  const auto order = by_weight(scores);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::string one = to_text(*order[i]);
    if (text.size() + one.size() + 1 > room) {
      return fmt::format("{}{}... {} more", text, text.empty() ? "" : ",", order.size() - i);
    }
    if (!text.empty()) text += ',';
    text += one;
  }
  return text;
}

}  // namespace xspamd
