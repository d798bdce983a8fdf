// One connection to an SQLite file and its prepared statements; the only place that knows the library.
// Blocks, for at most the time it is told to wait for a lock. One thread at a time. Failures carry a sentence
// with the path and what to do about it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace xspamd {

struct SqliteError {
  enum class Kind {
    busy,     // another process holds the lock; the connection stays good
    full,     // no room to write; the connection stays good
    late,     // not tried, the deadline had passed
    moved,    // the file is no longer where it was opened
    damaged,  // the file is no database, or its pages contradict each other
    closed,   // it could not be opened, or else: nothing but opening it anew can help
  };
  Kind kind = Kind::closed;
  std::string sentence;
};

template <class T>
using SqliteResult = tl::expected<T, SqliteError>;

inline tl::unexpected<SqliteError> sqlite_failure(SqliteError::Kind kind, std::string sentence) {
  return tl::unexpected<SqliteError>(SqliteError{kind, std::move(sentence)});
}

class SqliteConnection {
 public:
  enum class Access {
    write,
    read,  // beside one that writes, in the same process
    look,  // by another program, for a moment: leaves no files of its own behind
  };
  struct Target {
    std::string path;
    Access access = Access::read;
    std::chrono::milliseconds busy{1000};  // how long to wait for a lock
  };
  class Statement;
  class Query;

  // For writing the file is made (mode 0640), and its folder (0750) if that alone is missing.
  static SqliteResult<std::unique_ptr<SqliteConnection>> open(const Target& target);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  SqliteResult<void> execute(const std::string& sql);
  SqliteResult<std::string> first_value(const std::string& sql);  // of the first row; "" where there is none
  SqliteResult<Statement> prepare(std::string_view sql);

  std::int64_t changed_rows() const;            // by the last statement
  bool moved() const;                           // renamed, removed or replaced since it was opened
  int log_pages() const { return log_pages_; }  // in the write-ahead log after the last commit
  // Brings the log into the file, both safe from a power cut afterwards. The end of the last connection does
  // so too, and removes the log.
  SqliteResult<void> checkpoint();

  const std::string& path() const { return path_; }
  tl::unexpected<SqliteError> failure(int code) const;

 private:
  SqliteConnection(sqlite3* handle, std::string path);

  sqlite3* const handle_;
  const std::string path_;
  int log_pages_ = 0;
};

// Owned by who prepared it; must end before its connection.
class SqliteConnection::Statement {
 public:
  Statement(const SqliteConnection& connection, sqlite3_stmt* handle)
      : connection_(&connection), handle_(handle) {}

 private:
  friend class Query;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  const SqliteConnection* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// One run of a statement. What is bound must live until its end, what is read until the next step.
class SqliteConnection::Query {
 public:
  explicit Query(Statement& statement) : statement_(statement) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& with(std::int64_t number);  // the next parameter
  Query& with_bytes(std::string_view bytes);
  Query& with_text(std::string_view text);
  SqliteResult<bool> step();  // true: there is a row
  std::int64_t number(int column) const;
  std::string_view bytes(int column) const;

 private:
  void bound(int code);

  Statement& statement_;
  int parameters_ = 0;
  int error_ = 0;  // the first, of binding
};

}  // namespace xspamd
