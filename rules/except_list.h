// The option "except" of a check: networks and domains that it leaves alone, a domain with what is below it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conf/section.h"
#include "proto/base/ip.h"
#include "proto/base/result.h"

namespace xspamd {

struct ExceptList {
  std::vector<Network> networks;
  std::set<std::string, std::less<>> domains;  // rules/listed_domain.h

  bool has_domain(std::string_view domain) const;  // in lower case
};

// Fails with the entry that is neither a network nor a domain.
Result<ExceptList> read_except(conf::Section& section, std::string_view about);

}  // namespace xspamd
