#include "tests/bench/options.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace xspamd::bench {

namespace {

constexpr std::array<std::pair<std::string_view, Protocol>, 3> kProtocols{
    {{"rspamc", Protocol::rspamc},
     {"rspamc-half-close", Protocol::rspamc_half_close},
     {"spamc", Protocol::spamc}}};

bool read_protocol(std::string_view text, Protocol& protocol) {
  for (const auto& [name, value] : kProtocols) {
    if (name != text) continue;
    protocol = value;
    return true;
  }
  return false;
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0;
}

// "127.0.0.1:11333"
bool read_address(std::string_view text, sockaddr_in& address) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  if (colon == std::string_view::npos || !read_number(text.substr(colon + 1), port)) return false;
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  return inet_pton(AF_INET, std::string(text.substr(0, colon)).c_str(), &address.sin_addr) == 1;
}

bool read_option(std::string_view name, std::string_view value, Options& options) {
  if (name == "--protocol") return read_protocol(value, options.protocol);
  if (name == "--server") return read_address(value, options.server);
  if (name == "--connections") return read_number(value, options.connections);
  if (name == "--messages") return read_number(value, options.messages);
  if (name != "--limit") return false;
  long seconds = 0;
  if (!read_number(value, seconds)) return false;
  options.limit = std::chrono::seconds(seconds);
  return true;
}

}  // namespace

const char* const kUsage =
    "usage: xspamd_load --server IPV4:PORT [--protocol rspamc|rspamc-half-close|spamc] [--connections 8]\n"
    "                   [--messages 1000] [--limit SECONDS] FILE_OR_FOLDER...\n"
    "Sends the messages in a fixed order, again and again, one connection a message, and prints key=value.\n";

std::optional<Options> parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with("--")) {
      options.paths.emplace_back(word);
    } else if (++i == argc || !read_option(word, argv[i], options)) {
      return std::nullopt;
    }
  }
  if (options.paths.empty() || options.server.sin_port == 0) return std::nullopt;
  return options;
}

}  // namespace xspamd::bench
