// One message from standard input, held in memory. Blocks.
#pragma once

#include <cstddef>
#include <string>

#include "proto/base/result.h"

namespace xspamd::client {

struct MailInput {
  std::string text;
  bool too_large = false;  // text is its beginning; the rest has not been read
};

// Fails with what the system says.
Result<MailInput> read_input(std::size_t most_bytes);

}  // namespace xspamd::client
