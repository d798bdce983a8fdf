// The head of a request in SpamAssassin's protocol, byte for byte as spamc 4.0.1 sends it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "proto/request.h"

namespace xspamd::client {

struct SpamcRequest {
  Command command = Command::process;
  std::optional<Tell> tell;  // of TELL; where nothing is set no class is named, as spamc forgets
  std::string user;          // empty: none is named
  bool zlib = false;
  std::size_t bytes = 0;  // that follow
};

std::string spamc_head(const SpamcRequest& request);

}  // namespace xspamd::client
