// Command lines of xspamc for tests.
#pragma once

#include <vector>

#include "server/client/options.h"

namespace xspamd::client {

inline Order parse(std::vector<const char*> words) {
  words.insert(words.begin(), "xspamc");
  return parse_options(static_cast<int>(words.size()), words.data());
}

}  // namespace xspamd::client
