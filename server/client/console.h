// What the user sees: results on standard output, trouble and progress on standard error, the latter as one
// line that is written over. Any thread.
#pragma once

#include <mutex>
#include <string_view>

namespace xspamd::client {

class Console {
 public:
  static bool is_terminal();  // standard error: who shows progress otherwise fills a log

  void result(std::string_view line);
  void trouble(std::string_view line);  // with the program's name in front
  void progress(std::string_view line);
  void clear_progress();

 private:
  void clear();

  std::mutex mutex_;
  bool shows_progress_ = false;
};

}  // namespace xspamd::client
