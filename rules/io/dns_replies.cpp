#include "rules/io/dns_replies.h"

#include <fmt/format.h>

#include <algorithm>

namespace xspamd {

DnsReply unknown_reply(std::string why) {
  auto answer = std::make_shared<DnsAnswer>();
  answer->why = std::move(why);
  return answer;
}

DnsReply absent_reply(DnsAnswer::Status status) {
  auto answer = std::make_shared<DnsAnswer>();
  answer->status = status;
  return answer;
}

std::string reason(dns::Rcode rcode) {
  switch (rcode) {
    case dns::Rcode::format:
      return "FORMERR";
    case dns::Rcode::server_failure:
      return "SERVFAIL";
    case dns::Rcode::not_implemented:
      return "NOTIMP";
    case dns::Rcode::refused:
      return "REFUSED";
    case dns::Rcode::ok:
    case dns::Rcode::no_name:
      break;
  }
  return fmt::format("RCODE {}", static_cast<unsigned>(rcode));
}

DnsReply found_reply(const dns::Found& found) {
  auto answer = std::make_shared<DnsAnswer>();
  answer->status = DnsAnswer::Status::found;
  for (const dns::Record& record : found.records) {
    if (const auto* address = std::get_if<IpAddress>(&record.data)) {
      answer->addresses.push_back(*address);
    } else if (const auto* mx = std::get_if<dns::Mx>(&record.data)) {
      answer->exchanges.push_back(*mx);
    } else if (const auto* text = std::get_if<std::string>(&record.data)) {
      (record.type == dns::Type::txt ? answer->texts : answer->names).push_back(*text);
    }
  }
  std::stable_sort(answer->exchanges.begin(), answer->exchanges.end(),
                   [](const dns::Mx& a, const dns::Mx& b) { return a.preference < b.preference; });
  return answer;
}

}  // namespace xspamd
