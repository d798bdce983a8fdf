// Log: lines to stderr, a file or syslog. Levels mean: error, we lost something; warning, someone must act;
// info, what happened; debug, how. The server's log writes from its own thread through a bounded queue: when
// that is full the oldest line is dropped and counted, the mail goes on. The supervisor's writes directly.
// Untrusted text must be quoted() by the caller. Under the journal stderr lines carry their <N> priority.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "conf/config.h"
#include "proto/base/result.h"

namespace xspamd {

class Log {
 public:
  enum class Level { error, warning, info, debug };
  enum class Mode { direct, queued };

  static Result<std::unique_ptr<Log>> open(const conf::Log& settings, Mode mode);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(Level level, std::string_view line);
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
