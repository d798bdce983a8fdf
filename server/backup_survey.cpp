#include "server/backup_survey.h"

#include <algorithm>

#include "rules/learn/owner.h"

namespace xspamd {

Result<BackupSurvey> BackupSurvey::of(BackupSource& source, std::size_t most_tokens) {
  BackupSurvey survey;
  std::vector<BackupEntry> entries;
  for (;;) {
    const auto more = source.next(entries);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) break;
    for (const BackupEntry& entry : entries)
      survey.look_at(entry);
  }
  survey.format_ = source.format();
  survey.choose(most_tokens);
  if (auto begun = source.rewind(); !begun) return tl::unexpected<Error>(begun.error());
  return survey;
}

std::size_t BackupSurvey::place(const TokenCounts& counts) {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(std::uint64_t{counts.ham} + counts.spam, kCounts - 1));
}

void BackupSurvey::look_at(const BackupEntry& entry) {
  if (const auto* token = std::get_if<BackupToken>(&entry)) {
    ++tokens_;
    ++having_[place(token->counts)];
  } else if (const auto* totals = std::get_if<BackupTotals>(&entry)) {
    totals_.ham += totals->ham;
    totals_.spam += totals->spam;
    has_imported_ = has_imported_ || totals->owner == kSpamAssassinOwner;
  } else {
    ++messages_;
  }
}

// A token that no message had says nothing, and is never taken.
void BackupSurvey::choose(std::size_t most_tokens) {
  std::uint64_t room = most_tokens;
  least_ = kCounts;
  room_ = 0;
  while (least_ > 1 && room > 0) {
    --least_;
    room_ = std::min(room, having_[least_]);
    room -= room_;
    if (room_ < having_[least_]) break;
  }
  left_out_ = tokens_ - (most_tokens - room);
}

bool BackupSurvey::takes(const TokenCounts& counts) {
  const std::size_t messages = place(counts);
  if (messages != least_) return messages > least_;
  if (room_ == 0) return false;
  --room_;
  return true;
}

}  // namespace xspamd
