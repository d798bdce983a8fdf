#include "proto/mail/list.h"

#include <algorithm>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/header.h"
#include "proto/mail/lexical.h"

namespace xspamd::mail {

namespace {

void add(std::string_view text, std::vector<std::string>& list) {
  std::string piece(trim(text));
  if (!piece.empty()) list.push_back(std::move(piece));
}

}  // namespace

std::vector<std::string> parse_ids(std::string_view unfolded, std::size_t most) {
  std::vector<std::string> ids;
  std::size_t at = unfolded.find('<');
  if (at == std::string_view::npos && most > 0) add(header_text(unfolded), ids);
  while (at != std::string_view::npos && ids.size() < most) {
    const std::size_t begin = at + 1;
    // An id that never ends is cut off by the next one, or by the end of the text.
    const std::size_t end = std::min(unfolded.find_first_of("<>", begin), unfolded.size());
    add(header_text(unfolded.substr(begin, end - begin)), ids);
    at = unfolded.find('<', end);
  }
  return ids;
}

std::vector<std::string> parse_phrases(std::string_view unfolded, std::size_t most, Charsets& charsets) {
  std::vector<std::string> phrases;
  bool quotes = true;  // false after one without end: it is then an ordinary character
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= unfolded.size() && phrases.size() < most;) {
    at = std::min(unfolded.find_first_of(",\"=", at), unfolded.size());
    if (at == unfolded.size() || unfolded[at] == ',') {
      const std::string_view piece = trim(unfolded.substr(begin, at - begin));
      const bool quoted = piece.size() > 1 && quoted_length(piece) == piece.size();
      add(decode_words(quoted ? unescape(piece.substr(1, piece.size() - 2)) : std::string(piece), charsets),
          phrases);
      begin = ++at;
      continue;
    }
    std::size_t length = 0;
    if (unfolded[at] == '=') length = encoded_word_length(unfolded.substr(at));
    if (unfolded[at] == '"' && quotes) {
      length = quoted_length(unfolded.substr(at));
      quotes = length > 0;
    }
    at += std::max<std::size_t>(length, 1);
  }
  return phrases;
}

}  // namespace xspamd::mail
