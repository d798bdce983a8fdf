#include "rules/hosts/mail_host.h"

#include <algorithm>

namespace xspamd {

namespace {

constexpr std::size_t kMostExchanges = 3;

Known has(const DnsAnswer& answer, const IpAddress& wanted) {
  const auto& addresses = answer.addresses;
  return std::find(addresses.begin(), addresses.end(), wanted) != addresses.end() ? Known::yes : Known::no;
}

}  // namespace

HostAddress find_address(Inquiry& inquiry, const std::string& name, const IpAddress* client) {
  // The client's own family first: most names that it gives are its own.
  const bool v6 = client != nullptr && !client->is_v4();
  const DnsAnswer& first = inquiry.answer(name, v6 ? dns::Type::aaaa : dns::Type::a);
  HostAddress address;
  if (first.unknown()) return address;
  if (client != nullptr) address.is_client = has(first, *client);
  if (first.found()) {
    address.exists = Known::yes;
    return address;
  }
  const DnsAnswer& second = inquiry.answer(name, v6 ? dns::Type::a : dns::Type::aaaa);
  if (!second.unknown()) address.exists = second.found() ? Known::yes : Known::no;
  return address;
}

MailExchange find_exchange(Inquiry& inquiry, const std::string& name) {
  const DnsAnswer& answer = inquiry.answer(name, dns::Type::mx);
  MailExchange exchange;
  if (answer.unknown()) return exchange;
  exchange.exists = answer.found() ? Known::yes : Known::no;
  if (!answer.found()) return exchange;
  exchange.is_null = answer.exchanges.size() == 1 && answer.exchanges.front().host.empty();
  if (exchange.is_null) {
    exchange.resolves = Known::no;
    return exchange;
  }
  exchange.host = answer.exchanges.front().host;
  bool all = answer.exchanges.size() <= kMostExchanges;  // known to have no address
  for (std::size_t i = 0; i < std::min(kMostExchanges, answer.exchanges.size()); ++i) {
    const std::string& host = answer.exchanges[i].host;
    const Known exists = find_address(inquiry, host).exists;
    all = all && exists == Known::no;
    if (exists != Known::yes) continue;
    exchange.host = host;
    exchange.resolves = Known::yes;
    return exchange;
  }
  if (all) exchange.resolves = Known::no;
  return exchange;
}

}  // namespace xspamd
