// The options of spamd 4.0.1 as a table: their names, their values, and what each sets. Pure; see
// spamd_options.h.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"
#include "server/spamd_options.h"

namespace xspamd {

// What was given so far.
struct SpamdGiven {
  SpamdSettings settings;
  std::string_view folder;
  std::string port;
  std::vector<std::string> addresses;  // of -i
  std::string socket;
  bool only_v4 = false;
  bool only_v6 = false;
  bool tls = false;
  std::vector<std::string> allow;
  bool tell = false;
  std::string log_target = "syslog";
};

enum class SpamdValue { none, negatable, text, optional };

struct SpamdOption {
  std::string_view names;  // "port p"
  SpamdValue value = SpamdValue::none;
  Result<void> (*take)(SpamdGiven& given, std::string_view value) = nullptr;  // null: ignored
  std::string_view about;                                                     // ignored: why
};

std::span<const SpamdOption> spamd_options();

// --daemonize is the one option that "no" changes back; others have that as their default here.
Result<void> take_daemonize(SpamdGiven& given, std::string_view value);

}  // namespace xspamd
