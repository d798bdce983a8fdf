#include "proto/mail/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>

#include "proto/base/text.h"
#include "proto/base/utf8.h"
#include "proto/mail/charset_names.h"
#include "proto/mail/shifted.h"
#include "proto/mail/single_byte.h"

namespace xspamd::mail {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

constexpr SingleByte make_windows_1252() {
  // 0x80 to 0x9f; blank where nothing is assigned. The rest is Latin-1.
  constexpr std::string_view kFirst[] = {"\u20AC", "",       "\u201A", "\u0192", "\u201E", "\u2026", "\u2020",
                                         "\u2021", "\u02C6", "\u2030", "\u0160", "\u2039", "\u0152", "",
                                         "\u017D", "",       "",       "\u2018", "\u2019", "\u201C", "\u201D",
                                         "\u2022", "\u2013", "\u2014", "\u02DC", "\u2122", "\u0161", "\u203A",
                                         "\u0153", "",       "\u017E", "\u0178"};
  SingleByte table;
  for (std::size_t i = 0; i < std::size(kFirst); ++i)
    table.set(i, kFirst[i]);
  for (std::size_t i = std::size(kFirst); i < SingleByte::kUpper; ++i) {
    const char pair[] = {static_cast<char>(0xC0 | (0x80 + i) >> 6), static_cast<char>(0x80 | (i & 0x3F))};
    table.set(i, {pair, 2});
  }
  return table;
}
constexpr SingleByte kWindows1252 = make_windows_1252();

std::string repaired_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + kReplacement.size());
  std::size_t copied = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    at += ascii_length(bytes.substr(at));
    if (at == bytes.size()) break;
    const std::size_t length = utf8_length_at(bytes, at);
    at += std::max<std::size_t>(length, 1);
    if (length > 0) continue;
    text += bytes.substr(copied, at - 1 - copied);
    text += kReplacement;
    copied = at;
  }
  text += bytes.substr(copied);
  return text;
}

std::string unshift(std::string_view bytes, const CharsetName& charset) {
  if (charset.iconv_name == "CP949") return unshift_iso_2022_kr(bytes);
  return charset.iconv_name == "GB18030" ? unshift_hz(bytes) : unshift_iso_2022_jp(bytes);
}

std::size_t unit_size(std::string_view iconv_name) {
  if (iconv_name.starts_with("UTF-16")) return 2;
  return iconv_name.starts_with("UTF-32") ? 4 : 1;
}

}  // namespace

class Charsets::Converter {
 public:
  explicit Converter(std::string_view iconv_name)
      : name_(iconv_name), unit_(unit_size(iconv_name)), descriptor_(iconv_open("UTF-8", name_.c_str())) {}
  ~Converter() {
    if (is_open()) iconv_close(descriptor_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool is_open() const { return descriptor_ != reinterpret_cast<iconv_t>(-1); }
  std::string_view name() const { return name_; }
  // What the converter gives for each byte above 0x7f; made at the first use.
  const SingleByte& single_byte();
  // False when the bytes are so little of this charset that another guess is better.
  bool convert(std::string_view bytes, std::size_t most, std::string& text);

 private:
  std::string name_;
  std::size_t unit_;
  iconv_t descriptor_;
  std::unique_ptr<SingleByte> single_byte_;
};

const SingleByte& Charsets::Converter::single_byte() {
  if (single_byte_ != nullptr) return *single_byte_;
  single_byte_ = std::make_unique<SingleByte>();
  for (std::size_t i = 0; i < SingleByte::kUpper; ++i) {
    std::string text;
    const char byte = static_cast<char>(0x80 + i);
    if (convert({&byte, 1}, std::size_t{8}, text)) single_byte_->set(i, text);
  }
  return *single_byte_;
}

bool Charsets::Converter::convert(std::string_view bytes, std::size_t most, std::string& text) {
  // A failed call costs as much as 50 converted bytes: the number of failures must not be the sender's
  // choice.
  constexpr int kMostErrors = 1000;
  std::array<char, 4096> buffer{};
  iconv(descriptor_, nullptr, nullptr, nullptr, nullptr);
  char* from = const_cast<char*>(bytes.data());  // iconv does not write there; its prototype is older
  std::size_t left = bytes.size();
  int errors = 0;
  while (left > 0 && text.size() < most) {
    const std::size_t left_before = left;
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const bool failed = iconv(descriptor_, &from, &left, &to, &room) == static_cast<std::size_t>(-1);
    const int error = failed ? errno : 0;
    const std::size_t made = buffer.size() - room;
    text.append(buffer.data(), made);
    if (!failed) break;
    if (error == E2BIG && (made > 0 || left < left_before)) continue;
    if (++errors > kMostErrors) return false;
    text += kReplacement;
    if (error != EILSEQ) break;  // EINVAL: the text ends inside a character
    const std::size_t skip = std::min(unit_, left);
    from += skip;
    left -= skip;
  }
  char* to = buffer.data();
  std::size_t room = buffer.size();
  iconv(descriptor_, nullptr, nullptr, &to, &room);  // what a stateful charset still holds back
  text.append(buffer.data(), buffer.size() - room);
  if (text.size() > most) text.resize(cut_utf8(text, most).size());
  return is_utf8(text);
}

Charsets::Charsets(std::size_t most) : most_(most) {}
Charsets::~Charsets() = default;

Charsets::Converter* Charsets::converter(std::string_view iconv_name) {
  for (const auto& known : converters_) {
    if (known->name() == iconv_name) return known->is_open() ? known.get() : nullptr;
  }
  if (converters_.size() >= most_) return nullptr;
  converters_.push_back(std::make_unique<Converter>(iconv_name));
  return converters_.back()->is_open() ? converters_.back().get() : nullptr;
}

std::string Charsets::to_utf8(std::string_view bytes, std::string_view charset_name) {
  const CharsetName& charset = find_charset(charset_name);
  const std::size_t ascii = ascii_length(bytes);
  const bool own_ascii = charset.kind == CharsetKind::own_ascii || charset.kind == CharsetKind::shifted;
  if (charset.kind != CharsetKind::wide) {
    if (ascii == bytes.size() ? !own_ascii : is_utf8(bytes.substr(ascii))) return std::string(bytes);
  }
  if (charset.kind == CharsetKind::utf8) return repaired_utf8(bytes);
  std::string unshifted;
  std::string_view source = bytes;
  if (charset.kind == CharsetKind::shifted) {
    unshifted = unshift(bytes, charset);
    if (ascii_length(unshifted) == unshifted.size()) return unshifted;
    source = unshifted;
  }
  if (charset.kind != CharsetKind::windows_1252) {
    std::string text;
    Converter* found = converter(charset.iconv_name);
    if (found != nullptr && charset.kind == CharsetKind::single_byte)
      return found->single_byte().to_utf8(bytes);
    if (found != nullptr && found->convert(source, 4 * bytes.size() + 16, text)) return text;
  }
  return ascii == bytes.size() ? std::string(bytes) : windows_1252_to_utf8(bytes);
}

std::string to_utf8(std::string_view bytes, std::string_view charset) {
  return Charsets(1).to_utf8(bytes, charset);
}

bool is_wide(std::string_view charset) {
  return find_charset(charset).kind == CharsetKind::wide;
}

std::string windows_1252_to_utf8(std::string_view bytes) {
  return kWindows1252.to_utf8(bytes);
}

}  // namespace xspamd::mail
