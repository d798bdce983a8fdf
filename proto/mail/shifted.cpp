#include "proto/mail/shifted.h"

#include <algorithm>
#include <iterator>

namespace xspamd::mail {

namespace {

constexpr char kShiftOut = '\x0E';
constexpr char kShiftIn = '\x0F';
constexpr char kKana = '\x8E';        // single shift to JIS X 0201 in EUC-JP
constexpr char kSupplement = '\x8F';  // single shift to JIS X 0212 in EUC-JP

enum class Set { ascii, kana, kanji, supplement };

struct Escape {
  std::string_view bytes;
  Set set;
};

// RFC 1468, RFC 2237 and the half-width katakana of JIS X 0202, which mail programs write against the RFC.
constexpr Escape kJapanese[] = {
    {"\x1B(B", Set::ascii},       {"\x1B(J", Set::ascii},  {"\x1B(H", Set::ascii},
    {"\x1B(I", Set::kana},        {"\x1B$@", Set::kanji},  {"\x1B$B", Set::kanji},
    {"\x1B$(D", Set::supplement}, {"\x1B$(@", Set::kanji}, {"\x1B$(B", Set::kanji},
};

bool is_graphic(char c) {
  return c >= 0x21 && c <= 0x7E;
}

bool is_pair(std::string_view bytes, std::size_t at) {
  return bytes.size() - at >= 2 && is_graphic(bytes[at]) && is_graphic(bytes[at + 1]);
}

char high(char c) {
  return static_cast<char>(c | 0x80);
}

void append_pair(std::string& text, std::string_view bytes, std::size_t at) {
  text += high(bytes[at]);
  text += high(bytes[at + 1]);
}

}  // namespace

std::string unshift_iso_2022_jp(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  Set set = Set::ascii;
  for (std::size_t at = 0; at < bytes.size();) {
    if (set == Set::ascii && bytes[at] != '\x1B') {
      const std::size_t end = std::min(bytes.find('\x1B', at), bytes.size());
      text += bytes.substr(at, end - at);
      at = end;
      continue;
    }
    const auto* escape = std::find_if(std::begin(kJapanese), std::end(kJapanese), [&](const Escape& known) {
      return bytes.substr(at, known.bytes.size()) == known.bytes;
    });
    if (escape != std::end(kJapanese)) {
      set = escape->set;
      at += escape->bytes.size();
    } else if (set == Set::kana && bytes[at] >= 0x21 && bytes[at] <= 0x5F) {
      text += kKana;
      text += high(bytes[at++]);
    } else if ((set == Set::kanji || set == Set::supplement) && is_pair(bytes, at)) {
      if (set == Set::supplement) text += kSupplement;
      append_pair(text, bytes, at);
      at += 2;
    } else {
      text += bytes[at++];
    }
  }
  return text;
}

std::string unshift_iso_2022_kr(std::string_view bytes) {
  constexpr std::string_view kHeader = "\x1B$)C";
  std::string text;
  text.reserve(bytes.size());
  bool korean = false;
  for (std::size_t at = 0; at < bytes.size();) {
    const char c = bytes[at];
    if (c == kShiftOut || c == kShiftIn) {
      korean = c == kShiftOut;
      ++at;
    } else if (bytes.substr(at, kHeader.size()) == kHeader) {
      at += kHeader.size();
    } else if (korean && is_pair(bytes, at)) {
      append_pair(text, bytes, at);
      at += 2;
    } else {
      if (c == '\n') korean = false;  // RFC 1557 §2: each line begins in ASCII
      text += c;
      ++at;
    }
  }
  return text;
}

std::string unshift_hz(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  bool chinese = false;
  for (std::size_t at = 0; at < bytes.size();) {
    const char c = bytes[at];
    const char next = at + 1 < bytes.size() ? bytes[at + 1] : '\0';
    if (c == '~' && (next == '{' || next == '}')) {
      chinese = next == '{';
      at += 2;
    } else if (c == '~' && !chinese && (next == '~' || next == '\n')) {
      if (next == '~')
        text += c;  // RFC 1843 §2: "~~" is "~", and "~" at the end of a line joins it to the next
      at += 2;
    } else if (chinese && is_pair(bytes, at)) {
      append_pair(text, bytes, at);
      at += 2;
    } else {
      if (c == '\n') chinese = false;  // RFC 1843 §2: each line ends in ASCII
      text += c;
      ++at;
    }
  }
  return text;
}

}  // namespace xspamd::mail
