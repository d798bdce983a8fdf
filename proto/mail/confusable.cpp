#include "proto/mail/confusable.h"

#include <algorithm>
#include <iterator>

#include "proto/base/text.h"
#include "proto/base/utf8.h"
#include "proto/mail/character.h"

namespace xspamd {

namespace {

// A run of ASCII letters or digits in another form.
struct Run {
  char32_t first, last;
  std::string_view letters;  // repeated up to `last`; a blank looks like nothing
};

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kSmall = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kBoth = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// The 58 Greek characters of each mathematical alphabet, from capital alpha on.
constexpr std::string_view kGreek = "AB  EZH IK MN O P  TY X   a y     i   v o p o u         p ";
constexpr Run kRuns[] = {
    {0x24B6, 0x24E9, kBoth},        // circled
    {0xFF10, 0xFF19, kDigits},      // full-width
    {0xFF21, 0xFF3A, kCapitals},    // full-width
    {0xFF41, 0xFF5A, kSmall},       // full-width
    {0x1D400, 0x1D6A3, kBoth},      // mathematical
    {0x1D6A8, 0x1D7C9, kGreek},     // mathematical
    {0x1D7CE, 0x1D7FF, kDigits},    // mathematical
    {0x1F130, 0x1F149, kCapitals},  // squared
    {0x1F150, 0x1F169, kCapitals},  // circled, negative
    {0x1F170, 0x1F189, kCapitals},  // squared, negative
};

struct Confusable {
  char16_t code;
  char letter;
};

// deviates: U+04CF (palochka) is "l" here, as which it stands in registered names; the source has "i".
// clang-format off
constexpr Confusable kConfusables[] = {
    {0x0131, 'i'}, {0x017F, 'f'}, {0x0184, 'b'}, {0x018D, 'g'}, {0x0196, 'I'}, {0x01A6, 'R'}, {0x01BD, 's'},
    {0x0251, 'a'}, {0x0261, 'g'}, {0x0263, 'y'}, {0x0269, 'i'}, {0x026A, 'i'}, {0x026F, 'w'}, {0x028B, 'u'},
    {0x028F, 'y'}, {0x037F, 'J'}, {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'},
    {0x0399, 'I'}, {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'},
    {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03B1, 'a'}, {0x03B3, 'y'}, {0x03B9, 'i'}, {0x03BD, 'v'}, {0x03BF, 'o'},
    {0x03C1, 'p'}, {0x03C3, 'o'}, {0x03C5, 'u'}, {0x03D2, 'Y'}, {0x03DC, 'F'}, {0x03F1, 'p'}, {0x03F2, 'c'},
    {0x03F3, 'j'}, {0x03F9, 'C'}, {0x03FA, 'M'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'},
    {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'},
    {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'}, {0x042C, 'b'}, {0x0430, 'a'}, {0x0433, 'r'},
    {0x0435, 'e'}, {0x043E, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'},
    {0x0456, 'i'}, {0x0458, 'j'}, {0x0461, 'w'}, {0x0474, 'V'}, {0x0475, 'v'}, {0x04AE, 'Y'}, {0x04AF, 'y'},
    {0x04BB, 'h'}, {0x04BD, 'e'}, {0x04C0, 'I'}, {0x04CF, 'l'}, {0x0501, 'd'}, {0x050C, 'G'}, {0x051B, 'q'},
    {0x051C, 'W'}, {0x051D, 'w'}, {0x054D, 'U'}, {0x054F, 'S'}, {0x0555, 'O'}, {0x0561, 'w'}, {0x0563, 'q'},
    {0x0566, 'q'}, {0x0570, 'h'}, {0x0578, 'n'}, {0x057C, 'n'}, {0x057D, 'u'}, {0x0581, 'g'}, {0x0584, 'f'},
    {0x0585, 'o'}, {0x13A0, 'D'}, {0x13A1, 'R'}, {0x13A2, 'T'}, {0x13A5, 'i'}, {0x13A9, 'Y'}, {0x13AA, 'A'},
    {0x13AB, 'J'}, {0x13AC, 'E'}, {0x13B3, 'W'}, {0x13B7, 'M'}, {0x13BB, 'H'}, {0x13BD, 'Y'}, {0x13C0, 'G'},
    {0x13C2, 'h'}, {0x13C3, 'Z'}, {0x13CF, 'b'}, {0x13D2, 'R'}, {0x13D4, 'W'}, {0x13D5, 'S'}, {0x13D9, 'V'},
    {0x13DA, 'S'}, {0x13DE, 'L'}, {0x13DF, 'C'}, {0x13E2, 'P'}, {0x13E6, 'K'}, {0x13E7, 'd'}, {0x13F3, 'G'},
    {0x13F4, 'B'}, {0x1D04, 'c'}, {0x1D0F, 'o'}, {0x1D11, 'o'}, {0x1D1C, 'u'}, {0x1D20, 'v'}, {0x1D21, 'w'},
    {0x1D22, 'z'}, {0x1D26, 'r'}, {0x1D83, 'g'}, {0x1D8C, 'y'}, {0x1E9D, 'f'}, {0x1EFF, 'y'}, {0x1FBE, 'i'},
    {0x2102, 'C'}, {0x210A, 'g'}, {0x210B, 'H'}, {0x210C, 'H'}, {0x210D, 'H'}, {0x210E, 'h'}, {0x2110, 'I'},
    {0x2111, 'I'}, {0x2112, 'L'}, {0x2113, 'l'}, {0x2115, 'N'}, {0x2119, 'P'}, {0x211A, 'Q'}, {0x211B, 'R'},
    {0x211C, 'R'}, {0x211D, 'R'}, {0x2124, 'Z'}, {0x2128, 'Z'}, {0x212A, 'K'}, {0x212C, 'B'}, {0x212D, 'C'},
    {0x212F, 'e'}, {0x2130, 'E'}, {0x2131, 'F'}, {0x2133, 'M'}, {0x2134, 'o'}, {0x2139, 'i'}, {0x213D, 'y'},
    {0x2145, 'D'}, {0x2146, 'd'}, {0x2147, 'e'}, {0x2148, 'i'}, {0x2149, 'j'}, {0x2160, 'I'}, {0x2164, 'V'},
    {0x2169, 'X'}, {0x216C, 'L'}, {0x216D, 'C'}, {0x216E, 'D'}, {0x216F, 'M'}, {0x2170, 'i'}, {0x2174, 'v'},
    {0x2179, 'x'}, {0x217C, 'l'}, {0x217D, 'c'}, {0x217E, 'd'}, {0x217F, 'm'}, {0x2C85, 'r'}, {0x2C8E, 'H'},
    {0x2C92, 'I'}, {0x2C94, 'K'}, {0x2C98, 'M'}, {0x2C9A, 'N'}, {0x2C9E, 'O'}, {0x2C9F, 'o'}, {0x2CA2, 'P'},
    {0x2CA3, 'p'}, {0x2CA4, 'C'}, {0x2CA5, 'c'}, {0x2CA6, 'T'}, {0x2CA8, 'Y'}, {0x2CAC, 'X'}, {0x2CD0, 'L'},
    {0xA4D0, 'B'}, {0xA4D1, 'P'}, {0xA4D2, 'd'}, {0xA4D3, 'D'}, {0xA4D4, 'T'}, {0xA4D6, 'G'}, {0xA4D7, 'K'},
    {0xA4D9, 'J'}, {0xA4DA, 'C'}, {0xA4DC, 'Z'}, {0xA4DD, 'F'}, {0xA4DF, 'M'}, {0xA4E0, 'N'}, {0xA4E1, 'L'},
    {0xA4E2, 'S'}, {0xA4E3, 'R'}, {0xA4E6, 'V'}, {0xA4E7, 'H'}, {0xA4EA, 'W'}, {0xA4EB, 'X'}, {0xA4EC, 'Y'},
    {0xA4EE, 'A'}, {0xA4F0, 'E'}, {0xA4F2, 'l'}, {0xA4F3, 'O'}, {0xA4F4, 'U'}, {0xA647, 'i'}, {0xA731, 's'},
    {0xA798, 'F'}, {0xA799, 'f'}, {0xA79F, 'u'}, {0xA7B2, 'J'}, {0xA7B3, 'X'}, {0xA7B4, 'B'}, {0xAB32, 'e'},
    {0xAB35, 'f'}, {0xAB3D, 'o'}, {0xAB47, 'r'}, {0xAB48, 'r'}, {0xAB4E, 'u'}, {0xAB52, 'u'}, {0xAB5A, 'y'},
    {0xAB75, 'i'}, {0xAB81, 'r'}, {0xAB83, 'w'}, {0xAB93, 'z'}, {0xABA9, 'v'}, {0xABAA, 's'}, {0xABAF, 'c'},
};
// clang-format on

bool is_unseen(char32_t code) {
  const CharacterKind kind = character_kind(code);
  return kind == CharacterKind::zero_width || kind == CharacterKind::joiner ||
         kind == CharacterKind::selector || kind == CharacterKind::bidi;
}

}  // namespace

char latin_lookalike(char32_t code) {
  for (const Run& run : kRuns) {
    if (code < run.first) break;
    if (code > run.last) continue;
    const char letter = run.letters[(code - run.first) % run.letters.size()];
    return letter == ' ' ? '\0' : letter;
  }
  const auto* found = std::lower_bound(std::begin(kConfusables), std::end(kConfusables), code,
                                       [](const Confusable& c, char32_t value) { return c.code < value; });
  return found != std::end(kConfusables) && found->code == code ? found->letter : '\0';
}

std::string skeleton(std::string_view utf8) {
  std::string seen;
  seen.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t ascii = ascii_length(utf8.substr(at));
    seen += utf8.substr(at, ascii);
    at += ascii;
    if (at == utf8.size()) break;
    const CodePoint character = code_point_at(utf8, at);
    if (const char letter = latin_lookalike(character.value)) {
      seen += letter;
    } else if (!is_unseen(character.value)) {
      append_code_point(seen, character.value);
    }
    at += character.length;
  }
  return seen;
}

}  // namespace xspamd
