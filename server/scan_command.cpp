// The command `scan`: messages in files, their verdicts.
#include <fmt/format.h>

#include "proto/base/text.h"
#include "proto/mail/dump.h"
#include "proto/rspamd_json.h"
#include "server/file_scan.h"
#include "server/verdict_text.h"

namespace xspamd {

namespace {

constexpr std::array<Argument, 4> kArguments{
    {{"--json", Argument::Kind::flag, "Print the object that rspamd's /checkv2 answers"},
     {"--dump", Argument::Kind::flag, "Print the message as it was understood instead of the verdict"},
     {"--exit-code", Argument::Kind::flag, "Exit with 1 when a message is spam"},
     {"--verbose", Argument::Kind::flag, "Show how the scan went"}}};

void show(const FileScan& scan, const Arguments& given) {
  if (given.flag("--json")) {
    fmt::print("{}\n", to_rspamd_json(scan.verdict, thresholds_of(scan.verdict)));
    return;
  }
  if (given.list("FILE").size() > 1) fmt::print("{}:\n", scan.file);
  if (given.flag("--dump")) return fmt::print("{}", dump(scan.scan->mail.message));
  fmt::print("{}", verdict_text(scan.verdict));
  if (!given.flag("--verbose")) return;
  for (const std::string& note : scan.scan->notes)
    fmt::print("note:   {}\n", printable(note));
}

int run(const Options& options) {
  const bool tell = options.arguments.flag("--exit-code");
  return scan_files(options, [&](const FileScan& scan) {
    show(scan, options.arguments);
    return tell && scan.verdict.action >= Action::add_header ? kProblem : kFine;
  });
}

}  // namespace

extern const Subcommand scan_command;
const Subcommand scan_command{.name = "scan",
                              .about = "Scan messages without a running server and show the verdicts",
                              .arguments = kArguments,
                              .shared = kScanArguments,
                              .run = run};

}  // namespace xspamd
