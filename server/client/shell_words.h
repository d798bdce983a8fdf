// A command line as words, quoted as in a shell: blanks divide, quotes and backslashes keep them from it.
// Nothing is expanded and no shell runs, as with rspamc's --exec: what stands in an address stays text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd::client {

// Fails when a quote is not closed, or when there is no word.
Result<std::vector<std::string>> shell_words(std::string_view line);

}  // namespace xspamd::client
