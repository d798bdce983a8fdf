// The command line. Every usage error has been told on stderr when parse_options returns without a value.
// CLI11 appears in options.cpp alone.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace xspamd {

inline constexpr const char* kDefaultConfig = "/etc/xspamd/xspamd.toml";

// Exit statuses that scripts rely on (sysexits.h has 64 and 78).
inline constexpr int kFine = 0;
inline constexpr int kProblem = 1;
inline constexpr int kUsage = 64;
inline constexpr int kBadConfig = 78;

// What `scan` is told about the envelope, and how to show the verdict.
struct ScanOptions {
  std::vector<std::string> files;  // "-" is standard input
  std::string ip;
  std::string from;
  std::vector<std::string> recipients;
  std::string helo;
  std::string hostname;
  std::string user;
  bool local = false;      // no DNS
  bool json = false;       // rspamd's /checkv2 object
  bool exit_code = false;  // 1 for spam
  bool verbose = false;
};

struct Options {
  enum class Command { serve, check_config, scan };
  Command command = Command::serve;
  std::string config = kDefaultConfig;
  bool config_given = false;
  std::vector<std::string> overrides;  // -o key=value
  bool supervisor = true;
  ScanOptions scan;
};

// Options, or the exit status of a program that has nothing more to do (help, version, usage error).
std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace xspamd
