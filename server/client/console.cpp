#include "server/client/console.h"

#include <unistd.h>

#include <cstdio>
#include <string>

namespace xspamd::client {

namespace {

// Nobody is left to be told that it cannot be written.
void write(std::FILE* to, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), to);
  std::fflush(to);
}

constexpr const char* kClearLine = "\r\x1b[K";  // ECMA-48: erase to the end of the line

}  // namespace

bool Console::is_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

void Console::clear() {
  if (shows_progress_) write(stderr, kClearLine);
  shows_progress_ = false;
}

void Console::clear_progress() {
  const std::lock_guard lock(mutex_);
  clear();
}

void Console::result(std::string_view line) {
  const std::lock_guard lock(mutex_);
  clear();
  write(stdout, std::string(line) + '\n');
}

void Console::trouble(std::string_view line) {
  const std::lock_guard lock(mutex_);
  clear();
  write(stderr, "xspamc: " + std::string(line) + '\n');
}

void Console::progress(std::string_view line) {
  const std::lock_guard lock(mutex_);
  write(stderr, kClearLine + std::string(line));
  shows_progress_ = true;
}

}  // namespace xspamd::client
