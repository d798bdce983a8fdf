#include "rules/except_list.h"

#include <fmt/format.h>

#include "proto/base/text.h"
#include "rules/listed_domain.h"

namespace xspamd {

bool ExceptList::has_domain(std::string_view domain) const {
  return covering(domains, domain) != domains.end();
}

Result<ExceptList> read_except(conf::Section& section, std::string_view about) {
  ExceptList list;
  for (const std::string& text : section.get("except", std::vector<std::string>{}, about)) {
    if (const auto network = Network::parse(text)) {
      list.networks.push_back(*network);
      continue;
    }
    auto domain = listed_domain(text);
    if (!domain)
      return fail(Errc::invalid, fmt::format("except: {} is neither a network nor a domain", quoted(text)));
    list.domains.insert(std::move(*domain));
  }
  return list;
}

}  // namespace xspamd
