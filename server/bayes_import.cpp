#include "server/bayes_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "rules/bayes/sa_token_set.h"
#include "rules/io/random.h"
#include "rules/learn/bayes_memory.h"
#include "rules/learn/owner.h"

namespace xspamd {

namespace {

using Format = BackupReader::Format;

constexpr std::size_t kAtOnce = 4'096;        // keys of one call
constexpr std::size_t kUnwritten = 50'000;    // entries that may wait: a third of what a store holds
constexpr std::chrono::minutes kPatience{5};  // with the store, for one call

Deadline patience() {
  return Clock::now() + kPatience;
}

Counts counts_of(std::uint64_t ham, std::uint64_t spam) {
  constexpr std::uint64_t kMost = 1'000'000'000'000;
  return {static_cast<std::int64_t>(std::min(ham, kMost)), static_cast<std::int64_t>(std::min(spam, kMost))};
}

bool is_imported(std::uint64_t token) {
  return bayes::group_index(token) == kSaTokenGroup;
}

class Importer {
 public:
  Importer(Store& store, BayesImport& import)
      : store_(store), import_(import), is_own_(import.survey.format() == Format::own) {}

  Task<Result<BayesImported>> run();

 private:
  Task<Result<void>> refuse_second();
  Task<Result<void>> forget_what_goes(Space space);
  Task<Result<void>> write_all();
  Task<Result<void>> count_twice(const std::vector<BackupEntry>& entries);
  Task<Result<void>> finish();
  Task<Result<void>> flush();
  void write(const std::vector<BackupEntry>& entries);
  Delta delta_of(const BackupToken& token);
  void write_totals();
  bool goes(Space space, std::string_view id) const;

  Store& store_;
  BayesImport& import_;
  const bool is_own_;
  BayesImported done_;
  std::size_t unwritten_ = 0;
};

Task<Result<void>> Importer::flush() {
  const Deadline until = patience();
  auto flushed = co_await store_.flush(until);
  unwritten_ = 0;
  co_return flushed;
}

Task<Result<void>> Importer::refuse_second() {
  std::vector<StoreKey> keys{{Space::total, std::string(kSpamAssassinOwner)}};
  const Deadline until = patience();
  const auto found = co_await store_.get(std::move(keys), until);
  if (!found) co_return tl::unexpected<Error>(found.error());
  const LearnedTotals before = totals_from(found->front());
  if (is_own_ || import_.replace || (before.ham == 0 && before.spam == 0)) co_return Result<void>{};
  co_return fail(
      Errc::invalid,
      fmt::format("a backup of SpamAssassin's has been imported already ({} ham, {} spam messages) "
                  "and would count twice; --replace forgets that one first",
                  before.ham, before.spam));
}

// By `replace`. What was imported can be told from all else by its tokens.
bool Importer::goes(Space space, std::string_view id) const {
  if (space == Space::total && id == kGenerationId) return false;
  const bool imported = space == Space::token ? is_imported(token_from(id)) : id == kSpamAssassinOwner;
  return is_own_ ? !imported || import_.survey.has_imported() : imported;
}

Task<Result<void>> Importer::forget_what_goes(Space space) {
  const auto going = std::make_shared<std::vector<std::string>>();
  auto each = [this, space, going](std::string_view id, const StoreEntry&) {
    if (goes(space, id)) going->emplace_back(id);
    return true;
  };
  const Deadline until = patience();
  auto read = co_await store_.for_each(space, each, until);
  if (!read) co_return read;
  std::vector<StoreKey> keys;
  for (std::size_t i = 0; i < going->size(); ++i) {
    keys.push_back({space, std::move((*going)[i])});
    if (keys.size() < kAtOnce && i + 1 < going->size()) continue;
    unwritten_ += keys.size();
    store_.forget(std::exchange(keys, {}));
    if (unwritten_ < kUnwritten) continue;
    auto flushed = co_await flush();
    if (!flushed) co_return flushed;
  }
  if (space == Space::token) done_.forgotten = going->size();
  co_return Result<void>{};
}

// Written first: so an import that ended in the middle is known to be there.
void Importer::write_totals() {
  const LearnedTotals& totals = import_.survey.totals();
  store_.add({{{Space::total, std::string(kSpamAssassinOwner)},
               counts_of(totals.ham, totals.spam),
               import_.expires}});
}

void Importer::write(const std::vector<BackupEntry>& entries) {
  std::vector<Delta> deltas;
  for (const BackupEntry& entry : entries) {
    if (const auto* token = std::get_if<BackupToken>(&entry)) {
      if (import_.survey.takes(token->counts)) deltas.push_back(delta_of(*token));
    } else if (!is_own_) {
      continue;  // Message-IDs do not tell our digests
    } else if (const auto* totals = std::get_if<BackupTotals>(&entry)) {
      deltas.push_back({{Space::total, totals->owner}, counts_of(totals->ham, totals->spam), {}});
    } else {
      const auto& message = std::get<BackupMessage>(entry);
      store_.put({Space::learned, message.digest}, message.spam ? "spam" : "ham", message.expires);
      ++unwritten_;
    }
  }
  unwritten_ += deltas.size();
  store_.add(std::move(deltas));
}

Delta Importer::delta_of(const BackupToken& token) {
  ++done_.tokens;
  const Counts counts = counts_of(token.counts.ham, token.counts.spam);
  if (is_own_) return {{Space::token, token_id(token.token)}, counts, token.time};
  const std::uint64_t stored = scoped(sa_token_from(token.token), kSpamAssassinOwner);
  return {{Space::token, token_id(stored)}, counts, import_.expires};
}

Task<Result<void>> Importer::count_twice(const std::vector<BackupEntry>& entries) {
  std::vector<StoreKey> keys;
  for (const BackupEntry& entry : entries)
    if (const auto* message = std::get_if<BackupMessage>(&entry))
      keys.push_back({Space::learned, message->digest});
  if (keys.empty()) co_return Result<void>{};
  const Deadline until = patience();
  const auto found = co_await store_.get(std::move(keys), until);
  if (!found) co_return tl::unexpected<Error>(found.error());
  for (const auto& entry : *found)
    done_.twice += entry ? 1 : 0;
  co_return Result<void>{};
}

Task<Result<void>> Importer::write_all() {
  std::vector<BackupEntry> entries;
  for (;;) {
    const auto more = import_.source.next(entries);
    if (!more) co_return tl::unexpected<Error>(more.error());
    if (!*more) co_return Result<void>{};
    if (is_own_) {
      auto counted = co_await count_twice(entries);
      if (!counted) co_return counted;
    }
    write(entries);
    if (unwritten_ < kUnwritten) continue;
    auto flushed = co_await flush();
    if (!flushed) co_return flushed;
    if (import_.progress) import_.progress(done_.tokens);
  }
}

// Tells a server that runs to load again, once everything is there.
Task<Result<void>> Importer::finish() {
  auto flushed = co_await flush();
  if (!flushed) co_return flushed;
  store_.put({Space::total, std::string(kGenerationId)}, fmt::format("{:016x}", Random().next64()), {});
  auto told = co_await flush();
  co_return told;
}

Task<Result<BayesImported>> Importer::run() {
  std::vector<StoreKey> any{{Space::total, std::string(kGenerationId)}};
  const Deadline until = patience();
  const auto there = co_await store_.get(std::move(any), until);
  if (!there) co_return tl::unexpected<Error>(there.error());
  auto done = co_await refuse_second();
  for (const Space space : {Space::total, Space::learned, Space::token}) {
    if (!done || !import_.replace) break;
    done = co_await forget_what_goes(space);
  }
  if (!done) co_return tl::unexpected<Error>(done.error());
  if (!is_own_) write_totals();
  auto written = co_await write_all();
  if (!written) co_return tl::unexpected<Error>(written.error());
  auto finished = co_await finish();
  if (!finished) co_return tl::unexpected<Error>(finished.error());
  co_return done_;
}

}  // namespace

Task<Result<BayesImported>> import_bayes(Store& store, BayesImport& import) {
  Importer importer(store, import);
  co_return co_await importer.run();
}

}  // namespace xspamd
