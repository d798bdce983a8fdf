// Log: lines to stderr, a file or syslog. Levels mean: error, we lost something; warning, someone must act;
// info, what happened; debug, how. The server's log writes from its own thread through a bounded queue: when
// that is full the oldest line is dropped and counted, the mail goes on. The supervisor's writes directly.
// Lines are text, or JSON objects one a line (log.format). Under the journal stderr lines carry their <N>
// priority. One thread writes: the loop's.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conf/config.h"
#include "proto/base/result.h"

namespace xspamd {

// One value of a line that machines read too.
struct LogField {
  std::string_view key;
  std::string text;  // as it stands behind "key="
  std::string json;  // as it stands behind "key":
};
LogField log_word(std::string_view key, std::string_view word);  // ours, without blanks; "-" if empty
LogField log_number(std::string_view key, std::string number);
LogField log_untrusted(std::string_view key, std::string_view text);  // quoted; "-" if empty

class Log {
 public:
  enum class Level { error, warning, info, debug };
  enum class Mode { direct, queued };

  static Result<std::unique_ptr<Log>> open(const conf::Log& settings, Mode mode);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Untrusted text in `line` must be quoted().
  void write(Level level, std::string_view line);
  // An event with its values: "scan qid=... " or {"event":"scan","qid":...}.
  void write_event(Level level, std::string_view event, const std::vector<LogField>& fields);
  // Opens the target again, as after a rotation, with these settings; on failure the old one stays.
  Result<void> reopen(const conf::Log& settings);
  void error(std::string_view line) { write(Level::error, line); }
  void warning(std::string_view line) { write(Level::warning, line); }
  void info(std::string_view line) { write(Level::info, line); }
  void debug(std::string_view line) { write(Level::debug, line); }
  bool shows_debug() const;
  // Lines lost because the queue was full.
  std::size_t dropped() const;

 private:
  struct Impl;
  explicit Log(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xspamd
