#include "server/client/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "server/client/exit_status.h"

namespace xspamd::client {

namespace {

using Outcome = Told::Outcome;

std::string count_of(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

double megabytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

}  // namespace

std::string_view name(Outcome outcome, Lesson lesson) {
  switch (outcome) {
    case Outcome::learned:
      return "learned";
    case Outcome::forgotten:
      return "forgotten";
    case Outcome::unchanged:
      if (lesson == Lesson::fuzzy_add) return "too short to add";
      return lesson == Lesson::forget || lesson == Lesson::fuzzy_delete ? "never learned" : "already learned";
    case Outcome::refused:
      return "refused";
    case Outcome::failed:
    case Outcome::unreachable:
      break;
  }
  return "failed";
}

void Tally::count(const Told& told) {
  ++counts_[static_cast<std::size_t>(told.outcome)];
  // That there is no server is told at once.
  if (told.outcome != Outcome::refused && told.outcome != Outcome::failed) return;
  const std::string_view what = name(told.outcome, lesson_);
  const std::string reason = fmt::format("{}: {}", what, told.reason);
  const bool room = reasons_.size() < kMostReasons || reasons_.contains(reason);
  ++reasons_[room ? reason : fmt::format("{}: for other reasons", what)];
}

std::uint64_t Tally::messages() const {
  return std::accumulate(counts_.begin(), counts_.end(), skipped_);
}

int Tally::exit_status() const {
  if (of(Outcome::unreachable) > 0) return kUnavailable;
  if (unreadable_ > 0) return kIoError;
  return of(Outcome::refused) + of(Outcome::failed) > 0 ? kProblem : kFine;
}

std::string Tally::summary(std::chrono::duration<double> time) const {
  return fmt::format("learned {}, {} {}, forgotten {}, refused {}, failed {}{} of {} in {:.1f} s",
                     of(Outcome::learned), name(Outcome::unchanged, lesson_), of(Outcome::unchanged),
                     of(Outcome::forgotten), of(Outcome::refused),
                     of(Outcome::failed) + of(Outcome::unreachable),
                     skipped_ > 0 ? fmt::format(", skipped {}", skipped_) : "",
                     count_of(messages(), "message"), time.count());
}

std::vector<std::string> Tally::reasons() const {
  std::vector<std::string> lines;
  for (const auto& [reason, count] : reasons_) {
    const std::size_t colon = reason.find(':');
    lines.push_back(
        fmt::format("{} {}{}", reason.substr(0, colon), count_of(count, "message"), reason.substr(colon)));
  }
  return lines;
}

std::string progress_line(const Progress& progress) {
  std::string line =
      fmt::format("{}, {:.1f}", count_of(progress.messages, "message"), megabytes(progress.bytes));
  // Folders and files may grow while they are read.
  if (progress.of_bytes && *progress.of_bytes >= progress.bytes && *progress.of_bytes > 0) {
    const double part = static_cast<double>(progress.bytes) / static_cast<double>(*progress.of_bytes);
    line += fmt::format(" of {:.1f} MB ({:.0f} %)", megabytes(*progress.of_bytes), 100 * part);
  } else {
    line += " MB";
  }
  const double rate =
      progress.time.count() > 0 ? static_cast<double>(progress.messages) / progress.time.count() : 0;
  return line + fmt::format(", {:.0f} messages/s", rate);
}

}  // namespace xspamd::client
