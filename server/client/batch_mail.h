// A message in batch SMTP (RFC 2442) as `spamc -B` takes it: what stands around the message is kept, the
// message itself goes to the server without its stuffed dots (RFC 5321 §4.5.2). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace xspamd::client {

struct BatchMail {
  std::string_view before;  // up to the line DATA, which is included
  std::string message;
  std::string_view after;  // from the line with the dot on
};

// Nothing when there is no line DATA, or none with a dot alone behind it.
std::optional<BatchMail> batch_mail(std::string_view text);

// With a dot in front of each line that begins with one.
std::string stuffed(std::string_view message);

}  // namespace xspamd::client
