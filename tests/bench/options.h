// What xspamd_load is asked to do, from its command line.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace xspamd::bench {

enum class Protocol { rspamc, rspamc_half_close, spamc };

struct Options {
  Protocol protocol = Protocol::rspamc;
  sockaddr_in server{};
  std::size_t connections = 8;
  std::size_t messages = 1000;
  std::chrono::seconds limit{300};
  std::vector<std::string> paths;  // files, and folders with files
};

extern const char* const kUsage;

// Nothing when the command line is wrong.
std::optional<Options> parse_options(int argc, char** argv);

}  // namespace xspamd::bench
