#include "rules/bayes/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "proto/base/hex.h"
#include "proto/base/percent.h"
#include "proto/base/text.h"

namespace xspamd {

namespace {

using Columns = std::vector<std::string_view>;

constexpr std::string_view kOwnName = "xspamd_bayes";
constexpr std::string_view kOwnVersion = "1";
constexpr std::string_view kSaName = "db_version";
constexpr std::string_view kSaVersion = "3";  // since SpamAssassin 3.0; tokens of 2 were texts
constexpr std::size_t kOwnDigits = 16;
constexpr std::size_t kSaDigits = 10;
constexpr std::size_t kMostDigest = 255;                // bytes: StoreKey::kMostId
constexpr std::uint64_t kLatestTime = 253'402'300'799;  // the end of the year 9999
constexpr std::size_t kShown = 60;                      // bytes of a value in an error

std::optional<std::uint64_t> hex_number(std::string_view digits) {
  std::uint64_t number = 0;
  for (const char c : digits) {
    const int value = hex_value(c);
    if (value < 0) return std::nullopt;
    number = number << 4 | static_cast<std::uint64_t>(value);
  }
  return number;
}

std::optional<std::string> hex_bytes(std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0 || digits.size() > 2 * kMostDigest) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    const auto byte = hex_number(digits.substr(at, 2));
    if (!byte) return std::nullopt;
    bytes += static_cast<char>(*byte);
  }
  return bytes;
}

constexpr bool is_plain(char c) {
  return c > 0x20 && c < 0x7f && c != '%';
}

std::string written_owner(std::string_view owner) {
  std::string text;
  for (const char c : owner)
    text += is_plain(c) ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::optional<std::string> owner_from(std::string_view text) {
  const bool is_ours = std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c) || c == '%'; });
  auto owner = is_ours ? percent_decoded(text) : std::nullopt;
  return owner && owner->size() <= kMostDigest ? owner : std::nullopt;
}

// A time, or nothing for what is none.
std::optional<std::chrono::sys_seconds> time_from(std::string_view text) {
  const auto seconds = parse_unsigned(text);
  if (!seconds || *seconds > kLatestTime) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(*seconds)));
}

std::optional<std::uint32_t> count_from(std::string_view text) {
  const auto count = parse_unsigned(text);
  if (!count) return std::nullopt;
  // SpamAssassin's may be larger than ours can be.
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(*count, std::numeric_limits<std::uint32_t>::max()));
}

// What stands in front of a comment.
std::string_view without_comment(std::string_view column) {
  return trim(column.substr(0, column.find('#')));
}

}  // namespace

tl::unexpected<Error> BackupReader::refuse(std::string_view value, std::string_view expected) const {
  const std::string_view shown = cut_utf8(value, kShown);
  return fail(Errc::invalid, fmt::format("line {}: {}{}: expected {}", line_, quoted(shown),
                                         shown.size() < value.size() ? " and more" : "", expected));
}

Result<void> BackupReader::feed(std::string_view piece, std::vector<BackupEntry>& entries) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::size_t taken = std::min(end, piece.size());
    if (begun_.size() + taken > kLongestLine) {
      ++line_;
      return refuse(piece.substr(0, taken), fmt::format("a line of at most {} bytes", kLongestLine));
    }
    begun_ += piece.substr(0, taken);
    if (end == std::string_view::npos) return {};
    piece.remove_prefix(end + 1);
    auto read = read_line(begun_, entries);
    begun_.clear();
    if (!read) return read;
  }
  return {};
}

Result<void> BackupReader::finish(std::vector<BackupEntry>& entries) {
  if (!begun_.empty()) {
    auto read = read_line(std::exchange(begun_, {}), entries);
    if (!read) return read;
  }
  if (format_ == Format::unknown)
    return fail(Errc::invalid, fmt::format("line 1: nothing: expected v {} {} or v {} {}", kOwnVersion,
                                           kOwnName, kSaVersion, kSaName));
  if (format_ == Format::spamassassin && !(has_spam_total_ && has_ham_total_))
    return fail(Errc::invalid, fmt::format("line {}: the end: expected a line v N {} before it", line_,
                                           has_spam_total_ ? "num_nonspam" : "num_spam"));
  return {};
}

Result<void> BackupReader::read_line(std::string_view line, std::vector<BackupEntry>& entries) {
  ++line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  const Columns columns = split(line, '\t');
  if (format_ == Format::unknown) return read_first(columns);
  if (line.empty()) return {};
  const bool own = format_ == Format::own;
  if (columns[0] == "v" && !own) return read_variable(columns, entries);
  if (columns[0] == "n" && own) return read_totals(columns, entries);
  if (columns[0] == "t") return read_token(columns, entries);
  if (columns[0] == "s") return read_message(columns, entries);
  return refuse(columns[0], own ? "n, t or s in front" : "v, t or s in front");
}

Result<void> BackupReader::read_first(const Columns& columns) {
  const bool is_variable = columns.size() == 3 && columns[0] == "v";
  const std::string_view name = is_variable ? without_comment(columns[2]) : std::string_view();
  if (name == kOwnName) {
    if (columns[1] != kOwnVersion) return refuse(columns[1], "version 1 of xspamd_bayes");
    format_ = Format::own;
    return {};
  }
  if (name == kSaName) {
    if (columns[1] != kSaVersion) return refuse(columns[1], "version 3 of SpamAssassin's db_version");
    format_ = Format::spamassassin;
    return {};
  }
  return refuse(columns[0],
                fmt::format("v, {} and {}, or v, {} and {}, with TABs between them, as xspamd bayes-export "
                            "and sa-learn --backup begin",
                            kOwnVersion, kOwnName, kSaVersion, kSaName));
}

Result<void> BackupReader::read_variable(const Columns& columns, std::vector<BackupEntry>& entries) {
  const auto count = columns.size() == 3 ? parse_unsigned(columns[1]) : std::nullopt;
  if (!count) return refuse(columns.size() > 1 ? columns[1] : columns[0], "v, a number and a name");
  const std::string_view name = without_comment(columns[2]);
  if (name != "num_spam" && name != "num_nonspam") return {};  // of later versions
  bool& seen = name == "num_spam" ? has_spam_total_ : has_ham_total_;
  if (seen) return refuse(name, "it once");
  seen = true;
  entries.push_back(name == "num_spam" ? BackupTotals{{}, 0, *count} : BackupTotals{{}, *count, 0});
  return {};
}

Result<void> BackupReader::read_totals(const Columns& columns, std::vector<BackupEntry>& entries) {
  if (columns.size() != 4) return refuse(columns[0], "n, ham, spam and an owner");
  const auto ham = parse_unsigned(columns[1]);
  if (!ham) return refuse(columns[1], "a number of messages");
  const auto spam = parse_unsigned(columns[2]);
  if (!spam) return refuse(columns[2], "a number of messages");
  const auto owner = owner_from(columns[3]);
  if (!owner) return refuse(columns[3], "an owner, with % and two hex digits for what is no text");
  entries.push_back(BackupTotals{*owner, *ham, *spam});
  return {};
}

Result<void> BackupReader::read_token(const Columns& columns, std::vector<BackupEntry>& entries) {
  if (columns.size() != 5) return refuse(columns[0], "t, spam, ham, a time and a token");
  const auto spam = count_from(columns[1]);
  if (!spam) return refuse(columns[1], "a number of spam messages");
  const auto ham = count_from(columns[2]);
  if (!ham) return refuse(columns[2], "a number of ham messages");
  const auto time = time_from(columns[3]);
  if (!time) return refuse(columns[3], "a time in seconds since 1970");
  const std::size_t digits = format_ == Format::own ? kOwnDigits : kSaDigits;
  const auto token = columns[4].size() == digits ? hex_number(columns[4]) : std::nullopt;
  const bool is_none = format_ == Format::own && token == 0;
  if (!token || is_none) return refuse(columns[4], fmt::format("a token of {} hex digits", digits));
  entries.push_back(BackupToken{*token, {*ham, *spam}, *time});
  return {};
}

Result<void> BackupReader::read_message(const Columns& columns, std::vector<BackupEntry>& entries) {
  const bool own = format_ == Format::own;
  // A Message-ID may hold TABs.
  if (own ? columns.size() != 4 : columns.size() < 3)
    return refuse(columns[0], own ? "s, s or h, a digest and a time" : "s, s or h, and a Message-ID");
  if (columns[1] != "s" && columns[1] != "h") return refuse(columns[1], "s for spam or h for ham");
  BackupMessage message{columns[1] == "s", std::string(columns[2]), {}};
  if (own) {
    auto digest = hex_bytes(columns[2]);
    if (!digest) return refuse(columns[2], "a digest in hex digits");
    const auto expires = time_from(columns[3]);
    if (!expires) return refuse(columns[3], "a time in seconds since 1970");
    message.digest = std::move(*digest);
    message.expires = *expires;
  }
  entries.push_back(std::move(message));
  return {};
}

std::string backup_heading() {
  return fmt::format("v\t{}\t{} # what xspamd has learned; xspamd bayes-import reads it\n", kOwnVersion,
                     kOwnName);
}

std::string backup_line(const BackupEntry& entry) {
  const auto seconds = [](std::chrono::sys_seconds time) {
    return time.time_since_epoch().count();
  };
  if (const auto* totals = std::get_if<BackupTotals>(&entry))
    return fmt::format("n\t{}\t{}\t{}\n", totals->ham, totals->spam, written_owner(totals->owner));
  if (const auto* token = std::get_if<BackupToken>(&entry))
    return fmt::format("t\t{}\t{}\t{}\t{:016x}\n", token->counts.spam, token->counts.ham,
                       seconds(token->time), token->token);
  const auto& message = std::get<BackupMessage>(entry);
  return fmt::format("s\t{}\t{}\t{}\n", message.spam ? 's' : 'h', hex(message.digest),
                     seconds(message.expires));
}

}  // namespace xspamd
