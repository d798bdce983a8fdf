// What became of the messages: counts, the reasons of what went wrong, and the lines that tell of them. No
// I/O; one thread at a time.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/client/teller.h"

namespace xspamd::client {

class Tally {
 public:
  static constexpr std::size_t kMostReasons = 20;  // told one by one; what is beyond is told together

  explicit Tally(Lesson lesson) : lesson_(lesson) {}

  void count(const Told& told);
  void count_skipped() { ++skipped_; }        // too large to be sent
  void count_unreadable() { ++unreadable_; }  // a file or folder
  std::uint64_t messages() const;

  int exit_status() const;
  // "learned 180, already learned 12, ... of 195 messages in 2.1 s".
  std::string summary(std::chrono::duration<double> time) const;
  // "refused 3 messages: 69 ...", each reason once.
  std::vector<std::string> reasons() const;

 private:
  static constexpr std::size_t kOutcomes = 6;

  std::uint64_t of(Told::Outcome outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }

  Lesson lesson_;
  std::array<std::uint64_t, kOutcomes> counts_{};
  std::uint64_t skipped_ = 0;
  std::uint64_t unreadable_ = 0;
  std::map<std::string, std::uint64_t> reasons_;
};

// In one word or two: "learned", "already learned".
std::string_view name(Told::Outcome outcome, Lesson lesson);

struct Progress {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;                // read, of the files as they lie there
  std::optional<std::uint64_t> of_bytes;  // of all files; nothing when unknown
  std::chrono::duration<double> time{};
};
// "1200 messages, 34.0 of 195.2 MB (17 %), 310 messages/s".
std::string progress_line(const Progress& progress);

}  // namespace xspamd::client
