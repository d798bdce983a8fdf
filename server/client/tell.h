// TELL of SpamAssassin's protocol, the client's side: the head of the request and the reply, as spamd 4.0.1
// and spamc 4.0.1 speak it. Forgetting names no class, as `spamc -L forget` does not. The reply is read like
// spamc reads it: a status line of version 1.0 or later, then headers up to an empty line, unknown ones
// passed over; behind a status that is not EX_OK nothing more need come. No I/O.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace xspamd::client {

enum class Lesson { spam, ham, forget };

std::string tell_head(Lesson lesson, std::string_view user, std::size_t message_bytes);

struct TellReply {
  int code = 0;      // 0: EX_OK
  std::string text;  // of the status line behind the code, fit to be shown
  bool did_set = false;
  bool did_remove = false;
};

class TellReplyReader {
 public:
  static constexpr std::size_t kMostLine = 8188;       // as spamc's
  static constexpr std::size_t kMostHead = 64 * 1024;  // of all lines
  static constexpr std::size_t kMostText = 200;        // of a status line that is shown

  void feed(std::string_view bytes);  // what comes behind the end of the reply is not looked at
  void end();                         // the server has closed the connection
  bool done() const { return done_; }
  Result<TellReply> take();  // once, when done

 private:
  void take_line(std::string_view line);
  void take_status(std::string_view line);
  void refuse(std::string sentence);

  std::string line_;
  std::size_t fed_ = 0;
  bool has_status_ = false;
  bool done_ = false;
  TellReply reply_;
  std::optional<std::string> refused_;
};

}  // namespace xspamd::client
