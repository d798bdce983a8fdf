#include "rules/hosts/asn.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "proto/base/text.h"
#include "rules/lists/asked_name.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostText = 512;
constexpr std::size_t kMostNumbers = 8;
constexpr std::size_t kMostTexts = 16;

bool is_country(std::string_view text) {
  return text.size() == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// "23028 33651"; empty when one is no number.
std::vector<std::uint32_t> parse_numbers(std::string_view text) {
  std::vector<std::uint32_t> numbers;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    const auto number = parse_unsigned(word);
    if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return {};
    if (numbers.size() < kMostNumbers) numbers.push_back(static_cast<std::uint32_t>(*number));
  }
  return numbers;
}

}  // namespace

std::optional<NetworkOrigin> parse_network_origin(std::string_view text, const IpAddress& client) {
  if (text.size() > kMostText) return std::nullopt;
  const auto fields = split(text, '|');
  if (fields.size() < 3) return std::nullopt;
  const auto network = Network::parse(trim(fields[1]));
  if (!network || !network->contains(client)) return std::nullopt;
  const std::string_view country = trim(fields[2]);
  NetworkOrigin origin{parse_numbers(trim(fields[0])), *network,
                       std::string(is_country(country) ? country : std::string_view())};
  if (origin.asns.empty()) return std::nullopt;
  return origin;
}

void find_network(Inquiry& inquiry, const std::string& zone, const IpAddress& client, HostFacts& facts) {
  const DnsAnswer& answer = inquiry.answer(fmt::format("{}.{}", reversed(client), zone), dns::Type::txt);
  if (answer.absent()) facts.routed = Known::no;
  for (std::size_t i = 0; i < std::min(kMostTexts, answer.texts.size()); ++i) {
    auto origin = parse_network_origin(answer.texts[i], client);
    // A network within another: the smaller one is whose routes are used.
    if (!origin || (facts.routed == Known::yes && origin->network.prefix <= facts.network.prefix)) continue;
    facts.routed = Known::yes;
    facts.asns = std::move(origin->asns);
    facts.network = origin->network;
    facts.country = std::move(origin->country);
  }
}

std::vector<std::string> network_options(const HostFacts& facts) {
  std::vector<std::string> options;
  for (const std::uint32_t asn : facts.asns)
    options.push_back(fmt::format("asn:{}", asn));
  options.push_back(fmt::format("ipnet:{}", facts.network.to_string()));
  if (!facts.country.empty()) options.push_back(fmt::format("country:{}", facts.country));
  return options;
}

}  // namespace xspamd
