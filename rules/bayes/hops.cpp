#include "rules/bayes/hops.h"

#include <algorithm>
#include <cstdint>

#include "proto/base/hex.h"
#include "proto/base/text.h"
#include "rules/bayes/domains.h"

namespace xspamd::bayes {

namespace {

constexpr std::size_t kMostHops = 12;

// The networks of an address: /16 and /24 of IPv4, /32 and /48 of IPv6.
void add_network(TokenSet& tokens, const IpAddress& address) {
  const auto& bytes = address.bytes();
  const auto hex_of = [&](std::size_t count) {
    return hex({reinterpret_cast<const char*>(bytes.data()), count});
  };
  const std::size_t wide = address.is_v4() ? 2 : 4;
  tokens.add(TokenKind::network, hex_of(wide));
  tokens.add(TokenKind::network, hex_of(wide + (address.is_v4() ? 1 : 2)));
}

// What a name of a host is like: names with many digits are given out to homes.
void add_host(TokenSet& tokens, std::string_view role, std::string_view name) {
  if (name.empty()) return tokens.add(TokenKind::host, role, "none");
  if (name.front() == '[' || IpAddress::parse(name)) return tokens.add(TokenKind::host, role, "address");
  if (name.find('.') == std::string_view::npos) tokens.add(TokenKind::host, role, "one label");
  const auto digits = static_cast<std::size_t>(std::count_if(name.begin(), name.end(), is_digit));
  tokens.add(TokenKind::shape, role, digits < 3 ? "few digits" : digits < 7 ? "digits" : "many digits");
  const std::string_view three = last_labels(name, 3);
  add_domain(tokens, TokenKind::host, role, three);
}

}  // namespace

void add_hops(TokenSet& tokens, const Mail& mail, const TokenLimits& limits) {
  const Envelope& envelope = mail.request.envelope;
  if (envelope.client) {
    add_network(tokens, *envelope.client);
    add_host(tokens, "helo", envelope.helo);
    add_host(tokens, "rdns", envelope.hostname);
  }
  const auto& hops = mail.origin.hops;
  tokens.add_count(TokenKind::shape, "hops", hops.size());
  const std::size_t most = std::min({hops.size(), kMostHops, limits.fields});
  for (std::size_t i = 0; i < most; ++i) {
    const Received& hop = hops[i];
    if (hop.ip) add_network(tokens, *hop.ip);
    add_host(tokens, "helo", hop.helo);
    add_host(tokens, "rdns", hop.rdns);
    tokens.add(TokenKind::shape, "with", hop.with);
  }
}

}  // namespace xspamd::bayes
