// Writes a backup of what a classifier learned into the store, piece by piece; a server that runs meanwhile
// sees it and loads again. Ended in the middle, part of it is there: with `replace` it can be begun anew.
#pragma once

#include <chrono>
#include <functional>

#include "rules/store/store.h"
#include "server/backup_survey.h"

namespace xspamd {

struct BayesImport {
  BackupSource& source;
  BackupSurvey survey;
  bool replace = false;  // forgets first: of SpamAssassin's what was imported, of ours everything
  std::chrono::sys_seconds expires{};  // of tokens and totals of SpamAssassin's; the epoch: never
  std::function<void(std::uint64_t written)> progress;  // after some ten thousand tokens each
};

struct BayesImported {
  std::uint64_t tokens = 0;
  std::uint64_t forgotten = 0;  // tokens, by `replace`
  std::uint64_t twice = 0;      // messages that were learned here too, and count twice now
};

// Fails before anything is written when a backup of SpamAssassin's has been imported and `replace` is not
// set; later when the store fails. All that is in `import` must outlive it.
Task<Result<BayesImported>> import_bayes(Store& store, BayesImport& import);

}  // namespace xspamd
