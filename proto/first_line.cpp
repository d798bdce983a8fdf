#include "proto/first_line.h"

#include <algorithm>
#include <array>
#include <limits>

#include "proto/base/text.h"

namespace xspamd {

namespace {

struct Verb {
  std::string_view name;
  Command command;
};
constexpr std::array<Verb, 9> kVerbs{{{"CHECK", Command::check},
                                      {"SYMBOLS", Command::symbols},
                                      {"REPORT", Command::report},
                                      {"REPORT_IFSPAM", Command::report_if_spam},
                                      {"PROCESS", Command::process},
                                      {"HEADERS", Command::headers},
                                      {"TELL", Command::tell},
                                      {"PING", Command::ping},
                                      {"SKIP", Command::skip}}};

std::optional<Command> command_from(std::string_view verb) {
  for (const Verb& known : kVerbs) {
    if (known.name == verb) return known.command;
  }
  return std::nullopt;
}

// "1.5" and whatever follows a number; 0.0 when none stands there.
Version version_from(std::string_view text) {
  const auto digits = [](std::string_view from) {
    std::size_t end = 0;
    while (end < from.size() && is_digit(from[end]))
      ++end;
    return from.substr(0, end);
  };
  const auto number = [](std::string_view from) {
    constexpr std::uint64_t kMost = 99;
    return static_cast<int>(std::min(parse_unsigned(from).value_or(from.empty() ? 0 : kMost), kMost));
  };
  const std::string_view major = digits(text);
  if (major.empty()) return {0, 0};
  text.remove_prefix(major.size());
  if (text.empty() || text.front() != '.') return {number(major), 0};
  return {number(major), number(digits(text.substr(1)))};
}

// "1.0" to "1.3" exactly; Exim takes at most seven characters, and nobody speaks anything else.
Version rspamc_version(std::string_view text) {
  const bool known = text.size() == 3 && text.substr(0, 2) == "1." && text[2] >= '0' && text[2] <= '3';
  return known ? Version{1, text[2] - '0'} : Version{1, 3};
}

bool is_http(std::string_view line) {
  const std::size_t at = line.rfind(" HTTP/");
  return at != std::string_view::npos && at + 6 < line.size() && is_digit(line[at + 6]);
}

}  // namespace

FirstLine parse_first_line(std::string_view line) {
  FirstLine first;
  const auto verb_before = [&](std::size_t at) {
    const std::string_view before = trim(line.substr(0, at));
    return command_from(before.substr(before.rfind(' ') + 1));
  };
  if (const std::size_t at = line.find(" RSPAMC/"); at != std::string_view::npos) {
    first.dialect = Dialect::rspamc;
    first.command = verb_before(at);
    first.version = rspamc_version(trim(line.substr(at + 8)));
  } else if (const std::size_t spamc = line.find(" SPAMC/"); spamc != std::string_view::npos) {
    first.dialect = Dialect::spamc;
    first.command = verb_before(spamc);
    first.version = version_from(line.substr(spamc + 7));
  } else if (is_http(line)) {
    first.dialect = Dialect::http;
  }
  return first;
}

bool is_binary(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(),
                     [](char c) { return is_control(c) && c != '\r' && c != '\n' && c != '\t'; });
}

std::string_view name(Command command) {
  for (const Verb& known : kVerbs) {
    if (known.command == command) return known.name;
  }
  return "CHECK";
}

}  // namespace xspamd
