#include "proto/base/text.h"

#include <algorithm>
#include <charconv>

#include "proto/base/eight_bytes.h"
#include "proto/base/utf8.h"

namespace xspamd {

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    c = to_lower(c);
  return lower;
}

bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && istarts_with(a, b);
}

bool istarts_with(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (to_lower(text[i]) != to_lower(prefix[i])) return false;
  }
  return true;
}

std::size_t ifind(std::string_view text, std::string_view needle) {
  const auto same = [](char a, char b) {
    return to_lower(a) == to_lower(b);
  };
  const auto found = std::search(text.begin(), text.end(), needle.begin(), needle.end(), same);
  if (found == text.end() && !needle.empty()) return std::string_view::npos;
  return static_cast<std::size_t>(found - text.begin());
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + 1);
  }
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  std::uint64_t value = 0;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::size_t utf8_length(std::string_view text) {
  return text.empty() ? 0 : utf8_length_at(text, 0);
}

std::size_t ascii_length(std::string_view text) {
  const auto word = [&](std::size_t at) {
    return eight::load(text.data() + at);
  };
  std::size_t at = 0;
  for (; text.size() - at >= 32; at += 32) {
    if (eight::not_ascii(word(at) | word(at + 8) | word(at + 16) | word(at + 24)) != 0) break;
  }
  for (; text.size() - at >= 8; at += 8) {
    if (const eight::Word found = eight::not_ascii(word(at))) return at + eight::first_in(found);
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80)
    ++at;
  return at;
}

bool is_utf8(std::string_view text) {
  std::size_t at = ascii_length(text);
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      at += ascii_length(text.substr(at));
      continue;
    }
    const std::size_t length = utf8_length_at(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  // A character has at most three continuation bytes: look back that far for its start.
  for (int back = 0; back < 4 && end > 0; ++back) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80) break;
    --end;
  }
  return text.substr(0, end);
}

std::string printable(std::string_view text) {
  const auto plain = [](char c) {
    return c >= 0x20 && c < 0x7f;
  };
  if (std::all_of(text.begin(), text.end(), plain)) return std::string(text);
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0 || is_control(text.front())) {
      line += '?';
      text.remove_prefix(1);
      continue;
    }
    line += text.substr(0, length);
    text.remove_prefix(length);
  }
  return line;
}

std::string quoted(std::string_view text) {
  const std::string safe = printable(text);
  std::string line;
  line.reserve(safe.size() + 2);
  line += '"';
  if (safe.find_first_of("\"\\") == std::string::npos) {
    line += safe;
  } else {
    for (const char c : safe) {
      if (c == '"' || c == '\\') line += '\\';
      line += c;
    }
  }
  return line + '"';
}

namespace {

// Damerau-Levenshtein (optimal string alignment): a swap of neighbours is one edit.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongestCompared = 80;
  if (word.size() > kLongestCompared) return {};
  std::string_view best;
  std::size_t best_edits = std::max<std::size_t>(2, word.size() / 3) + 1;
  const std::string lower = to_lower(word);
  for (const std::string_view candidate : candidates) {
    const std::size_t count = edits(lower, to_lower(candidate));
    if (count < best_edits && count < candidate.size()) {
      best = candidate;
      best_edits = count;
    }
  }
  return best;
}

}  // namespace xspamd
