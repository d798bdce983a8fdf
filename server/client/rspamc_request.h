// The head of a request in RSPAMC 1.3: the envelope that the server is to know, then the message's length.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "proto/base/result.h"

namespace xspamd::client {

// As the command line gave it; what is empty is not told.
struct GivenEnvelope {
  std::string ip;
  std::string sender;
  std::vector<std::string> recipients;
  std::string helo;
  std::string hostname;
  std::string user;
  std::string queue_id;
};

// Fails when a value would break the line that it stands on, or is no address of a host.
Result<void> check(const GivenEnvelope& envelope);

std::string rspamc_head(const GivenEnvelope& envelope, std::size_t message_bytes);

}  // namespace xspamd::client
