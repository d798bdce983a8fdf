#include "proto/mail/yenc.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/lines.h"

namespace xspamd::mail {

namespace {

constexpr std::string_view kBegin = "=ybegin ";
constexpr std::string_view kPart = "=ypart ";
constexpr std::string_view kEnd = "=yend";

// The name is the last value of the line and may hold blanks.
std::string_view name_of(std::string_view line) {
  constexpr std::string_view kName = " name=";
  const std::size_t at = line.find(kName);
  return at == std::string_view::npos ? std::string_view() : trim_blanks(line.substr(at + kName.size()));
}

}  // namespace

EncodedFile find_yenc(std::string_view text, std::size_t at) {
  while ((at = find_line(text, kBegin, at)) != std::string_view::npos) {
    const Line first = line_at(text, at);
    // Both values are required: without them it is text about yEnc.
    if (first.text.find(" line=") == std::string_view::npos &&
        first.text.find(" size=") == std::string_view::npos) {
      at = first.next;
      continue;
    }
    const std::size_t last = find_line(text, kEnd, first.next);
    const std::size_t end = last == std::string_view::npos ? text.size() : line_at(text, last).next;
    return {at, end - at, name_of(first.text)};
  }
  return {};
}

std::string decode_yenc(std::string_view text) {
  const EncodedFile file = find_yenc(text, 0);
  std::size_t at = 0;
  if (file.length > 0) {
    text = text.substr(file.begin, file.length);
    at = line_at(text, 0).next;
    if (text.substr(at).starts_with(kPart)) at = line_at(text, at).next;
  }
  text = text.substr(at, find_line(text, kEnd, at) - at);
  std::string bytes(text.size(), '\0');
  char* to = bytes.data();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' || text[i] == '\n') continue;
    int shift = 42;
    if (text[i] == '=') {
      if (++i == text.size()) break;
      shift = 42 + 64;
    }
    *to++ = static_cast<char>(static_cast<unsigned char>(text[i]) - shift);
  }
  bytes.resize(static_cast<std::size_t>(to - bytes.data()));
  return bytes;
}

}  // namespace xspamd::mail
