#include "rules/store/sqlite_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "proto/base/text.h"

namespace xspamd {

namespace {

using Kind = SqliteError::Kind;
using std::chrono::seconds;

constexpr std::int64_t kApplicationId = 0x5853504d;  // "XSPM"
constexpr std::int64_t kSchemaVersion = 1;
constexpr std::int64_t kCleanedEntries = 500;   // at once: some milliseconds
constexpr std::int64_t kCleanedTokens = 2'000;  // looked at at once
constexpr std::size_t kMostLogBytes = 8 << 20;  // what the log keeps of its size after a large commit

// With row ids: without them every value over some 500 bytes would take a page of its own.
constexpr std::string_view kTables = R"(
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY,
  ham INTEGER NOT NULL,
  spam INTEGER NOT NULL,
  expires INTEGER NOT NULL);
CREATE TABLE entries (
  space TEXT NOT NULL,
  id BLOB NOT NULL,
  ham INTEGER NOT NULL,
  spam INTEGER NOT NULL,
  value BLOB NOT NULL,
  expires INTEGER NOT NULL,
  UNIQUE (space, id));
CREATE INDEX entries_expires ON entries (expires) WHERE expires > 0;
)";

// The id of a token as the integer key, so that integers have the order of the bytes.
std::int64_t token_number(std::string_view id) {
  std::uint64_t bits = 0;
  for (const char c : id)
    bits = bits << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(bits ^ (std::uint64_t{1} << 63));
}

std::array<char, kTokenIdBytes> token_id(std::int64_t number) {
  std::uint64_t bits = static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63);
  std::array<char, kTokenIdBytes> id{};
  for (auto byte = id.rbegin(); byte != id.rend(); ++byte, bits >>= 8)
    *byte = static_cast<char>(bits & 0xff);
  return id;
}

std::string padded(std::string id, char with) {
  id.resize(kTokenIdBytes, with);
  return id;
}

// The first id after all that begin with the prefix.
std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff')
    prefix.pop_back();
  if (prefix.empty()) return std::string(StoreKey::kMostId + 1, '\xff');
  ++prefix.back();
  return prefix;
}

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<seconds>(time).time_since_epoch().count();
}

StoreEntry entry_of(std::int64_t ham, std::int64_t spam, std::int64_t expires) {
  return {{ham, spam}, {}, std::chrono::sys_seconds(seconds(expires))};
}

std::int64_t number_of(const std::string& text) {
  const bool negative = text.starts_with('-');
  const auto number = parse_unsigned(std::string_view(text).substr(negative ? 1 : 0));
  const std::int64_t value = static_cast<std::int64_t>(number.value_or(0));
  return negative ? -value : value;
}

std::string_view letter(const Space& space) {
  static_assert(sizeof space == 1);
  return {reinterpret_cast<const char*>(&space), 1};
}

void bind_key(SqliteConnection::Query& query, const StoreKey& key) {
  if (key.space == Space::token) {
    query.with(token_number(key.id));
  } else {
    query.with_text(letter(key.space)).with_bytes(key.id);
  }
}

template <class T>
tl::unexpected<SqliteError> passed_on(const SqliteResult<T>& failed) {
  return tl::unexpected<SqliteError>(failed.error());
}

}  // namespace

struct SqliteTables::Statements {
  Statement find_token, find_entry, tokens_up, tokens_down, entries_up, entries_down;
  struct Writing {
    Statement write_token, erase_token, clean_tokens, write_entry, erase_entry, clean_entries, next_slice;
  };
  std::optional<Writing> writing;
};

SqliteTables::SqliteTables(std::unique_ptr<SqliteConnection> connection)
    : connection_(std::move(connection)), cleaned_to_(std::numeric_limits<std::int64_t>::min()) {}

SqliteTables::~SqliteTables() = default;

SqliteResult<std::unique_ptr<SqliteTables>> SqliteTables::open(const Options& options) {
  auto connection = SqliteConnection::open(options.target);
  if (!connection) return passed_on(connection);
  std::unique_ptr<SqliteTables> tables(new SqliteTables(std::move(*connection)));
  auto ready = tables->set_up(options);
  if (!ready) return passed_on(ready);
  return tables;
}

SqliteResult<void> SqliteTables::set_up(const Options& options) {
  const Access access = options.target.access;
  if (auto accepted = accept_schema(access); !accepted) return accepted;
  if (options.check) {
    if (auto sound = check(); !sound) return sound;
  }
  if (access == Access::write) {
    const std::string settings =
        fmt::format("PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = {}", kMostLogBytes);
    if (auto set = connection_->execute(settings); !set) return set;
    if (options.most_pages > 0) {
      auto set = connection_->execute(fmt::format("PRAGMA max_page_count = {}", options.most_pages));
      if (!set) return set;
    }
  }
  return prepare_statements(access);
}

// An application id of 0 is what SQLite gives; then only a file without tables may become ours.
SqliteResult<void> SqliteTables::accept_schema(Access access) {
  auto application = connection_->first_value("PRAGMA application_id");
  if (!application) return passed_on(application);
  auto version = connection_->first_value("PRAGMA user_version");
  if (!version) return passed_on(version);
  auto tables = connection_->first_value("SELECT count(*) FROM sqlite_schema");
  if (!tables) return passed_on(tables);
  const std::string& path = connection_->path();
  if (number_of(*application) == kApplicationId) {
    if (number_of(*version) == kSchemaVersion) return {};
    return sqlite_failure(
        Kind::closed,
        fmt::format("{} has schema version {}, this xspamd knows {}: start the xspamd that made "
                    "it, or give store.url another path",
                    path, *version, kSchemaVersion));
  }
  if (number_of(*application) != 0 || number_of(*version) != 0 || *tables != "0")
    return sqlite_failure(
        Kind::closed,
        fmt::format("{} is the database of another program: give store.url another path", path));
  if (access != Access::write) return sqlite_failure(Kind::closed, fmt::format("{} is empty", path));
  return make_schema();
}

SqliteResult<void> SqliteTables::make_schema() {
  auto mode = connection_->first_value("PRAGMA journal_mode = WAL");
  if (!mode) return passed_on(mode);
  if (*mode != "wal")
    return sqlite_failure(Kind::closed,
                          fmt::format("{} lies where files cannot be shared in memory (a network "
                                      "disk?): give store.url a path on a local disk",
                                      connection_->path()));
  if (auto begun = begin_writing(); !begun) return begun;
  auto tables = connection_->first_value("SELECT count(*) FROM sqlite_schema");
  const bool made_meanwhile = tables && *tables != "0";  // by another process
  auto done = tables ? SqliteResult<void>{} : passed_on(tables);
  if (done && !made_meanwhile)
    done = connection_->execute(fmt::format("{} PRAGMA application_id = {}; PRAGMA user_version = {}",
                                            kTables, kApplicationId, kSchemaVersion));
  if (done) done = commit();
  if (!done) roll_back();
  return done;
}

SqliteResult<void> SqliteTables::prepare_statements(Access access) {
  SqliteResult<void> all;
  const auto prepared = [&](std::string_view sql) {
    auto statement = connection_->prepare(sql);
    if (!statement && all) all = passed_on(statement);
    return statement ? std::move(*statement) : Statement(*connection_, nullptr);
  };
  const auto tokens = [&](std::string_view order) {
    return prepared(
        fmt::format("SELECT id, ham, spam, expires FROM tokens WHERE id >= ?1 AND id <= ?2 AND "
                    "(expires = 0 OR expires > ?3) ORDER BY id {} LIMIT ?4",
                    order));
  };
  const auto entries = [&](std::string_view order) {
    return prepared(
        fmt::format("SELECT ham, spam, expires, value, id FROM entries WHERE space = ?1 AND id >= ?2 "
                    "AND id < ?3 AND (expires = 0 OR expires > ?4) ORDER BY id {} LIMIT ?5",
                    order));
  };
  statements_ = std::make_unique<Statements>(
      Statements{prepared("SELECT ham, spam, expires FROM tokens WHERE id = ?1"),
                 prepared("SELECT ham, spam, expires, value FROM entries WHERE space = ?1 AND id = ?2"),
                 tokens("ASC"),
                 tokens("DESC"),
                 entries("ASC"),
                 entries("DESC"),
                 {}});
  if (access == Access::write)
    statements_->writing.emplace(Statements::Writing{
        prepared("INSERT OR REPLACE INTO tokens (id, ham, spam, expires) VALUES (?1, ?2, ?3, ?4)"),
        prepared("DELETE FROM tokens WHERE id = ?1"),
        prepared("DELETE FROM tokens WHERE id >= ?1 AND id <= ?2 AND expires > 0 AND expires <= ?3"),
        prepared(
            "INSERT INTO entries (space, id, ham, spam, expires, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON "
            "CONFLICT (space, id) DO UPDATE SET ham = ?3, spam = ?4, expires = ?5, value = ?6"),
        prepared("DELETE FROM entries WHERE space = ?1 AND id = ?2"),
        prepared("DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE expires > 0 AND "
                 "expires <= ?1 "
                 "ORDER BY expires LIMIT ?2)"),
        prepared("SELECT id FROM tokens WHERE id >= ?1 ORDER BY id LIMIT 1 OFFSET ?2")});
  return all;
}

SqliteResult<std::optional<StoreEntry>> SqliteTables::find(const StoreKey& key, WallTime now) {
  const bool is_token = key.space == Space::token;
  Query query(is_token ? statements_->find_token : statements_->find_entry);
  bind_key(query, key);
  auto row = query.step();
  if (!row) return passed_on(row);
  if (!*row) return std::optional<StoreEntry>();
  StoreEntry entry = entry_of(query.number(0), query.number(1), query.number(2));
  if (is_expired(entry, now)) return std::optional<StoreEntry>();
  if (!is_token) entry.value = query.bytes(3);
  return std::optional<StoreEntry>(std::move(entry));
}

SqliteResult<void> SqliteTables::write(const StoreKey& key, const StoreEntry& entry) {
  const bool is_token = key.space == Space::token;
  Query query(is_token ? statements_->writing->write_token : statements_->writing->write_entry);
  bind_key(query, key);
  query.with(entry.counts[0]).with(entry.counts[1]).with(entry.expires.time_since_epoch().count());
  if (!is_token) query.with_bytes(entry.value);
  auto done = query.step();
  if (!done) return passed_on(done);
  return {};
}

SqliteResult<void> SqliteTables::erase(const StoreKey& key) {
  Statements::Writing& writing = *statements_->writing;
  Query query(key.space == Space::token ? writing.erase_token : writing.erase_entry);
  bind_key(query, key);
  auto done = query.step();
  if (!done) return passed_on(done);
  return {};
}

SqliteResult<std::optional<std::string>> SqliteTables::rows(const Slice& slice, WallTime now,
                                                            const Row& row) {
  return slice.space == Space::token ? token_rows(slice, now, row) : entry_rows(slice, now, row);
}

SqliteResult<std::optional<std::string>> SqliteTables::token_rows(const Slice& slice, WallTime now,
                                                                  const Row& row) {
  if (slice.prefix.size() > kTokenIdBytes) return std::nullopt;
  const std::int64_t first = token_number(padded(std::max(slice.prefix, slice.from), '\0'));
  const std::int64_t last = token_number(padded(slice.prefix, '\xff'));
  Query query(slice.newest_first ? statements_->tokens_down : statements_->tokens_up);
  query.with(first).with(last).with(seconds_of(now)).with(static_cast<std::int64_t>(slice.most));
  for (std::size_t count = 1;; ++count) {
    auto found = query.step();
    if (!found) return passed_on(found);
    if (!*found) return std::nullopt;
    const std::int64_t number = query.number(0);
    const auto id = token_id(number);
    StoreEntry entry = entry_of(query.number(1), query.number(2), query.number(3));
    if (!row({id.data(), id.size()}, entry)) return std::nullopt;
    if (count < slice.most) continue;
    if (number == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    const auto next = token_id(number + 1);
    return std::string(next.data(), next.size());
  }
}

SqliteResult<std::optional<std::string>> SqliteTables::entry_rows(const Slice& slice, WallTime now,
                                                                  const Row& row) {
  const std::string first = std::max(slice.prefix, slice.from);
  const std::string last = after_prefix(slice.prefix);
  Query query(slice.newest_first ? statements_->entries_down : statements_->entries_up);
  query.with_text(letter(slice.space)).with_bytes(first).with_bytes(last).with(seconds_of(now));
  query.with(static_cast<std::int64_t>(slice.most));
  for (std::size_t count = 1;; ++count) {
    auto found = query.step();
    if (!found) return passed_on(found);
    if (!*found) return std::nullopt;
    StoreEntry entry = entry_of(query.number(0), query.number(1), query.number(2));
    entry.value = query.bytes(3);
    const std::string id(query.bytes(4));
    if (!row(id, entry)) return std::nullopt;
    if (count == slice.most) return id + '\0';
  }
}

SqliteResult<void> SqliteTables::begin_writing() {
  return connection_->execute("BEGIN IMMEDIATE");
}

SqliteResult<void> SqliteTables::commit() {
  return connection_->execute("COMMIT");
}

void SqliteTables::roll_back() {
  (void)connection_->execute("ROLLBACK");  // where SQLite has done so itself, this fails
}

SqliteResult<void> SqliteTables::apply(const Changes& changes, WallTime now) {
  for (const auto& [key, change] : changes.in_key_order()) {
    auto found = find(key, WallTime::min());  // the expired ones too: they may have to be erased
    if (!found) return passed_on(found);
    std::optional<StoreEntry> entry = *found;
    change.apply(entry, now);
    if (entry == *found) continue;
    auto done = entry ? write(key, *entry) : erase(key);
    if (!done) return done;
  }
  return {};
}

SqliteResult<bool> SqliteTables::clean(WallTime now) {
  Query query(statements_->writing->clean_entries);
  auto done = query.with(seconds_of(now)).with(kCleanedEntries).step();
  if (!done) return passed_on(done);
  const bool more = connection_->changed_rows() == kCleanedEntries;
  if (auto cleaned = clean_tokens(now); !cleaned) return passed_on(cleaned);
  return more;
}

// Slice by slice, without an index: it would double what a token takes on disk.
SqliteResult<void> SqliteTables::clean_tokens(WallTime now) {
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  Query next(statements_->writing->next_slice);
  auto found = next.with(cleaned_to_).with(kCleanedTokens).step();
  if (!found) return passed_on(found);
  const std::int64_t end = *found ? next.number(0) : kLast;
  Query clean(statements_->writing->clean_tokens);
  auto done = clean.with(cleaned_to_).with(end).with(seconds_of(now)).step();
  if (!done) return passed_on(done);
  cleaned_to_ = *found ? end : std::numeric_limits<std::int64_t>::min();
  return {};
}

SqliteResult<void> SqliteTables::begin_reading() {
  if (auto begun = connection_->execute("BEGIN"); !begun) return begun;
  auto touched =
      connection_->first_value("SELECT 1 FROM entries LIMIT 1");  // the moment is that of the first read
  if (touched) return {};
  end_reading();
  return passed_on(touched);
}

void SqliteTables::end_reading() {
  roll_back();
}

SqliteResult<Taken> SqliteTables::take(const StoreKey& key, double amount, const BucketLimits& limits,
                                       WallTime now) {
  if (auto begun = begin_writing(); !begun) return passed_on(begun);
  auto bucket = find(key, now);
  if (!bucket) {
    roll_back();
    return passed_on(bucket);
  }
  const Taken taken = take_from(*bucket, amount, limits, now);
  auto done = taken.fits ? write(key, **bucket) : SqliteResult<void>{};
  if (done) done = commit();
  if (done) return taken;
  roll_back();
  return passed_on(done);
}

SqliteResult<void> SqliteTables::check() {
  auto said = connection_->first_value("PRAGMA quick_check(1)");
  if (!said) return passed_on(said);
  if (*said == "ok") return {};
  const std::string& path = connection_->path();
  return sqlite_failure(Kind::damaged,
                        fmt::format("{} is damaged ({}): move it away (mv {}* ELSEWHERE/), a new one "
                                    "is made then",
                                    path, printable(*said), path));
}

}  // namespace xspamd
