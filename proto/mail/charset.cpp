#include "proto/mail/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "proto/base/text.h"

namespace xspamd::mail {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

enum class Kind {
  utf8,
  windows_1252,  // also ASCII and Latin-1, which nobody means where bytes above 0x7f stand
  extends_ascii,
  own_ascii,  // bytes below 0x80 may be something else than ASCII
  wide,       // units of 2 or 4 bytes
};

struct Charset {
  std::string_view label;  // lower case, letters and digits only, without "x-" and "cs"
  Kind kind;
  std::string_view iconv_name;
};

constexpr auto kUtf8 = Kind::utf8;
constexpr auto kAscii = Kind::extends_ascii;
constexpr auto kOwn = Kind::own_ascii;
constexpr auto kWide = Kind::wide;
constexpr auto k1252 = Kind::windows_1252;

// clang-format off
constexpr Charset kCharsets[] = {
    {"utf8", kUtf8, ""}, {"utf8mb4", kUtf8, ""}, {"unicode11utf8", kUtf8, ""}, {"unicode", kUtf8, ""},
    {"usascii", k1252, ""}, {"ascii", k1252, ""}, {"ansix34", k1252, ""}, {"ansix341968", k1252, ""},
    {"ansix341986", k1252, ""}, {"iso646us", k1252, ""}, {"iso88591", k1252, ""}, {"iso885911987", k1252, ""},
    {"latin1", k1252, ""}, {"l1", k1252, ""}, {"cp819", k1252, ""}, {"cp1252", k1252, ""},
    {"windows1252", k1252, ""}, {"win1252", k1252, ""}, {"ansi", k1252, ""}, {"userdefined", k1252, ""},
    {"unknown", k1252, ""}, {"unknown8bit", k1252, ""}, {"8bit", k1252, ""}, {"7bit", k1252, ""},
    {"iso88592", kAscii, "ISO-8859-2"}, {"latin2", kAscii, "ISO-8859-2"}, {"iso88593", kAscii, "ISO-8859-3"},
    {"iso88594", kAscii, "ISO-8859-4"}, {"iso88595", kAscii, "ISO-8859-5"}, {"cyrillic", kAscii, "ISO-8859-5"},
    {"iso88596", kAscii, "ISO-8859-6"}, {"iso88596i", kAscii, "ISO-8859-6"}, {"arabic", kAscii, "ISO-8859-6"},
    {"iso88597", kAscii, "ISO-8859-7"}, {"greek", kAscii, "ISO-8859-7"}, {"iso88598", kAscii, "ISO-8859-8"},
    {"iso88598i", kAscii, "ISO-8859-8"}, {"iso88598e", kAscii, "ISO-8859-8"}, {"hebrew", kAscii, "ISO-8859-8"},
    {"logical", kAscii, "ISO-8859-8"}, {"visual", kAscii, "ISO-8859-8"}, {"iso88599", kAscii, "CP1254"},
    {"iso88599e", kAscii, "CP1254"}, {"latin5", kAscii, "CP1254"}, {"iso885910", kAscii, "ISO-8859-10"},
    {"iso885911", kAscii, "CP874"}, {"iso885913", kAscii, "ISO-8859-13"}, {"iso885914", kAscii, "ISO-8859-14"},
    {"iso885915", kAscii, "ISO-8859-15"}, {"latin9", kAscii, "ISO-8859-15"}, {"iso885916", kAscii, "ISO-8859-16"},
    {"windows1250", kAscii, "CP1250"}, {"cp1250", kAscii, "CP1250"}, {"win1250", kAscii, "CP1250"},
    {"windows1251", kAscii, "CP1251"}, {"cp1251", kAscii, "CP1251"}, {"win1251", kAscii, "CP1251"},
    {"windows1253", kAscii, "CP1253"}, {"cp1253", kAscii, "CP1253"}, {"windows1254", kAscii, "CP1254"},
    {"cp1254", kAscii, "CP1254"}, {"windows1255", kAscii, "CP1255"}, {"cp1255", kAscii, "CP1255"},
    {"windows1256", kAscii, "CP1256"}, {"cp1256", kAscii, "CP1256"}, {"windows1257", kAscii, "CP1257"},
    {"cp1257", kAscii, "CP1257"}, {"windows1258", kAscii, "CP1258"}, {"cp1258", kAscii, "CP1258"},
    {"windows874", kAscii, "CP874"}, {"cp874", kAscii, "CP874"}, {"tis620", kAscii, "CP874"},
    {"koi8r", kAscii, "KOI8-R"}, {"koi8", kAscii, "KOI8-R"}, {"koi8u", kAscii, "KOI8-U"},
    {"koi8ru", kAscii, "KOI8-U"}, {"ibm866", kAscii, "CP866"}, {"cp866", kAscii, "CP866"},
    {"866", kAscii, "CP866"}, {"ibm850", kAscii, "CP850"}, {"cp850", kAscii, "CP850"},
    {"ibm852", kAscii, "CP852"}, {"cp852", kAscii, "CP852"}, {"ibm437", kAscii, "CP437"},
    {"cp437", kAscii, "CP437"}, {"macintosh", kAscii, "MACINTOSH"}, {"macroman", kAscii, "MACINTOSH"},
    {"mac", kAscii, "MACINTOSH"}, {"maccyrillic", kAscii, "MAC-CYRILLIC"}, {"viscii", kAscii, "VISCII"},
    {"tcvn", kAscii, "TCVN"},
    {"gb2312", kAscii, "GB18030"}, {"gb231280", kAscii, "GB18030"}, {"gbk", kAscii, "GB18030"},
    {"gb18030", kAscii, "GB18030"}, {"euccn", kAscii, "GB18030"}, {"cp936", kAscii, "GB18030"},
    {"ms936", kAscii, "GB18030"}, {"chinese", kAscii, "GB18030"}, {"big5", kAscii, "BIG5-HKSCS"},
    {"big5hkscs", kAscii, "BIG5-HKSCS"}, {"cnbig5", kAscii, "BIG5-HKSCS"}, {"cp950", kAscii, "BIG5-HKSCS"},
    {"euctw", kAscii, "EUC-TW"}, {"shiftjis", kAscii, "CP932"}, {"sjis", kAscii, "CP932"},
    {"mskanji", kAscii, "CP932"}, {"windows31j", kAscii, "CP932"},
    {"cp932", kAscii, "CP932"}, {"ms932", kAscii, "CP932"}, {"eucjp", kAscii, "EUC-JP-MS"},
    {"ujis", kAscii, "EUC-JP-MS"}, {"euckr", kAscii, "CP949"}, {"ksc56011987", kAscii, "CP949"},
    {"ksc56011989", kAscii, "CP949"}, {"ksc5601", kAscii, "CP949"}, {"korean", kAscii, "CP949"},
    {"cp949", kAscii, "CP949"}, {"windows949", kAscii, "CP949"}, {"uhc", kAscii, "CP949"},
    {"iso2022jp", kOwn, "ISO-2022-JP-2"}, {"iso2022jp1", kOwn, "ISO-2022-JP-2"},
    {"iso2022jp2", kOwn, "ISO-2022-JP-2"}, {"iso2022kr", kOwn, "ISO-2022-KR"}, {"utf7", kOwn, "UTF-7"},
    {"unicode11utf7", kOwn, "UTF-7"},
    {"utf16", kWide, "UTF-16"}, {"utf16le", kWide, "UTF-16LE"}, {"utf16be", kWide, "UTF-16BE"},
    {"ucs2", kWide, "UTF-16"}, {"utf32", kWide, "UTF-32"}, {"utf32le", kWide, "UTF-32LE"},
    {"utf32be", kWide, "UTF-32BE"},
};
// clang-format on
constexpr Charset kUnknown{"", k1252, ""};

const Charset& find_charset(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  if (name.size() > kLongest) return kUnknown;
  if (istarts_with(name, "x-") || istarts_with(name, "cs")) name.remove_prefix(2);
  std::string label;
  for (const char c : name) {
    const char lower = to_lower(c);
    if (is_digit(lower) || (lower >= 'a' && lower <= 'z')) label += lower;
  }
  const auto* found = std::find_if(std::begin(kCharsets), std::end(kCharsets),
                                   [&](const Charset& charset) { return charset.label == label; });
  return found == std::end(kCharsets) ? kUnknown : *found;
}

// 0x80 to 0x9f; 0 is not assigned.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string repaired_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    text += length == 0 ? kReplacement : bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
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
  // False when the bytes are so little of this charset that another guess is better.
  bool convert(std::string_view bytes, std::string& text);

 private:
  std::string name_;
  std::size_t unit_;
  iconv_t descriptor_;
};

bool Charsets::Converter::convert(std::string_view bytes, std::string& text) {
  // A failed call costs as much as 50 converted bytes: the number of failures must not be the sender's
  // choice.
  constexpr int kMostErrors = 1000;
  const std::size_t most = 4 * bytes.size() + 16;
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
  const Charset& charset = find_charset(charset_name);
  if (charset.kind != Kind::wide) {
    const bool ascii = is_ascii(bytes);
    if (ascii ? charset.kind != Kind::own_ascii : is_utf8(bytes)) return std::string(bytes);
  }
  if (charset.kind == Kind::utf8) return repaired_utf8(bytes);
  if (charset.kind != Kind::windows_1252) {
    std::string text;
    Converter* found = converter(charset.iconv_name);
    if (found != nullptr && found->convert(bytes, text)) return text;
  }
  return is_ascii(bytes) ? std::string(bytes) : windows_1252_to_utf8(bytes);
}

std::string to_utf8(std::string_view bytes, std::string_view charset) {
  return Charsets(1).to_utf8(bytes, charset);
}

std::string windows_1252_to_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  for (const char c : bytes) {
    unsigned code = static_cast<unsigned char>(c);
    if (code >= 0x80 && code < 0xA0) code = kWindows1252[code - 0x80];
    if (code == 0 && c != '\0') code = 0xFFFD;
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else if (code < 0x800) {
      text += static_cast<char>(0xC0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      text += static_cast<char>(0xE0 | code >> 12);
      text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return text;
}

}  // namespace xspamd::mail
