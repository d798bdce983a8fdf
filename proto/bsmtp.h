// A message wrapped in batch SMTP (RFC 2442), as Exim's and other mail servers' pipes write it: the commands
// of a session, then the message with stuffed dots (RFC 5321 §4.5.2) up to the line that holds a dot alone.
// Only the first message of a batch is read. Recognised only where the text begins with HELO, EHLO or MAIL
// FROM, holds nothing but such commands, and reaches DATA: no header of a message looks so. Lines end in LF
// or CRLF.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd {

struct BatchEnvelope {
  std::string helo;
  std::string sender;                   // without brackets; empty for the null sender
  std::vector<std::string> recipients;  // at most `most`
  std::size_t length = 0;               // up to the message
};

// Nothing when the text is no such batch.
std::optional<BatchEnvelope> read_batch(std::string_view text, std::size_t most);

// Makes of all behind DATA the message: stuffed dots go, and so does all from the line with the dot. In
// place.
void unstuff(std::string& text);

}  // namespace xspamd
