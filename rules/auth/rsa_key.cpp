#include "rules/auth/rsa_key.h"

#include <algorithm>
#include <bit>

namespace xspamd::auth {

namespace {

using namespace std::string_view_literals;

// X.690 §8.1.2: tags of the universal types that keys are made of.
enum class Tag : unsigned char {
  integer = 0x02,
  bit_string = 0x03,
  object_identifier = 0x06,
  sequence = 0x30
};

constexpr std::string_view kRsaEncryption = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv;  // RFC 8017 §A.1

unsigned byte_of(char c) {
  return static_cast<unsigned char>(c);
}

// X.690 §8.1.3: takes the length from the front of `text`. Those of more than two bytes are not needed here.
std::optional<std::size_t> take_length(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const unsigned first = byte_of(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const unsigned count = first & 0x7f;
  if (count == 0 || count > 2 || count > text.size()) return std::nullopt;
  std::size_t length = 0;
  for (const char c : text.substr(0, count))
    length = length << 8 | byte_of(c);
  text.remove_prefix(count);
  return length;
}

bool begins_with(std::string_view text, Tag tag) {
  return !text.empty() && byte_of(text.front()) == static_cast<unsigned>(tag);
}

// The contents of the value at the front of `text`, which goes.
std::optional<std::string_view> take(std::string_view& text, Tag tag) {
  if (!begins_with(text, tag)) return std::nullopt;
  text.remove_prefix(1);
  const auto length = take_length(text);
  if (!length || *length > text.size()) return std::nullopt;
  const std::string_view contents = text.substr(0, *length);
  text.remove_prefix(*length);
  return contents;
}

// A positive one, without the zeros before it.
std::optional<std::string_view> take_integer(std::string_view& text) {
  const auto contents = take(text, Tag::integer);
  if (!contents || contents->empty() || byte_of(contents->front()) >= 0x80) return std::nullopt;
  const std::size_t zeros = contents->find_first_not_of('\0');
  if (zeros == std::string_view::npos) return std::nullopt;
  return contents->substr(zeros);
}

// The RSAPublicKey in a SubjectPublicKeyInfo of which the outer sequence is gone.
std::optional<std::string_view> unwrap(std::string_view info) {
  auto algorithm = take(info, Tag::sequence);
  if (!algorithm || take(*algorithm, Tag::object_identifier) != kRsaEncryption) return std::nullopt;
  auto bits = take(info, Tag::bit_string);
  if (!bits || !info.empty() || bits->empty() || bits->front() != '\0') return std::nullopt;
  bits->remove_prefix(1);  // how many bits of the last byte are none
  const auto key = take(*bits, Tag::sequence);
  return bits->empty() ? key : std::nullopt;
}

std::size_t bits_of(std::string_view number) {
  if (number.empty()) return 0;
  return number.size() * 8 -
         static_cast<std::size_t>(std::countl_zero(static_cast<unsigned char>(number[0])));
}

}  // namespace

std::size_t RsaKey::modulus_bits() const {
  return bits_of(modulus);
}

std::size_t RsaKey::exponent_bits() const {
  return bits_of(exponent);
}

std::optional<RsaKey> parse_rsa_key(std::string_view der) {
  auto numbers = take(der, Tag::sequence);
  if (!numbers || !der.empty()) return std::nullopt;
  if (begins_with(*numbers, Tag::sequence)) numbers = unwrap(*numbers);
  if (!numbers) return std::nullopt;
  const auto modulus = take_integer(*numbers);
  const auto exponent = take_integer(*numbers);
  if (!modulus || !exponent || !numbers->empty()) return std::nullopt;
  return RsaKey{*modulus, *exponent};
}

}  // namespace xspamd::auth
