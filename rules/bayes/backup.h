// What a classifier learned, as lines of text with TABs between their columns: our own export, and the one of
// `sa-learn --backup` (SpamAssassin 3.0 to 4.0.1, seen 2026-11-22), which has the same shape. Ours:
//   v  1  xspamd_bayes           the first line; SpamAssassin's is  v  3  db_version
//   n  ham  spam  owner          messages learned; the owner with "%" and two hex digits for what is no text
//   t  spam  ham  expires  token        a token of ours: 16 hex digits; a hash of SpamAssassin's: 10
//   s  s or h  digest  expires   a message that was learned, as spam or ham; of SpamAssassin its Message-ID
// SpamAssassin counts in  v  N  num_spam  and  v  N  num_nonspam.  Behind "#" the v lines have comments;
// times are seconds since 1970. Pure: takes its input in any pieces and holds one line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/base/result.h"
#include "rules/bayes/token_table.h"

namespace xspamd {

struct BackupTotals {
  std::string owner;  // of SpamAssassin's none
  std::uint64_t ham = 0;
  std::uint64_t spam = 0;
  friend bool operator==(const BackupTotals&, const BackupTotals&) = default;
};
struct BackupToken {
  std::uint64_t token = 0;  // of SpamAssassin's its hash of 40 bits
  TokenCounts counts;
  std::chrono::sys_seconds time{};  // ours: expires, the epoch is never; SpamAssassin's: seen last
  friend bool operator==(const BackupToken&, const BackupToken&) = default;
};
struct BackupMessage {
  bool spam = false;
  std::string digest;  // bytes; of SpamAssassin's the Message-ID
  std::chrono::sys_seconds expires{};
  friend bool operator==(const BackupMessage&, const BackupMessage&) = default;
};
using BackupEntry = std::variant<BackupTotals, BackupToken, BackupMessage>;

class BackupReader {
 public:
  enum class Format { unknown, own, spamassassin };
  static constexpr std::size_t kLongestLine = 16 * 1024;

  // The entries of all lines that have ended are put behind those in `entries`. Fails with the number of the
  // line, what stands there and what was expected; nothing more may be fed then.
  Result<void> feed(std::string_view piece, std::vector<BackupEntry>& entries);
  // The end of the input: a last line without an end, and whether what must be there has been seen.
  Result<void> finish(std::vector<BackupEntry>& entries);

  Format format() const { return format_; }
  std::uint64_t lines() const { return line_; }

 private:
  Result<void> read_line(std::string_view line, std::vector<BackupEntry>& entries);
  Result<void> read_first(const std::vector<std::string_view>& columns);
  Result<void> read_variable(const std::vector<std::string_view>& columns, std::vector<BackupEntry>& entries);
  Result<void> read_totals(const std::vector<std::string_view>& columns, std::vector<BackupEntry>& entries);
  Result<void> read_token(const std::vector<std::string_view>& columns, std::vector<BackupEntry>& entries);
  Result<void> read_message(const std::vector<std::string_view>& columns, std::vector<BackupEntry>& entries);
  tl::unexpected<Error> refuse(std::string_view value, std::string_view expected) const;

  Format format_ = Format::unknown;
  std::string begun_;  // the line that has not ended
  std::uint64_t line_ = 0;
  bool has_spam_total_ = false;
  bool has_ham_total_ = false;
};

// Our own lines, each with its end: what BackupReader reads back.
std::string backup_heading();
std::string backup_line(const BackupEntry& entry);

}  // namespace xspamd
