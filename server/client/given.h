// What stands on the command line of xspamc: the options that have no command of their own, as a table, and
// what they mean to each way of using the program. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/client/filter_command.h"
#include "server/client/learn_command.h"
#include "server/client/mark_command.h"
#include "server/client/scan_command.h"

namespace xspamd::client {

// As it was given, unchecked but for the bounds of numbers.
struct Given {
  using Text = std::optional<std::string>;
  using Number = std::optional<std::int64_t>;

  Text host, socket, user;
  Number port, timeout, connect_timeout, connect_retries, retry_sleep;
  bool v4 = false, v6 = false, shuffled = false;
  bool tls = false;
  Text ca_file, ca_path, certificate, key;

  bool check = false, tests = false, full = false, full_if_spam = false, ping = false, headers = false;
  bool exit_code = false, strict = false, unavailable_is_temporary = false;
  bool batch = false, compress = false, log_to_stderr = false, obsolete = false;
  Text learn, report, config;
  Number most_bytes, filter_retries, filter_retry_sleep;

  bool mime = false, json = false;
  Text command_line;
  std::vector<std::string> command;  // behind -e
  GivenEnvelope envelope;
};

// The ways of using xspamc, each a bit: who takes an option.
enum Mode : unsigned { kFilter = 1, kMark = 2, kScan = 4, kLearn = 8 };

struct OptionRow {
  using Place = std::variant<bool Given::*, Given::Text Given::*, Given::Number Given::*>;

  std::string_view names;  // "-c,--check"
  Place place;
  unsigned modes;
  std::string_view type;  // of the value: "HOST", "SECONDS"
  std::string_view about;
  std::int64_t least = 0;
  std::int64_t most = 0;
};
std::span<const OptionRow> option_rows();

// The options of an envelope; a command may have short names for them.
struct EnvelopeRow {
  std::string_view name;
  std::string_view short_name;  // of the command scan, as rspamc's; may be empty
  std::string GivenEnvelope::*value;
  std::string_view about;
};
std::span<const EnvelopeRow> envelope_rows();

// All fail with a sentence that names the option.
Result<FilterOptions> filter_options(const Given& given);
Result<MarkOptions> mark_options(const Given& given);
Result<AskOptions> ask_options(const Given& given);
Result<TellOptions> tell_options(const Given& given);

}  // namespace xspamd::client
