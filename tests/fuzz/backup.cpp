// Any text as a backup of what was learned: the same entries and the same failure in any pieces, a failure
// that names its line, and what our own format holds is written and read back alike.
#include <cstdint>
#include <string>

#include "rules/bayes/backup.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

using Format = BackupReader::Format;

struct Outcome {
  std::vector<BackupEntry> entries;
  std::string failure;
  Format format = Format::unknown;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(std::string_view text, std::size_t piece) {
  BackupReader reader;
  Outcome outcome;
  Result<void> result;
  for (std::size_t at = 0; at < text.size() && result; at += piece)
    result = reader.feed(text.substr(at, piece), outcome.entries);
  if (result) result = reader.finish(outcome.entries);
  outcome.format = reader.format();
  if (!result) outcome.failure = result.error().sentence;
  require(result || outcome.failure.starts_with("line "));
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Outcome whole = read(text, size + 1);
  const Outcome pieces = read(text, 1 + size % 7);
  // A line that is too long is shown as far as it has come.
  require(whole.format == pieces.format && whole.entries == pieces.entries);
  require(whole.failure.empty() == pieces.failure.empty());
  if (whole.format != Format::own) return 0;
  std::string written = backup_heading();
  for (const BackupEntry& entry : whole.entries)
    written += backup_line(entry);
  const Outcome again = read(written, written.size());
  require(again.failure.empty() && again.entries == whole.entries);
  return 0;
}
