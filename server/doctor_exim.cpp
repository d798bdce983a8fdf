// What `doctor` finds about Exim: its version, what it was built with, and an option that hides mail from
// every scanner.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "proto/base/text.h"
#include "server/findings.h"
#include "server/run_program.h"

namespace xspamd {

namespace {

constexpr std::chrono::seconds kMostTime{5};

// "Exim version 4.96 #2 built ..." as 4 and 96; 4.100 is later than 4.99.
struct Version {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

std::optional<Version> parse_version(std::string_view output) {
  constexpr std::string_view kBefore = "Exim version ";
  const std::size_t at = output.find(kBefore);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view text = output.substr(at + kBefore.size());
  text = text.substr(0, text.find_first_of(" \n_-"));
  const auto parts = split(text, '.');
  if (parts.size() < 2) return std::nullopt;
  const auto major = parse_unsigned(parts[0]);
  const auto minor = parse_unsigned(parts[1]);
  if (!major || !minor) return std::nullopt;
  return Version{*major, *minor};
}

// What the versions from `from` on need, until the next row.
struct Need {
  Version from;
  bool fine;
  std::string_view text;
};
constexpr std::array<Need, 4> kNeeds{
    {{{0, 0}, false, "it has no content scanning that xspamd could answer; 4.70 is the first"},
     {{4, 70},
      false,
      "it takes variant=rspamd in silence and speaks SpamAssassin's protocol; use the ACL of "
      "\"xspamd exim-config --variant spamassassin\", or an Exim that is patched for rspamd's"},
     {{4, 86}, true, "speaks both protocols; it half-closes its connections, which is fine here"},
     {{4, 88}, true, "speaks both protocols and needs no setting"}}};

const Need& need_of(const Version& version) {
  const Need* found = &kNeeds.front();
  for (const Need& need : kNeeds) {
    if (version >= need.from) found = &need;
  }
  return *found;
}

void add_version(const std::string& program, const std::string& output, Findings& findings) {
  const auto version = parse_version(output);
  if (!version) {
    findings.warn(fmt::format("Exim: {} -bV tells no version", program), "see what it prints");
    return;
  }
  const std::string text = fmt::format("Exim {}.{} ({})", version->major, version->minor, program);
  const Need& need = need_of(*version);
  if (need.fine) {
    findings.ok(fmt::format("{}: {}", text, need.text));
  } else {
    findings.warn(text, std::string(need.text));
  }
}

// A word of the line "Support for: ...".
bool is_built_with(std::string_view output, std::string_view word) {
  for (const std::string_view line : split(output, '\n')) {
    if (!line.starts_with("Support for:")) continue;
    const auto words = split(line, ' ');
    return std::find(words.begin(), words.end(), word) != words.end();
  }
  return false;
}

void add_wireformat(const std::string& program, Findings& findings) {
  const auto ran = run_program({program, "-bP", "spool_wireformat"}, kMostTime);
  // An Exim before 4.90 does not know the option.
  if (!ran || ran->status != 0 || trim(ran->output) != "spool_wireformat") return;
  findings.warn(
      "Exim: spool_wireformat is on, so mail that comes by BDAT is scanned without its line ends and "
      "cut short",
      "set spool_wireformat = false");
}

}  // namespace

void examine_exim(Findings& findings) {
  std::string program = find_program("exim4");
  if (program.empty()) program = find_program("exim");
  if (program.empty()) {
    findings.warn("Exim: neither exim4 nor exim is on the PATH",
                  "nothing to do if Exim runs on another machine; else install it (exim4-daemon-heavy)");
    return;
  }
  const auto ran = run_program({program, "-bV"}, kMostTime);
  if (!ran) {
    findings.warn(fmt::format("Exim: {}", ran.error().sentence), "see why it does not answer -bV");
    return;
  }
  add_version(program, ran->output, findings);
  if (ran->status != 0) {
    findings.warn(fmt::format("Exim: {} -bV ended with status {}", program, ran->status),
                  "its configuration has a mistake: see what it prints");
  }
  if (is_built_with(ran->output, "Content_Scanning")) {
    findings.ok("Exim: built with Content_Scanning");
  } else {
    findings.problem("Exim: built without Content_Scanning, so it knows no spam condition",
                     "install exim4-daemon-heavy");
  }
  add_wireformat(program, findings);
}

}  // namespace xspamd
