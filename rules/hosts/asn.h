// Where a client's network is announced from: numbers of autonomous systems, prefix and country, told
// by TXT records of the form "AS | prefix | country | registry | date" (origin.asn.cymru.com) or
// "AS|prefix|country|registry|" (asn.rspamd.com). Pure; the answers come from an Inquiry.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rules/facts.h"
#include "rules/hosts/inquiry.h"

namespace xspamd {

struct NetworkOrigin {
  std::vector<std::uint32_t> asns;  // several when it is announced from several; at most eight
  Network network;
  std::string country;  // two capital letters, empty if it is not told
};
// Nothing when the text is of no such form, or its network is not the client's.
std::optional<NetworkOrigin> parse_network_origin(std::string_view text, const IpAddress& client);

// Sets routed, asns, network and country of the facts.
void find_network(Inquiry& inquiry, const std::string& zone, const IpAddress& client, HostFacts& facts);

// "asn:3320", "ipnet:192.0.2.0/24", "country:DE"
std::vector<std::string> network_options(const HostFacts& facts);

}  // namespace xspamd
