#include "rules/store/sqlite_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace xspamd {

namespace {

using Kind = SqliteError::Kind;
using Access = SqliteConnection::Access;

constexpr mode_t kFileMode = 0640;
constexpr mode_t kFolderMode = 0750;

bool is_no_room(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT;
}

Kind kind_of(int code, int system_error) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Kind::busy;
    case SQLITE_FULL:
      return Kind::full;
    case SQLITE_IOERR:
      return is_no_room(system_error) ? Kind::full : Kind::closed;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Kind::damaged;
    default:
      return Kind::closed;
  }
}

std::string sentence_of(const std::string& path, int code, int system_error) {
  const std::string why = system_error != 0 ? std::strerror(system_error) : sqlite3_errstr(code);
  switch (kind_of(code, system_error)) {
    case Kind::busy:
      return fmt::format("{} is locked by another process: end it (fuser {} names it)", path, path);
    case Kind::full:
      return fmt::format("{} cannot grow, the disk is full: make room on it", path);
    case Kind::damaged:
      return fmt::format(
          "{} is damaged or no SQLite database: move it away (mv {}* ELSEWHERE/), a new one is "
          "made then",
          path, path);
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fmt::format("{} cannot be opened ({}): give file and folder to the user who runs xspamd", path,
                         why);
    case SQLITE_READONLY:
      return fmt::format("{} may not be written to: give file and folder to the user who runs xspamd", path);
    case SQLITE_IOERR:
      return fmt::format("{} cannot be read or written ({}): look at the disk", path, why);
    default:
      return fmt::format("{}: {}", path, why);
  }
}

// SQLite would make the file readable for all. Never opens a file that is there: closing it would end the
// locks that SQLite has on it in this process.
SqliteResult<void> make_file(const std::string& path) {
  const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISREG(found.st_mode)) return {};
    return sqlite_failure(Kind::closed, fmt::format("{} is no file: move it away", path));
  }
  if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST)
    return sqlite_failure(Kind::closed,
                          fmt::format("the folder {} cannot be made ({}): make it for the user who runs "
                                      "xspamd (install -d -o USER -m 750 {})",
                                      folder, std::strerror(errno), folder));
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (file < 0 && errno != EEXIST)
    return sqlite_failure(Kind::closed,
                          fmt::format("{} cannot be made ({}): give its folder to the user who runs "
                                      "xspamd",
                                      path, std::strerror(errno)));
  if (file >= 0) ::close(file);
  return {};
}

// Without a log nobody is writing, and the file may be read without the files that keep readers and writers
// apart: these would belong to whoever looks, and a server that is another user could not use them.
std::string uri_of(const std::string& path, Access access) {
  std::string uri = "file://";
  for (const char c : path) {
    const bool is_special = c == '?' || c == '#' || c == '%';
    uri += is_special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  const bool alone = access == Access::look && ::access((path + "-wal").c_str(), F_OK) != 0;
  return alone ? uri + "?immutable=1" : uri;
}

int note_log_pages(void* pages, sqlite3*, const char*, int in_log) {
  *static_cast<int*>(pages) = in_log;
  return SQLITE_OK;
}

}  // namespace

SqliteConnection::SqliteConnection(sqlite3* handle, std::string path)
    : handle_(handle), path_(std::move(path)) {
  sqlite3_wal_hook(handle_, note_log_pages, &log_pages_);  // instead of a checkpoint within each commit
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

SqliteConnection::~SqliteConnection() {
  sqlite3_close_v2(handle_);
}

SqliteResult<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const Target& target) {
  const bool writes = target.access == Access::write;
  if (writes) {
    if (auto made = make_file(target.path); !made) return tl::unexpected(made.error());
  }
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_URI |
                    (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(uri_of(target.path, target.access).c_str(), &handle, flags, nullptr);
  if (handle == nullptr) return sqlite_failure(Kind::closed, "out of memory");
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle, target.path));
  if (code != SQLITE_OK) return connection->failure(code);
  if (writes && sqlite3_db_readonly(handle, "main") != 0) return connection->failure(SQLITE_READONLY);
  sqlite3_busy_timeout(handle, static_cast<int>(target.busy.count()));
  if (auto set = connection->execute("PRAGMA temp_store = MEMORY"); !set) return tl::unexpected(set.error());
  return connection;
}

tl::unexpected<SqliteError> SqliteConnection::failure(int code) const {
  const int system_error = sqlite3_system_errno(handle_);
  const bool concerns = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR;
  const int why = concerns ? system_error : 0;
  return sqlite_failure(kind_of(code, why), sentence_of(path_, code, why));
}

SqliteResult<void> SqliteConnection::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return {};
}

SqliteResult<SqliteConnection::Statement> SqliteConnection::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return Statement(*this, handle);
}

SqliteResult<std::string> SqliteConnection::first_value(const std::string& sql) {
  auto statement = prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  Query query(*statement);
  auto row = query.step();
  if (!row) return tl::unexpected(row.error());
  return *row ? std::string(query.bytes(0)) : std::string();
}

std::int64_t SqliteConnection::changed_rows() const {
  return sqlite3_changes64(handle_);
}

bool SqliteConnection::moved() const {
  int is_moved = 0;
  const int code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &is_moved);
  return code == SQLITE_OK && is_moved != 0;
}

SqliteResult<void> SqliteConnection::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  log_pages_ = 0;
  return {};
}

void SqliteConnection::Statement::Finalize::operator()(sqlite3_stmt* handle) const {
  sqlite3_finalize(handle);
}

SqliteConnection::Query::~Query() {
  sqlite3_reset(statement_.handle_.get());
  sqlite3_clear_bindings(statement_.handle_.get());
}

void SqliteConnection::Query::bound(int code) {
  if (error_ == SQLITE_OK) error_ = code;
}

SqliteConnection::Query& SqliteConnection::Query::with(std::int64_t number) {
  bound(sqlite3_bind_int64(statement_.handle_.get(), ++parameters_, number));
  return *this;
}

SqliteConnection::Query& SqliteConnection::Query::with_bytes(std::string_view bytes) {
  const char* start = bytes.data() == nullptr ? "" : bytes.data();  // null would be NULL
  bound(sqlite3_bind_blob64(statement_.handle_.get(), ++parameters_, start, bytes.size(), SQLITE_STATIC));
  return *this;
}

SqliteConnection::Query& SqliteConnection::Query::with_text(std::string_view text) {
  bound(sqlite3_bind_text64(statement_.handle_.get(), ++parameters_, text.data(), text.size(), SQLITE_STATIC,
                            SQLITE_UTF8));
  return *this;
}

SqliteResult<bool> SqliteConnection::Query::step() {
  if (error_ != SQLITE_OK) return statement_.connection_->failure(error_);
  const int code = sqlite3_step(statement_.handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return statement_.connection_->failure(code);
}

std::int64_t SqliteConnection::Query::number(int column) const {
  return sqlite3_column_int64(statement_.handle_.get(), column);
}

std::string_view SqliteConnection::Query::bytes(int column) const {
  const void* start = sqlite3_column_blob(statement_.handle_.get(), column);
  const int size = sqlite3_column_bytes(statement_.handle_.get(), column);
  return start == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(start), size);
}

}  // namespace xspamd
