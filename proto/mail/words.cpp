// The text of header fields: unfolding and encoded words. Declared in proto/mail/header.h.
#include <algorithm>
#include <optional>

#include "proto/base/text.h"
#include "proto/mail/encoding.h"
#include "proto/mail/header.h"

namespace xspamd::mail {

namespace {

struct EncodedWord {
  std::string_view charset;
  bool base64 = false;
  std::string_view text;
  std::size_t length = 0;
};

// RFC 2047 §2: token, which excludes blanks, controls and especials.
bool is_token(char c) {
  constexpr std::string_view kEspecials = "()<>@,;:\"/[]?=";
  return c > ' ' && c <= '~' && kEspecials.find(c) == std::string_view::npos;
}

// The encoded word at the start of `text`. Longer than 75 bytes and blanks inside are common and accepted.
// Looks no further than the first "?" of the encoded text, before which no other word can begin: so a caller
// that tries every "=?" of a text stays linear.
std::optional<EncodedWord> read_word(std::string_view text) {
  constexpr std::size_t kLongestCharset = 80;
  if (!text.starts_with("=?")) return std::nullopt;
  EncodedWord word;
  std::size_t at = 2;
  while (at < text.size() && at < kLongestCharset && is_token(text[at]))
    ++at;
  // RFC 2231 §5: charset*language
  word.charset = text.substr(2, at - 2);
  word.charset = word.charset.substr(0, word.charset.find('*'));
  if (word.charset.empty() || text.size() - at < 5 || text[at] != '?' || text[at + 2] != '?')
    return std::nullopt;
  const char encoding = to_lower(text[at + 1]);
  if (encoding != 'b' && encoding != 'q') return std::nullopt;
  word.base64 = encoding == 'b';
  const std::size_t begin = at + 3;
  const std::size_t end = text.find('?', begin);
  if (end == std::string_view::npos || end + 1 >= text.size() || text[end + 1] != '=') return std::nullopt;
  word.text = text.substr(begin, end - begin);
  word.length = end + 2;
  const auto fits = [](char c) {
    return is_base64(c) || is_blank(c);
  };
  if (word.base64 && !std::all_of(word.text.begin(), word.text.end(), fits)) return std::nullopt;
  return word;
}

bool is_all_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_blank);
}

void remove_controls(std::string& text) {
  if (text.find('\0') != std::string::npos)
    text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  for (const char line_end : {'\r', '\n'}) {
    if (text.find(line_end) != std::string::npos) std::replace(text.begin(), text.end(), line_end, ' ');
  }
}

std::string text_of_bytes(std::string_view raw) {
  return is_utf8(raw) ? std::string(raw) : windows_1252_to_utf8(raw);
}

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

// Collects the bytes of adjacent words until the charset changes or other text comes.
class WordJoiner {
 public:
  explicit WordJoiner(Charsets& charsets) : charsets_(charsets) {}

  // RFC 2047 §6.2: blanks between two encoded words are not displayed.
  void add_text(std::string_view text, bool before_word) {
    if (text.empty() || (before_word && after_word_ && is_all_blank(text))) return;
    convert_pending();
    result_ += text_of_bytes(text);
    after_word_ = false;
  }

  void add_word(const EncodedWord& word) {
    if (!iequals(word.charset, charset_)) convert_pending();
    charset_ = word.charset;
    pending_ += word.base64 ? decode_base64(word.text) : decode_q(word.text);
    after_word_ = true;
  }

  std::string take() {
    convert_pending();
    remove_controls(result_);
    return std::move(result_);
  }

 private:
  void convert_pending() {
    if (pending_.empty()) return;
    result_ += charsets_.to_utf8(pending_, charset_);
    pending_.clear();
  }

  Charsets& charsets_;
  std::string result_;
  std::string pending_;
  std::string_view charset_;
  bool after_word_ = false;
};

}  // namespace

std::string unfold(std::string_view raw) {
  // deviates: RFC 5322 §2.2.3 keeps the blanks after a line end. One blank instead makes the value free of
  // how it was folded, which mail systems change on the way.
  raw = trim(raw);
  std::string line;
  line.reserve(raw.size());
  std::size_t lf = 0, cr = 0;
  for (std::size_t at = 0; at < raw.size();) {
    if (lf < at || at == 0) lf = std::min(raw.find('\n', at), raw.size());
    if (cr < at || at == 0) cr = std::min(raw.find('\r', at), raw.size());
    std::size_t end = std::min(lf, cr);
    line += trim_end(raw.substr(at, end - at));
    if (end == raw.size()) break;
    line += ' ';
    while (end < raw.size() && is_space(raw[end]))
      ++end;
    at = end;
  }
  return line;
}

std::string decode_words(std::string_view unfolded) {
  if (unfolded.find("=?") == std::string_view::npos) return header_text(unfolded);
  Charsets charsets(2);
  return decode_words(unfolded, charsets);
}

std::string decode_words(std::string_view unfolded, Charsets& charsets) {
  std::size_t at = unfolded.find("=?");
  if (at == std::string_view::npos) return header_text(unfolded);
  WordJoiner joiner(charsets);
  std::size_t plain = 0;
  while ((at = unfolded.find("=?", at)) != std::string_view::npos) {
    const auto word = read_word(unfolded.substr(at));
    if (!word) {
      at += 2;
      continue;
    }
    joiner.add_text(unfolded.substr(plain, at - plain), true);
    joiner.add_word(*word);
    at += word->length;
    plain = at;
  }
  joiner.add_text(unfolded.substr(plain), false);
  return joiner.take();
}

std::string header_text(std::string_view raw) {
  std::string text = text_of_bytes(raw);
  remove_controls(text);
  return text;
}

std::size_t encoded_word_length(std::string_view text) {
  const auto word = read_word(text);
  return word ? word->length : 0;
}

}  // namespace xspamd::mail
