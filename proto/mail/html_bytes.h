// The bytes that HTML's tokenization tells apart, and what becomes of those that do not stay as they are:
// character references, NUL, CR (HTML §13.2.3.5) and capitals in names. Linear.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xspamd::mail::html_bytes {

// Classes of bytes, as bits.
enum : unsigned {
  kLess = 1,
  kReference = 2,
  kNull = 4,
  kReturn = 8,
  kUpper = 16,
  kSpace = 32,
  kSlash = 64,
  kGreater = 128,
  kEquals = 256,
  kDoubleQuote = 512,
  kSingleQuote = 1024
};

constexpr std::array<std::uint16_t, 256> make_classes() {
  std::array<std::uint16_t, 256> classes{};
  const auto add = [&](std::string_view characters, unsigned bits) {
    for (const char c : characters)
      classes[static_cast<unsigned char>(c)] |= static_cast<std::uint16_t>(bits);
  };
  add("<", kLess);
  add("&", kReference);
  add(std::string_view("\0", 1), kNull);
  add("\r", kReturn);
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZ", kUpper);
  add("\t\n\f\r ", kSpace);
  add("/", kSlash);
  add(">", kGreater);
  add("=", kEquals);
  add("\"", kDoubleQuote);
  add("'", kSingleQuote);
  return classes;
}

constexpr auto kClasses = make_classes();

inline unsigned class_of(char c) {
  return kClasses[static_cast<unsigned char>(c)];
}

// Offset of the first byte of these classes, or the size.
inline std::size_t find_class(std::string_view text, std::size_t from, unsigned classes) {
  while (from < text.size() && !(class_of(text[from]) & classes))
    ++from;
  return from;
}

// Appends what the byte at the start of `raw` and what belongs to it become; returns the length of that.
std::size_t change(std::string_view raw, bool in_attribute, std::string& text);
// Appends `raw` with all bytes of these classes changed.
void append_changed(std::string_view raw, unsigned classes, bool in_attribute, std::string& text);

}  // namespace xspamd::mail::html_bytes
