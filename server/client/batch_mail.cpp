#include "server/client/batch_mail.h"

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd::client {

namespace {

// The next line with its end.
std::string_view next_line(std::string_view text) {
  return text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
}

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::optional<BatchMail> batch_mail(std::string_view text) {
  BatchMail batch;
  std::string_view rest = text;
  for (bool in_data = false; !rest.empty();) {
    std::string_view line = next_line(rest);
    if (in_data && without_end(line) == ".") {
      batch.after = rest;
      return batch;
    }
    rest.remove_prefix(line.size());
    if (in_data) {
      if (line.starts_with("..")) line.remove_prefix(1);
      batch.message += line;
    } else if (line.ends_with('\n') && iequals(without_end(line), "DATA")) {
      in_data = true;
      batch.before = text.substr(0, text.size() - rest.size());
    }
  }
  return std::nullopt;
}

std::string stuffed(std::string_view message) {
  std::string text;
  text.reserve(message.size());
  while (!message.empty()) {
    const std::string_view line = next_line(message);
    if (line.starts_with('.')) text += '.';
    text += line;
    message.remove_prefix(line.size());
  }
  return text;
}

}  // namespace xspamd::client
