#include "proto/mail/charset_names.h"

#include <algorithm>
#include <string>

#include "proto/base/text.h"

namespace xspamd::mail {

namespace {

constexpr auto kUtf8 = CharsetKind::utf8;
constexpr auto k1252 = CharsetKind::windows_1252;
constexpr auto kSingle = CharsetKind::single_byte;
constexpr auto kAscii = CharsetKind::extends_ascii;
constexpr auto kShifted = CharsetKind::shifted;
constexpr auto kOwn = CharsetKind::own_ascii;
constexpr auto kWide = CharsetKind::wide;

// clang-format off
constexpr CharsetName kCharsets[] = {
    {kUtf8, "", " utf8 utf8mb4 unicode11utf8 unicode20utf8 unicode unicodeutf8 cp65001 65001 "},
    {k1252, "", " usascii ascii ansix34 ansix341968 ansix341986 iso646us iso885911987 iso88591 isolatin1 latin1 l1 "
                "isoir100 ibm819 cp819 cp1252 windows1252 win1252 1252 ansi default userdefined unknown unknown8bit "
                "8bit 7bit binary "},
    {kSingle, "ISO-8859-2", " iso88592 iso885921987 isolatin2 latin2 l2 isoir101 "},
    {kSingle, "ISO-8859-3", " iso88593 iso885931988 isolatin3 latin3 l3 isoir109 "},
    {kSingle, "ISO-8859-4", " iso88594 iso885941988 isolatin4 latin4 l4 isoir110 "},
    {kSingle, "ISO-8859-5", " iso88595 iso885951988 isolatincyrillic cyrillic isoir144 "},
    {kSingle, "ISO-8859-6", " iso88596 iso885961987 iso88596e iso88596i isolatinarabic arabic asmo708 ecma114 "
                           "isoir127 "},
    {kSingle, "ISO-8859-7", " iso88597 iso885971987 isolatingreek greek greek8 ecma118 elot928 isoir126 suneugreek "},
    {kSingle, "ISO-8859-8", " iso88598 iso885981988 iso88598e iso88598i isolatinhebrew hebrew isoir138 logical "
                           "visual "},
    {kSingle, "CP1254", " iso88599 iso885991989 iso88599e isolatin5 latin5 l5 isoir148 windows1254 cp1254 win1254 "},
    {kSingle, "ISO-8859-10", " iso885910 isolatin6 latin6 l6 isoir157 "},
    {kSingle, "ISO-8859-13", " iso885913 latin7 "},
    {kSingle, "ISO-8859-14", " iso885914 latin8 "},
    {kSingle, "ISO-8859-15", " iso885915 isolatin9 latin9 l9 "},
    {kSingle, "ISO-8859-16", " iso885916 latin10 "},
    {kSingle, "CP874", " iso885911 tis620 windows874 cp874 dos874 "},
    {kSingle, "CP1250", " windows1250 cp1250 win1250 "},
    {kSingle, "CP1251", " windows1251 cp1251 win1251 1251 "},
    {kSingle, "CP1253", " windows1253 cp1253 win1253 "},
    {kAscii, "CP1255", " windows1255 cp1255 win1255 "},
    {kSingle, "CP1256", " windows1256 cp1256 win1256 "},
    {kSingle, "CP1257", " windows1257 cp1257 win1257 "},
    {kAscii, "CP1258", " windows1258 cp1258 win1258 "},
    {kSingle, "KOI8-R", " koi8r koi8 koi "},
    {kSingle, "KOI8-U", " koi8u koi8ru "},
    {kSingle, "CP866", " ibm866 cp866 866 "},
    {kSingle, "CP437", " ibm437 cp437 437 "},
    {kSingle, "CP850", " ibm850 cp850 850 ibm858 cp858 "},
    {kSingle, "CP852", " ibm852 cp852 852 "},
    {kSingle, "CP855", " ibm855 cp855 855 "},
    {kSingle, "CP857", " ibm857 cp857 857 "},
    {kSingle, "CP862", " ibm862 cp862 862 "},
    {kSingle, "MACINTOSH", " macintosh macroman mac "},
    {kSingle, "MAC-CYRILLIC", " maccyrillic macukrainian "},
    {kSingle, "MAC-CENTRALEUROPE", " macce maccentraleurope maccentraleurroman "},
    {kAscii, "VISCII", " viscii "},
    {kAscii, "TCVN", " tcvn tcvn57121 "},
    {kAscii, "GB18030", " gb2312 gb231280 gbk gb18030 euccn cp936 ms936 936 windows936 chinese iso58gb231280 isoir58 "},
    {kAscii, "BIG5-HKSCS", " big5 big5hkscs cnbig5 xbig5 big5eten cp950 ms950 windows950 950 "},
    {kAscii, "EUC-TW", " euctw "},
    {kAscii, "CP932", " shiftjis sjis mskanji windows31j cp932 ms932 932 "},
    {kAscii, "EUC-JP-MS", " eucjp ujis eucpkdfmtjapanese eucjpms eucjpwin "},
    {kAscii, "CP949", " euckr ksc56011987 ksc56011989 ksc5601 ksx1001 korean isoir149 cp949 ms949 windows949 949 "
                      "uhc "},
    {kShifted, "EUC-JP-MS", " iso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpms cp50220 cp50221 cp50222 jis "},
    {kShifted, "CP949", " iso2022kr cp50225 "},
    {kShifted, "GB18030", " hzgb2312 hz gb2312hz "},
    {kOwn, "UTF-7", " utf7 unicode11utf7 unicode20utf7 cp65000 65000 "},
    {kWide, "UTF-16", " utf16 ucs2 iso10646ucs2 "},
    {kWide, "UTF-16LE", " utf16le ucs2le "},
    {kWide, "UTF-16BE", " utf16be ucs2be unicodefffe "},
    {kWide, "UTF-32", " utf32 ucs4 iso10646ucs4 "},
    {kWide, "UTF-32LE", " utf32le ucs4le "},
    {kWide, "UTF-32BE", " utf32be ucs4be "},
};
// clang-format on
constexpr CharsetName kUnknown{k1252, "", ""};

bool is_label_byte(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

}  // namespace

const CharsetName& find_charset(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  while (!name.empty() && !is_label_byte(name.front()))
    name.remove_prefix(1);
  name = name.substr(0, name.find(';'));  // a parameter that its quotes swallowed
  if (name.empty() || name.size() > kLongest) return kUnknown;
  if (istarts_with(name, "x-") || istarts_with(name, "cs")) name.remove_prefix(2);
  std::string label = " ";
  for (const char c : name) {
    if (is_label_byte(c)) label += to_lower(c);
  }
  if (label.size() == 1) return kUnknown;
  label += ' ';
  const auto* found = std::find_if(
      std::begin(kCharsets), std::end(kCharsets),
      [&](const CharsetName& charset) { return charset.labels.find(label) != std::string_view::npos; });
  return found == std::end(kCharsets) ? kUnknown : *found;
}

}  // namespace xspamd::mail
