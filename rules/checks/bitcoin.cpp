#include "rules/checks/bitcoin.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "proto/base/text.h"
#include "rules/auth/crypto.h"

namespace xspamd {

namespace {

constexpr std::string_view kBase58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view kBech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::string_view kMainNet = "bc";

constexpr std::size_t kLeast = 26;        // characters of the shortest address
constexpr std::size_t kMost58 = 35;       // of the longest in Base58Check
constexpr std::size_t kMostBech = 90;     // BIP 173
constexpr std::size_t kMostTries = 1000;  // words of one text; each costs a few microseconds at most

constexpr std::size_t kDecoded = 25;  // version, 20 bytes, checksum
using Decoded = std::array<unsigned char, kDecoded>;

bool decode_base58(std::string_view word, Decoded& bytes) {
  bytes.fill(0);
  for (const char c : word) {
    std::size_t carry = kBase58.find(c);
    if (carry == std::string_view::npos) return false;
    for (std::size_t i = kDecoded; i > 0; --i) {
      carry += 58 * std::size_t{bytes[i - 1]};
      bytes[i - 1] = static_cast<unsigned char>(carry & 0xff);
      carry >>= 8;
    }
    if (carry != 0) return false;
  }
  return true;
}

unsigned digit_of(char hex) {
  return static_cast<unsigned>(is_digit(hex) ? hex - '0' : hex - 'a' + 10);
}

std::string sha256(std::string_view bytes) {
  const std::string hex = auth::sha256_hex(bytes);
  std::string digest;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    digest += static_cast<char>(digit_of(hex[i]) << 4 | digit_of(hex[i + 1]));
  return digest;
}

bool is_base58_address(std::string_view word) {
  constexpr std::size_t kChecked = kDecoded - 4;
  Decoded bytes{};
  if (!decode_base58(word, bytes) || (bytes[0] != 0 && bytes[0] != 5)) return false;
  const std::string text(bytes.begin(), bytes.end());
  return sha256(sha256(std::string_view(text).substr(0, kChecked))).substr(0, 4) == text.substr(kChecked);
}

// BIP 173, "Checksum": one step of the code over GF(32).
std::uint32_t next_checksum(std::uint32_t checksum, std::uint32_t value) {
  constexpr std::uint32_t kGenerator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  const std::uint32_t top = checksum >> 25;
  checksum = (checksum & 0x1ffffff) << 5 ^ value;
  for (unsigned i = 0; i < 5; ++i) {
    if ((top >> i & 1) != 0) checksum ^= kGenerator[i];
  }
  return checksum;
}

bool is_bech32_address(std::string_view word) {
  constexpr std::uint32_t kOne = 1;              // BIP 173
  constexpr std::uint32_t kSecond = 0x2bc830a3;  // BIP 350
  const std::string lower = to_lower(word);
  // Mixed case is no address.
  if (lower != word && std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
    return false;
  std::uint32_t checksum = 1;
  for (const char c : kMainNet)
    checksum = next_checksum(checksum, static_cast<std::uint32_t>(c) >> 5);
  checksum = next_checksum(checksum, 0);
  for (const char c : kMainNet)
    checksum = next_checksum(checksum, static_cast<std::uint32_t>(c) & 31);
  for (const char c : std::string_view(lower).substr(kMainNet.size() + 1)) {
    const std::size_t value = kBech32.find(c);
    if (value == std::string_view::npos) return false;
    checksum = next_checksum(checksum, static_cast<std::uint32_t>(value));
  }
  return checksum == kOne || checksum == kSecond;
}

constexpr auto kIsWord = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 256; ++c)
    table[c] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return table;
}();

bool is_word(char c) {
  return kIsWord[static_cast<unsigned char>(c)];
}

}  // namespace

bool is_bitcoin_address(std::string_view word) {
  if (word.size() < kLeast) return false;
  if (istarts_with(word, "bc1")) return word.size() <= kMostBech && is_bech32_address(word);
  if (word.front() != '1' && word.front() != '3') return false;
  return word.size() <= kMost58 && is_base58_address(word);
}

// No word of an ordinary text is so long: most are skipped in steps of their least length.
std::string_view find_bitcoin_address(std::string_view text) {
  std::size_t tries = 0;
  for (std::size_t at = kLeast - 1; at < text.size() && tries < kMostTries; at += kLeast) {
    if (!is_word(text[at])) continue;
    std::size_t begin = at;
    while (begin > 0 && at - begin < kLeast && is_word(text[begin - 1]))
      --begin;
    std::size_t end = at + 1;
    while (end < text.size() && is_word(text[end]))
      ++end;
    // A word of which more lies in front was looked at in the step before.
    const bool whole = begin == 0 || !is_word(text[begin - 1]);
    const std::string_view word = text.substr(begin, end - begin);
    if (whole && word.size() >= kLeast) {
      ++tries;
      if (is_bitcoin_address(word)) return word;
    }
    at = std::max(at, end - 1);
  }
  return {};
}

}  // namespace xspamd
