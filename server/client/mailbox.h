// Splits a mailbox into its messages, in pieces of any size, holding one message at a time. A text that
// begins with a line "From ..." is an mbox: each further "From " line behind an empty line begins the next
// message, Content-Length counts nothing. As Exim's appendfile writes them: the empty line before a "From "
// line belongs to the format, and "From " in a message has become ">From ", which is undone. Any other text
// is one message. Line ends stay as they are, LF or CRLF. Messages without a byte are none. Nothing fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xspamd::client {

struct MailMessage {
  std::string text;  // empty when it is too large
  std::uint64_t bytes = 0;
  bool too_large = false;
};

class MailboxSplitter {
 public:
  explicit MailboxSplitter(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // Takes bytes from the front of `bytes`: all of them, or up to the end of the message that it gives.
  std::optional<MailMessage> take(std::string_view& bytes);
  // The input is over: the last message.
  std::optional<MailMessage> end();

 private:
  enum class Form { unknown, mbox, message };
  enum class Place { line_start, line, separator };

  std::optional<MailMessage> begin_line(std::string_view& bytes);
  void take_line(std::string_view& bytes);
  void skip_separator(std::string_view& bytes);
  void append(std::string_view bytes);
  std::optional<MailMessage> finish();

  std::size_t most_bytes_;
  Form form_ = Form::unknown;
  Place place_ = Place::line_start;
  std::string line_;             // its first bytes, until they show what the line is
  bool only_cr_ = false;         // the line so far
  std::size_t blank_bytes_ = 0;  // of the line before, if it was empty
  MailMessage message_;
};

}  // namespace xspamd::client
