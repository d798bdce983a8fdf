// What a backup holds, found by reading all of it before anything is written, and which of its tokens are
// taken: where there are too many, those that few messages had stay out.
#pragma once

#include "rules/bayes/classify.h"
#include "server/backup_source.h"

namespace xspamd {

class BackupSurvey {
 public:
  // Fails with what is wrong with the backup. Leaves it at its beginning.
  static Result<BackupSurvey> of(BackupSource& source, std::size_t most_tokens);

  BackupReader::Format format() const { return format_; }
  std::uint64_t tokens() const { return tokens_; }
  std::uint64_t taken() const { return tokens_ - left_out_; }
  std::uint64_t left_out() const { return left_out_; }
  std::uint64_t messages() const { return messages_; }
  const LearnedTotals& totals() const { return totals_; }  // of all owners together
  bool has_imported() const { return has_imported_; }      // ours: with what was imported from SpamAssassin

  // Whether a token is taken; asked once for each, in their order.
  bool takes(const TokenCounts& counts);

 private:
  static constexpr std::size_t kCounts = 256;  // tokens of more messages than this count as those of so many
  static std::size_t place(const TokenCounts& counts);

  void look_at(const BackupEntry& entry);
  void choose(std::size_t most_tokens);

  BackupReader::Format format_ = BackupReader::Format::unknown;
  std::uint64_t tokens_ = 0;
  std::uint64_t left_out_ = 0;
  std::uint64_t messages_ = 0;
  LearnedTotals totals_;
  bool has_imported_ = false;
  std::vector<std::uint64_t> having_ = std::vector<std::uint64_t>(kCounts);  // tokens of so many messages
  std::size_t least_ = 0;  // of this many messages only the first `room_` tokens are taken, of less none
  std::uint64_t room_ = 0;
};

}  // namespace xspamd
