#include "rules/hosts/reverse_name.h"

#include <algorithm>

#include "rules/lists/asked_name.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostNames = 3;

bool has(const std::vector<IpAddress>& addresses, const IpAddress& wanted) {
  return std::find(addresses.begin(), addresses.end(), wanted) != addresses.end();
}

}  // namespace

std::string reverse_name(const IpAddress& address) {
  return reversed(address) + (address.is_v4() ? ".in-addr.arpa" : ".ip6.arpa");
}

void find_names(Inquiry& inquiry, const IpAddress& client, HostFacts& facts) {
  const DnsAnswer& reverse = inquiry.answer(reverse_name(client), dns::Type::ptr);
  if (reverse.unknown()) return;
  facts.has_name = reverse.found() ? Known::yes : Known::no;
  std::vector<std::string>& names = facts.names;
  bool all = true;  // names are looked at
  for (const std::string& text : reverse.names) {
    auto name = askable_host(text);
    if (!name || std::find(names.begin(), names.end(), *name) != names.end()) continue;
    all = names.size() < kMostNames;
    if (!all) break;
    names.push_back(std::move(*name));
  }
  for (const std::string& name : names) {
    const DnsAnswer& forward = inquiry.answer(name, client.is_v4() ? dns::Type::a : dns::Type::aaaa);
    all = all && !forward.unknown();
    if (facts.verified.empty() && has(forward.addresses, client)) facts.verified = name;
  }
  if (!facts.verified.empty()) {
    facts.confirmed = Known::yes;
  } else if (all) {
    facts.confirmed = Known::no;
  }
}

}  // namespace xspamd
