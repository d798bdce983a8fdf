#include "rules/lists/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "proto/base/text.h"

namespace xspamd {

namespace {

constexpr std::uint32_t kOctet = 0xff;
constexpr std::uint32_t kBitLists = 0x7f000000;  // 127.0.0.0/24, where answers are bits
constexpr std::uint32_t kBitListsMask = 0xffffff00;

std::uint32_t number_of(const IpAddress& address) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number << 8 | address.bytes()[i];
  return number;
}

tl::unexpected<Error> no_code(std::string_view text) {
  return fail(Errc::invalid,
              fmt::format(R"({}: an answer is written "127.0.0.2", "127.0.0.4/30", "127.0.*.2" or "&8")",
                          quoted(text)));
}

Result<CodePattern> parse_bit(std::string_view text) {
  const auto bit = parse_unsigned(text.substr(1));
  if (!bit || *bit == 0 || *bit > kOctet) return no_code(text);
  return CodePattern{0, static_cast<std::uint32_t>(*bit), true};
}

Result<CodePattern> parse_octets(std::string_view text) {
  CodePattern pattern;
  const auto octets = split(text, '.');
  if (octets.size() != 4) return no_code(text);
  for (const std::string_view octet : octets) {
    const bool any = octet == "*";
    const auto number = any ? 0 : parse_unsigned(octet);
    if (!number || *number > kOctet) return no_code(text);
    pattern.value = pattern.value << 8 | static_cast<std::uint32_t>(*number);
    pattern.mask = pattern.mask << 8 | (any ? 0 : kOctet);
  }
  return pattern;
}

}  // namespace

Result<CodePattern> CodePattern::parse(std::string_view text) {
  if (text.starts_with('&')) return parse_bit(text);
  if (text.find('/') == std::string_view::npos) return parse_octets(text);
  const auto network = Network::parse(text);
  if (!network) return tl::unexpected<Error>(network.error());
  if (!network->address.is_v4()) return no_code(text);
  const std::uint32_t mask = network->prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - network->prefix);
  return CodePattern{number_of(network->address), mask};
}

bool CodePattern::fits(std::uint32_t address) const {
  if (is_bit) return (address & kBitListsMask) == kBitLists && (address & mask) == mask;
  return (address & mask) == value;
}

std::vector<const ListCode*> codes_of(const std::vector<ListCode>& codes, const IpAddress& answer) {
  std::vector<const ListCode*> found;
  if (!answer.is_v4()) return found;
  const std::uint32_t address = number_of(answer);
  const ListCode* closest = nullptr;
  for (const ListCode& code : codes) {
    if (!code.pattern.fits(address)) continue;
    if (code.pattern.is_bit) {
      found.push_back(&code);
    } else if (closest == nullptr ||
               std::popcount(code.pattern.mask) > std::popcount(closest->pattern.mask)) {
      closest = &code;
    }
  }
  if (closest != nullptr) found.insert(found.begin(), closest);
  return found;
}

bool is_list_answer(const IpAddress& answer) {
  return answer.is_v4() && answer.bytes()[0] == 127;
}

}  // namespace xspamd
