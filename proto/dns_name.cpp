#include "proto/dns_name.h"

#include <array>

#include "proto/base/text.h"

namespace xspamd::dns {

namespace {

constexpr std::size_t kMostLabel = 63;  // RFC 1035 §2.3.4
constexpr std::size_t kMostName = 255;
constexpr unsigned kPointer = 0xc0;  // §4.1.4: the two highest bits

// What a byte of a label is in presentation form; 0: an escape.
using Spelling = std::array<char, 256>;

constexpr Spelling make_spelling(bool lower) {
  Spelling spelling{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')
      spelling[c] = static_cast<char>(upper && lower ? c - 'A' + 'a' : c);
  }
  return spelling;
}
constexpr Spelling kAsItIs = make_spelling(false);
constexpr Spelling kLower = make_spelling(true);

unsigned byte(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// Presentation form, written where it cannot overflow: four bytes for each byte of a name.
struct Text {
  std::array<char, 4 * kMostName> bytes;  // uninitialised: this is the inner loop of all decoding
  std::size_t size = 0;

  void add(char c) { bytes[size++] = c; }

  // RFC 4343 §2.1.
  void add_label(std::string_view label, const Spelling& spelling) {
    for (const char c : label) {
      const unsigned value = static_cast<unsigned char>(c);
      if (spelling[value] != 0) {
        add(spelling[value]);
        continue;
      }
      add('\\');
      add(static_cast<char>('0' + value / 100));
      add(static_cast<char>('0' + value / 10 % 10));
      add(static_cast<char>('0' + value % 10));
    }
  }
  std::string to_string() const { return {bytes.data(), size}; }
};

std::optional<std::string> read(std::string_view message, std::size_t at, const Spelling& spelling) {
  Text text;
  std::size_t bytes = 1;  // the root label
  std::size_t before = at;
  while (at < message.size()) {
    const unsigned length = byte(message, at);
    if (length == 0) return text.to_string();
    if (length >= kPointer) {
      if (at + 2 > message.size()) return std::nullopt;
      at = (length & ~kPointer) << 8 | byte(message, at + 1);
      if (at >= before) return std::nullopt;
      before = at;
      continue;
    }
    bytes += 1 + length;
    if (length > kMostLabel || bytes > kMostName || message.size() - at - 1 < length) return std::nullopt;
    if (text.size > 0) text.add('.');
    text.add_label(message.substr(at + 1, length), spelling);
    at += 1 + length;
  }
  return std::nullopt;
}

// RFC 1035 §5.1: what the backslash at the start of `text` quotes, \DDD or \X; it is taken off.
std::optional<char> take_quoted(std::string_view& text) {
  if (text.size() < 2) return std::nullopt;
  if (!is_digit(text[1])) {
    const char quoted = text[1];
    text.remove_prefix(2);
    return quoted;
  }
  if (text.size() < 4) return std::nullopt;
  const auto value = parse_unsigned(text.substr(1, 3));
  if (!value || *value > 255) return std::nullopt;
  text.remove_prefix(4);
  return static_cast<char>(*value);
}

// Appends the first label of `name`, length byte first, and takes it and its dot off.
bool append_label(std::string& out, std::string_view& name) {
  const std::size_t length_at = out.size();
  out += '\0';
  for (;;) {
    const std::string_view run = name.substr(0, name.find_first_of("\\."));
    out += run;
    name.remove_prefix(run.size());
    if (out.size() - length_at - 1 > kMostLabel) return false;
    if (name.empty() || name.front() == '.') break;
    const auto quoted = take_quoted(name);
    if (!quoted) return false;
    out += *quoted;
  }
  if (!name.empty()) name.remove_prefix(1);
  const std::size_t length = out.size() - length_at - 1;
  out[length_at] = static_cast<char>(length);
  return length > 0 && length <= kMostLabel;
}

}  // namespace

std::optional<std::size_t> name_end(std::string_view message, std::size_t at) {
  while (at < message.size()) {
    const unsigned length = byte(message, at);
    if (length == 0) return at + 1;
    if (length >= kPointer) return at + 2 <= message.size() ? std::optional(at + 2) : std::nullopt;
    if (length > kMostLabel) return std::nullopt;
    at += 1 + length;
  }
  return std::nullopt;
}

std::optional<std::string> read_name(std::string_view message, std::size_t at) {
  return read(message, at, kAsItIs);
}

std::optional<std::string> read_lower_name(std::string_view message, std::size_t at) {
  return read(message, at, kLower);
}

bool append_name(std::string& out, std::string_view name) {
  const std::size_t begin = out.size();
  if (name == ".") name = {};
  while (!name.empty())
    if (!append_label(out, name) || out.size() - begin >= kMostName) return false;
  out += '\0';
  return true;
}

}  // namespace xspamd::dns
