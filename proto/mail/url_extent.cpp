#include "proto/mail/url_extent.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/url_characters.h"

namespace xspamd::urls {

namespace {

// So many marks in a row at the end are no part of a path but a line or an ornament.
constexpr int kOrnament = 3;

constexpr std::string_view kOpen = "([{";
constexpr std::string_view kClose = ")]}";

// Brackets that are open in a URL; a closing one without its opening one belongs to the text around.
class Brackets {
 public:
  // Whether `c` stays within the URL.
  bool take(char c) {
    if (const std::size_t kind = kOpen.find(c); kind != std::string_view::npos) {
      ++open_[kind];
      return true;
    }
    const std::size_t kind = kClose.find(c);
    if (kind == std::string_view::npos || open_[kind] == 0) return false;
    --open_[kind];
    return true;
  }

 private:
  std::size_t open_[3] = {};
};

// A list of links without blanks: "http://a.example/,http://b.example/".
bool next_begins(std::string_view text) {
  return istarts_with(text, "http://") || istarts_with(text, "https://");
}

// Words of scripts without blanks belong to a URL behind its own punctuation ("/wiki/..."), and to the text
// behind a letter or digit.
bool goes_on(const Character& character, char previous) {
  switch (character.kind) {
    case Kind::word:
    case Kind::wide:
    case Kind::zero_width:
    case Kind::dash:
      return true;
    case Kind::unspaced:
      return !has(previous, kAlnum);
    default:
      return false;
  }
}

std::size_t longest_end(std::string_view text, std::size_t at, char before) {
  Brackets brackets;
  while (at < text.size()) {
    const char c = text[at];
    if (has(c, kTail)) {
      ++at;
    } else if (!is_ascii(c)) {
      const Character character = character_at(text, at);
      if (!goes_on(character, text[at - 1])) break;
      at += character.length;
    } else if (c == ',' || c == ';') {
      if (next_begins(text.substr(at + 1, 8))) break;
      ++at;
    } else if (c == '\'') {
      if (before == '\'') break;
      ++at;
    } else if (brackets.take(c)) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

bool is_bracket(char c) {
  return kOpen.find(c) != std::string_view::npos || kClose.find(c) != std::string_view::npos;
}

// The start of an ornament that ends the text, or its end if there is none.
std::size_t ornament_begin(std::string_view text) {
  std::size_t begin = text.size();
  int marks = 0;
  while (begin > 0 && (has(text[begin - 1], kDecoration | kSentence) || is_bracket(text[begin - 1]))) {
    --begin;
    if (!is_bracket(text[begin])) ++marks;
  }
  return marks >= kOrnament ? begin : text.size();
}

// Without what the sentence put behind it.
std::string_view without_sentence(std::string_view tail) {
  while (!tail.empty()) {
    const char c = tail.back();
    if (has(c, kSentence) || kOpen.find(c) != std::string_view::npos) {
      tail.remove_suffix(1);
      continue;
    }
    if (is_ascii(c)) break;
    const Character character = character_before(tail, tail.size(), 0);
    if (character.kind != Kind::zero_width && character.kind != Kind::dash) break;
    tail.remove_suffix(character.length);
  }
  return tail;
}

}  // namespace

std::size_t tail_end(std::string_view text, std::size_t at, char before) {
  std::string_view tail = text.substr(at, longest_end(text, at, before) - at);
  tail = tail.substr(0, ornament_begin(tail));
  tail = without_sentence(tail);
  // Emphasis: "*http://example.org/x*".
  if (tail.size() > 1 && tail.back() == before && (before == '*' || before == '_' || before == '~')) {
    tail.remove_suffix(1);
    tail = without_sentence(tail);
  }
  return at + tail.size();
}

std::optional<Wrapped> unwrap(std::string_view text, std::size_t at) {
  constexpr std::size_t kMost = 2048;  // bytes that are looked at
  const std::string_view rest = text.substr(at, kMost);
  const std::size_t end = rest.find_first_of("<>");
  if (end == std::string_view::npos || rest[end] == '<') return {};
  const std::string_view inside = rest.substr(0, end);
  if (inside.find('\n') == std::string_view::npos) return {};
  Wrapped wrapped{{}, at + end};
  for (std::string_view line : split(inside, '\n')) {
    line = trim(line);
    if (line.find_first_of(" \t") != std::string_view::npos) return {};
    wrapped.url += line;
  }
  return wrapped;
}

}  // namespace xspamd::urls
