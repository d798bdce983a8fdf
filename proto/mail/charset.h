// Bytes of any charset that mail names to UTF-8. The order: bytes above 0x7f that are well-formed UTF-8 are
// UTF-8 whatever was declared; then the declared charset; then windows-1252. Charsets that give bytes below
// 0x80 another meaning (UTF-16, ISO-2022, UTF-7) are always read as declared. What does not convert becomes
// U+FFFD. Names are those of the WHATWG Encoding Standard and the usual mail aliases; only a fixed list
// reaches iconv, as a sender who may choose any of its 1,100 names chooses the one with a defect.
// Never fails; the output is valid UTF-8 of at most 4 bytes for each byte given, and a few more.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd::mail {

std::string to_utf8(std::string_view bytes, std::string_view charset);
std::string windows_1252_to_utf8(std::string_view bytes);
// Whether the charset's units are of 2 or 4 bytes, so that a NUL may be half of a character.
bool is_wide(std::string_view charset);

// The same for many small texts: keeps the converters it opened, as opening one may load a module of iconv.
// It opens at most `most`, after which texts of a further charset count as windows-1252: no honest message
// mixes so many. Not thread safe.
class Charsets {
 public:
  explicit Charsets(std::size_t most = 8);
  ~Charsets();
  Charsets(const Charsets&) = delete;
  Charsets& operator=(const Charsets&) = delete;

  std::string to_utf8(std::string_view bytes, std::string_view charset);

 private:
  class Converter;
  Converter* converter(std::string_view iconv_name);

  std::size_t most_;
  std::vector<std::unique_ptr<Converter>> converters_;
};

}  // namespace xspamd::mail
