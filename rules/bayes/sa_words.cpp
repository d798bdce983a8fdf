#include "rules/bayes/sa_words.h"

#include <algorithm>
#include <string>

#include "proto/base/text.h"

namespace xspamd::bayes {

namespace {

constexpr std::size_t kShortest = 3;  // bytes
constexpr std::size_t kLongest = 15;
constexpr std::size_t kKeptCharacters = 7;
constexpr std::string_view kSkipped = "sk:";
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

constexpr bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}
constexpr bool is_word_letter(char c) {
  return is_letter(c) || is_digit(c) || c == '_';
}
constexpr bool is_wide(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool belongs_to_words(char c) {
  return is_word_letter(c) || is_wide(c) || std::string_view(",@*!'\"$.-").find(c) != std::string_view::npos;
}
// What stays when a word is taken without its marks.
constexpr bool is_no_mark(char c) {
  return is_word_letter(c) || c == ':' || c == '*';
}

std::string only_words(std::string_view line) {
  std::string clean(line);
  for (char& c : clean)
    if (!belongs_to_words(c)) c = ' ';
  return clean;
}

// Dots or hyphens between two words are a break, not a part of them.
void part_at_runs(std::string& line, char mark, std::size_t least) {
  constexpr std::size_t kMost = 6;
  for (std::size_t at = line.find(mark); at != std::string::npos;) {
    const std::size_t end = std::min(line.find_first_not_of(mark, at), line.size());
    const bool between =
        at > 0 && end < line.size() && is_word_letter(line[at - 1]) && is_word_letter(line[end]);
    if (between && end - at >= least && end - at <= kMost)
      std::fill(line.begin() + static_cast<std::ptrdiff_t>(at),
                line.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    at = line.find(mark, end);
  }
}

// The first letter of a sentence becomes small, if a blank or the end comes before the next capital. The dot
// of the sentence before must not have been taken by that one, so of sentences that follow each other without
// a capital between only every other one changes.
void lower_sentence_starts(std::string& line) {
  std::size_t taken = 0;  // what stands before has been looked at
  bool starts = true;
  for (std::size_t at = 0; at < line.size();) {
    if (!starts || !is_capital(line[at])) {
      const bool behind_dot = at > taken && line[at - 1] == '.';
      const bool behind_blank = at > 0 && line[at - 1] == ' ' && starts;
      starts = line[at++] == ' ' && (behind_dot || behind_blank);
      continue;
    }
    starts = false;
    const std::size_t next = std::min(line.find_first_of(kCapitals, at + 1), line.size());
    const std::size_t blank = line.rfind(' ', next - 1);
    const bool ends = next == line.size() && next > at + 1;
    if (!ends && (blank == std::string::npos || blank < at + 2)) {
      ++at;
      continue;
    }
    line[at] = to_lower(line[at]);
    at = taken = ends ? next : blank + 1;
  }
}

// The pieces of an address in a text carry no mark of where it stood.
bool add_address(SaTokenSet& tokens, std::string_view word) {
  const std::size_t any = word.find('@', 1);
  if (any == std::string_view::npos || any + 1 == word.size()) return false;
  const std::size_t at = word.rfind('@', word.size() - 2);
  tokens.add("U*", word.substr(0, at));
  for_each_level(word.substr(at + 1), [&](std::string_view domain) { tokens.add("D*", domain); });
  return true;
}

void add_host(SaTokenSet& tokens, std::string_view word) {
  for (std::size_t dot = word.find('.', 1); dot != std::string_view::npos; dot = word.find('.', dot + 1)) {
    if (dot + 1 == word.size() || !is_letter(word[dot + 1])) continue;
    for_each_level(word, [&](std::string_view host) { tokens.add("UD:", host); });
    return;
  }
}

// Of a long word in a script of three or four bytes each character stands alone.
bool add_wide_characters(SaTokenSet& tokens, std::string_view mark, std::string_view word) {
  const std::string alone = std::string(mark) + "u8:";
  bool any = false;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(word.substr(at)), 1);
    if (length > 2) {
      tokens.add(alone, word.substr(at, length));
      any = true;
    }
    at += length;
  }
  return any;
}

std::string beginning_of(std::string_view word) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < kKeptCharacters && kept < word.size(); ++i)
    kept += std::max<std::size_t>(utf8_length(word.substr(kept)), 1);
  if (kept + 2 > word.size()) return std::string(word);
  return std::string(kSkipped).append(word.substr(0, kept));
}

std::string without_marks(std::string_view word) {
  std::string bare;
  std::copy_if(word.begin(), word.end(), std::back_inserter(bare), is_no_mark);
  return bare;
}

void add_forms(SaTokenSet& tokens, std::string_view mark, const std::string& word) {
  const bool has_marks = !std::all_of(word.begin(), word.end(), is_no_mark);
  if (has_marks) tokens.add(mark, without_marks(word));
  if (std::none_of(word.begin(), word.end(), is_capital)) return;
  const std::string small = to_lower(word);
  tokens.add(mark, small);
  if (has_marks) tokens.add(mark, without_marks(small));
}

void add_word(SaTokenSet& tokens, SaPlace place, std::string_view mark, std::string_view word) {
  constexpr std::string_view kTrimmed = "-'\".,";
  word.remove_prefix(std::min(word.find_first_not_of(kTrimmed), word.size()));
  word = word.substr(0, word.find_last_not_of(kTrimmed) + 1);
  if (word.size() < kShortest) return;
  if (place != SaPlace::field && !add_address(tokens, word)) add_host(tokens, word);
  std::string token(word);
  if (word.size() > kLongest && word.find('*') == std::string_view::npos) {
    if (add_wide_characters(tokens, mark, word)) return;
    if (place != SaPlace::link) token = beginning_of(word);
  }
  if (place != SaPlace::field) add_forms(tokens, mark, token);
  tokens.add(mark, token);
}

}  // namespace

void add_sa_words(SaTokenSet& tokens, SaPlace place, std::string_view mark, std::string_view utf8,
                  std::size_t& words) {
  std::string line = only_words(utf8);
  part_at_runs(line, '.', 3);
  part_at_runs(line, '-', 2);
  if (place != SaPlace::field) lower_sentence_starts(line);
  for (std::size_t at = line.find_first_not_of(' '); at < line.size() && words > 0 && !tokens.full();
       --words) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    add_word(tokens, place, mark, std::string_view(line).substr(at, end - at));
    at = line.find_first_not_of(' ', end);
  }
}

}  // namespace xspamd::bayes
