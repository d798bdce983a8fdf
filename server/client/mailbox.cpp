#include "server/client/mailbox.h"

#include <algorithm>
#include <utility>

namespace xspamd::client {

namespace {

constexpr std::string_view kFrom = "From ";
constexpr std::string_view kQuotedFrom = ">From ";

bool is_undecided(std::string_view line) {
  return (line.size() < kFrom.size() && kFrom.starts_with(line)) ||
         (line.size() < kQuotedFrom.size() && kQuotedFrom.starts_with(line));
}

// How many bytes stand before the line end and with it.
std::size_t line_length(std::string_view bytes) {
  return std::min(bytes.find('\n'), bytes.size() - 1) + 1;
}

}  // namespace

void MailboxSplitter::append(std::string_view bytes) {
  message_.bytes += bytes.size();
  message_.too_large = message_.too_large || bytes.size() > most_bytes_ - message_.text.size();
  if (message_.too_large)
    std::string().swap(message_.text);
  else
    message_.text += bytes;
}

std::optional<MailMessage> MailboxSplitter::finish() {
  MailMessage message = std::exchange(message_, {});
  if (form_ == Form::mbox) {
    message.bytes -= blank_bytes_;
    if (!message.too_large) message.text.resize(message.bytes);
  }
  if (message.bytes == 0) return std::nullopt;
  return message;
}

std::optional<MailMessage> MailboxSplitter::begin_line(std::string_view& bytes) {
  while (!bytes.empty() && is_undecided(line_)) {
    line_ += bytes.front();
    bytes.remove_prefix(1);
  }
  if (is_undecided(line_)) return std::nullopt;
  const std::string line = std::exchange(line_, {});
  if (line == kFrom && (form_ == Form::unknown || blank_bytes_ > 0)) {
    auto message = finish();
    form_ = Form::mbox;
    place_ = Place::separator;
    blank_bytes_ = 0;
    return message;
  }
  if (form_ == Form::unknown) form_ = Form::message;
  append(line == kQuotedFrom && form_ == Form::mbox ? kFrom : line);
  if (line.ends_with('\n')) {
    blank_bytes_ = line.size() == 1 ? 1 : 0;
    return std::nullopt;
  }
  place_ = Place::line;
  only_cr_ = line == "\r";
  return std::nullopt;
}

void MailboxSplitter::take_line(std::string_view& bytes) {
  const std::string_view rest = bytes.substr(0, line_length(bytes));
  bytes.remove_prefix(rest.size());
  append(rest);
  if (rest.ends_with('\n')) {
    blank_bytes_ = only_cr_ && rest.size() == 1 ? 2 : 0;
    place_ = Place::line_start;
  }
  only_cr_ = false;
}

void MailboxSplitter::skip_separator(std::string_view& bytes) {
  const std::size_t length = line_length(bytes);
  if (bytes[length - 1] == '\n') place_ = Place::line_start;
  bytes.remove_prefix(length);
}

std::optional<MailMessage> MailboxSplitter::take(std::string_view& bytes) {
  while (!bytes.empty()) {
    if (form_ == Form::message) {
      append(std::exchange(bytes, {}));
    } else if (place_ == Place::line_start) {
      if (auto message = begin_line(bytes)) return message;
    } else if (place_ == Place::line) {
      take_line(bytes);
    } else {
      skip_separator(bytes);
    }
  }
  return std::nullopt;
}

std::optional<MailMessage> MailboxSplitter::end() {
  if (!line_.empty() || place_ == Place::line) blank_bytes_ = 0;
  append(std::exchange(line_, {}));
  return finish();
}

}  // namespace xspamd::client
