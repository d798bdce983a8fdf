// The command line. Every usage error has been told on stderr when parse_options returns without a value.
// CLI11 appears in options.cpp alone: commands describe their arguments as data and get them as data.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace xspamd {

inline constexpr const char* kDefaultConfig = "/etc/xspamd/xspamd.toml";

// Exit statuses that scripts rely on (sysexits.h has 64 and 78).
inline constexpr int kFine = 0;
inline constexpr int kProblem = 1;
inline constexpr int kUsage = 64;
inline constexpr int kBadConfig = 78;

// What a command takes beside the options that all have.
struct Argument {
  enum class Kind {
    flag,
    text,   // given once
    list,   // may be repeated
    words,  // what stands without an option; at least one
  };
  std::string_view name;  // "--json"; words: "FILE"
  Kind kind = Kind::flag;
  std::string_view about;
};

// What was given, by the names above. What was not given is false or empty.
struct Arguments {
  std::map<std::string, bool, std::less<>> flags;
  std::map<std::string, std::string, std::less<>> texts;
  std::map<std::string, std::vector<std::string>, std::less<>> lists;

  bool flag(std::string_view name) const;
  std::string text(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;  // also of words
};

struct Options;

// A command is one file server/NAME_command.cpp and one line in the table of commands.cpp.
struct Subcommand {
  std::string_view name;
  std::string_view about;
  std::span<const Argument> arguments = {};
  std::span<const Argument> shared = {};         // those it has in common with other commands
  int (*run)(const Options& options) = nullptr;  // the exit status
};

struct Options {
  const Subcommand* command = nullptr;  // null: serve
  std::string config = kDefaultConfig;
  bool config_given = false;
  std::vector<std::string> overrides;  // -o key=value
  bool supervisor = true;
  Arguments arguments;
};

// Options, or the exit status of a program that has nothing more to do (help, version, usage error).
std::variant<Options, int> parse_options(int argc, char** argv, std::span<const Subcommand* const> commands);

}  // namespace xspamd
