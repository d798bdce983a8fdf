#include "proto/mail/url_idna.h"

#include <idn2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include "proto/base/punycode.h"
#include "proto/base/text.h"
#include "proto/base/utf8.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostBytes = 1024;  // a name of DNS has 253; full-width letters take three each
constexpr std::string_view kAce = "xn--";
constexpr std::u32string_view kWideAce = U"xn--";

struct Range {
  char32_t first, last;
};
constexpr Range kSymbols[] = {
#include "proto/mail/url_symbols.inc"
};

// UTS 46 maps these to nothing (status "ignored" of IdnaMappingTable.txt 15.0), but for the joiners, which
// stand where a script needs them and are refused elsewhere.
constexpr Range kJoiners = {0x200C, 0x200D};
constexpr Range kVariations[] = {{0xFE00, 0xFE0F}, {0xE0100, 0xE01EF}};
constexpr Range kInvisible[] = {{0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x180B, 0x180D},
                                {0x180F, 0x180F}, {0x200B, 0x200B}, {0x2060, 0x2060},
                                {0x2064, 0x2064}, {0xFEFF, 0xFEFF}, {0x1BCA0, 0x1BCA3}};
// Characters that become others: superscripts, modifier letters, letterlike and number forms, enclosed ones,
// the ideographic dot, presentation forms, small and full-width forms, mathematical letters and digits.
constexpr Range kForms[] = {{0x00AA, 0x00AA}, {0x00B2, 0x00B3},   {0x00B9, 0x00BA},   {0x02B0, 0x02B8},
                            {0x1D2C, 0x1D6A}, {0x2070, 0x209F},   {0x2100, 0x218F},   {0x2460, 0x24EA},
                            {0x3002, 0x3002}, {0x3200, 0x33FF},   {0xFB00, 0xFDFC},   {0xFE50, 0xFEFC},
                            {0xFF01, 0xFFEE}, {0x1D400, 0x1D7FF}, {0x1F100, 0x1F10A}, {0x1F110, 0x1F190}};

// What UTS 46 has mapped since 15.1 and 16.0, after libidn2's tables: capital sharp s, old Georgian letters.
struct Mapping {
  Range from;
  char32_t first_to;
};
constexpr Mapping kLaterMappings[] = {{{0x1E9E, 0x1E9E}, 0x00DF}, {{0x10A0, 0x10C5}, 0x2D00}};

template <std::size_t size>
bool in(const Range (&ranges)[size], char32_t c) {
  const auto after = [](char32_t value, const Range& range) {
    return value < range.first;
  };
  const Range* next = std::upper_bound(std::begin(ranges), std::end(ranges), c, after);
  return next != std::begin(ranges) && c <= (next - 1)->last;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

int look_up(const std::string& utf8, std::string& ascii) {
  std::uint8_t* found = nullptr;
  const int status = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(utf8.c_str()), &found,
                                    IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  if (status == IDN2_OK) ascii = reinterpret_cast<const char*>(found);
  idn2_free(found);
  return status;
}

// Appends the mapped form of a run of letters.
bool map_letters(const std::string& utf8, std::u32string& mapped) {
  std::string ascii;
  if (look_up(utf8, ascii) != IDN2_OK || ascii.find('.') != std::string::npos) return false;
  if (!ascii.starts_with(kAce)) {
    mapped.append(ascii.begin(), ascii.end());
    return true;
  }
  const auto letters = decode_punycode(std::string_view(ascii).substr(kAce.size()));
  if (letters) mapped += *letters;
  return letters.has_value();
}

// Maps a label that libidn2 refuses as a whole: symbols stand for themselves, ASCII becomes lower case, and
// it is asked about what lies between. A letter of ASCII goes with the marks behind it, which may compose.
std::optional<std::u32string> map_label(std::string_view label) {
  std::u32string mapped;
  std::string run;
  const auto end_run = [&] {
    const bool fine = run.empty() || map_letters(run, mapped);
    run.clear();
    return fine;
  };
  while (!label.empty()) {
    const CodePoint c = code_point_at(label, 0);
    const std::string_view bytes = label.substr(0, c.length);
    label.remove_prefix(c.length);
    if (in(kInvisible, c.value) || in(kVariations, c.value)) continue;
    const bool ascii = c.value < 0x80;
    const bool symbol = in(kSymbols, c.value);
    if ((ascii || symbol) && !end_run()) return std::nullopt;
    if (symbol)
      mapped += c.value;
    else if (ascii && (label.empty() || is_ascii(label.substr(0, 1)) || c.value == '-'))
      mapped += static_cast<char32_t>(to_lower(static_cast<char>(c.value)));
    else
      run += bytes;
  }
  if (!end_run()) return std::nullopt;
  return mapped;
}

bool is_ascii(std::u32string_view text) {
  return std::all_of(text.begin(), text.end(), [](char32_t c) { return c < 0x80; });
}

// Whether "xn--..." is what its own decoded form becomes.
bool is_valid_ace(std::string_view label) {
  const auto decoded = decode_punycode(label.substr(kAce.size()));
  if (!decoded || is_ascii(*decoded) || decoded->starts_with(kWideAce)) return false;
  std::string utf8;
  for (const char32_t c : *decoded)
    append_code_point(utf8, c);
  return map_label(utf8) == decoded;
}

bool append_label(std::string_view label, std::string& ascii) {
  const auto mapped = map_label(label);
  if (!mapped) return false;
  const bool ace = mapped->starts_with(kWideAce);
  if (is_ascii(*mapped)) {
    const std::size_t begin = ascii.size();
    ascii.append(mapped->begin(), mapped->end());
    return !ace || is_valid_ace(std::string_view(ascii).substr(begin));
  }
  const auto encoded = ace ? std::nullopt : encode_punycode(*mapped);
  if (encoded) ascii.append(kAce).append(*encoded);
  return encoded.has_value();
}

// By labels, for what libidn2 refuses as a whole.
bool by_labels(std::string_view domain, std::string& ascii) {
  ascii.clear();
  std::size_t begin = 0;
  for (std::size_t at = 0; at < domain.size();) {
    const CodePoint c = code_point_at(domain, at);
    // UTS 46: the ideographic, full-width and half-width full stops are dots.
    if (c.value == '.' || c.value == 0x3002 || c.value == 0xFF0E || c.value == 0xFF61) {
      if (!append_label(domain.substr(begin, at - begin), ascii)) return false;
      ascii += '.';
      begin = at + c.length;
    }
    at += c.length;
  }
  return append_label(domain.substr(begin), ascii);
}

// The domain with the later mappings done; notes its tricks in passing.
std::string prepare(std::string_view domain, UrlTricks& tricks) {
  std::string prepared;
  prepared.reserve(domain.size());
  while (!domain.empty()) {
    CodePoint c = code_point_at(domain, 0);
    domain.remove_prefix(c.length);
    if (in(kForms, c.value)) tricks.add(UrlTrick::encoded_host);
    if (in(kInvisible, c.value) || in({kJoiners}, c.value)) tricks.add(UrlTrick::zero_width);
    for (const Mapping& mapping : kLaterMappings) {
      if (in({mapping.from}, c.value)) c.value = c.value - mapping.from.first + mapping.first_to;
    }
    append_code_point(prepared, c.value);
  }
  return prepared;
}

}  // namespace

bool domain_to_ascii(std::string_view domain, std::string& ascii, UrlTricks& tricks) {
  if (domain.size() > kMostBytes || !is_utf8(domain)) return false;
  if (domain.find('\0') != std::string_view::npos) return false;
  const std::string prepared = prepare(domain, tricks);
  const int status = look_up(prepared, ascii);
  // What these say holds for browsers too (CheckBidi, CheckJoiners).
  if (status == IDN2_BIDI || status == IDN2_CONTEXTJ) return false;
  if (status != IDN2_OK && !by_labels(prepared, ascii)) return false;
  return !ascii.empty() && ascii.size() <= kMostBytes;
}

}  // namespace xspamd
