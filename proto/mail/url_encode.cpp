#include "proto/mail/url_encode.h"

#include <array>
#include <cstddef>

#include "proto/base/text.h"

namespace xspamd {

namespace {

constexpr unsigned bit(EncodeSet set) {
  return static_cast<unsigned>(set);
}

constexpr std::array<std::uint8_t, 256> make_sets() {
  constexpr unsigned kFragment = bit(EncodeSet::fragment);
  constexpr unsigned kUserinfo = bit(EncodeSet::userinfo);
  constexpr unsigned kLocalPart = bit(EncodeSet::local_part);
  constexpr unsigned kPath = bit(EncodeSet::path) | kUserinfo | kLocalPart;
  constexpr unsigned kSpecialQuery = bit(EncodeSet::special_query);
  constexpr unsigned kQuery = bit(EncodeSet::query) | kSpecialQuery | kPath;
  constexpr unsigned kAll = bit(EncodeSet::c0_control) | kFragment | kQuery;
  struct Row {
    std::string_view characters;
    unsigned sets;
  };
  constexpr Row kRows[] = {
      {" \"<>", kFragment | kQuery},
      {"`", kFragment | kPath},
      {"#", kQuery},
      {"'", kSpecialQuery},
      {"?^{}", kPath},
      {"/@[\\]|", kUserinfo | kLocalPart},
      {":;=", kUserinfo},
      {"%,", kLocalPart},
  };
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c)
    table[c] = c < 0x20 || c > 0x7E ? kAll : 0;
  for (const Row& row : kRows) {
    for (const char c : row.characters)
      table[static_cast<unsigned char>(c)] = static_cast<std::uint8_t>(row.sets);
  }
  return table;
}

constexpr auto kSets = make_sets();

}  // namespace

bool is_encoded_in(char c, EncodeSet set) {
  return (kSets[static_cast<unsigned char>(c)] & bit(set)) != 0;
}

void append_encoded(std::string& out, std::string_view text, EncodeSet set) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::size_t plain = 0;  // from here on nothing has been appended
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_encoded_in(text[i], set)) continue;
    const auto byte = static_cast<unsigned char>(text[i]);
    const char triple[] = {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    out.append(text, plain, i - plain).append(triple, sizeof triple);
    plain = i + 1;
  }
  out.append(text, plain);
}

std::string percent_decode(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (;;) {
    const std::size_t percent = text.find('%');
    bytes.append(text, 0, percent);
    if (percent == std::string_view::npos) return bytes;
    text.remove_prefix(percent);
    const int high = text.size() < 3 ? -1 : hex_value(text[1]);
    const int low = high < 0 ? -1 : hex_value(text[2]);
    bytes += low < 0 ? '%' : static_cast<char>(high * 16 + low);
    text.remove_prefix(low < 0 ? 1 : 3);
  }
}

}  // namespace xspamd
