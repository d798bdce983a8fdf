// Domains in lists of the configuration: each stands for itself and for all that is below it. Names are in
// lower case, labels of other scripts in their ASCII form.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace xspamd {

// A domain as a user writes it, in any case and script. Fails when it is no domain of at least two labels.
Result<std::string> listed_domain(std::string_view text);

// The entry, in a set or map of listed domains that compares with std::less<>, of `domain` or else of the
// nearest domain above it; end() if there is none.
template <class Domains>
typename Domains::const_iterator covering(const Domains& domains, std::string_view domain) {
  for (;;) {
    const auto found = domains.find(domain);
    const std::size_t dot = domain.find('.');
    if (found != domains.end() || dot == std::string_view::npos) return found;
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace xspamd
