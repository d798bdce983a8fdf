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

#include "conf/config.h"
#include "proto/base/result.h"

namespace xspamd {

// LogLine: an event with its values, in the format of the log that it is for: "scan qid=... size=1" or
// {"event":"scan","qid":...,"size":1}. Only that form is made: a busy server writes many.
class LogLine {
 public:
  enum class Format { text, json };

  LogLine(Format format, std::string_view event);

  LogLine& word(std::string_view key, std::string_view word);  // ours, without blanks; "-" if empty
  LogLine& number(std::string_view key, std::string_view number);
  LogLine& untrusted(std::string_view key, std::string_view text);  // quoted; "-" if empty
  // As it stands: `value` is made for format().
  LogLine& raw(std::string_view key, std::string_view value);

  bool is_json() const { return format_ == Format::json; }
  const std::string& text() const { return text_; }

 private:
  Format format_;
  std::string text_;
};

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
  // Begins a line for write(); end it by the values.
  LogLine line(std::string_view event) const;
  void write(Level level, const LogLine& line);
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
