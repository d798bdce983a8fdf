#include "proto/bsmtp.h"

#include <algorithm>
#include <cstring>

#include "proto/base/text.h"
#include "proto/mail/lexical.h"

namespace xspamd {

namespace {

// The line at `at` without its line end; `at` moves behind it. Nothing when it has none: it is cut off.
std::optional<std::string_view> take_line(std::string_view text, std::size_t& at) {
  const std::size_t lf = text.find('\n', at);
  if (lf == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(at, lf - at);
  at = lf + 1;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// What stands behind a command; nothing when the line is another one.
std::optional<std::string_view> argument(std::string_view line, std::string_view command) {
  if (!istarts_with(line, command)) return std::nullopt;
  const std::string_view rest = line.substr(command.size());
  const bool ended = rest.empty() || is_blank(rest.front()) || command.ends_with(':');
  if (!ended) return std::nullopt;
  return trim_blanks(rest);
}

// RFC 5321 §4.1.1.2: the path in its brackets, then parameters. A quoted local part may hold both.
std::string path_of(std::string_view text) {
  if (!text.starts_with('<')) return std::string(text.substr(0, text.find_first_of(" \t")));
  const std::size_t quoted = mail::quoted_length(text.substr(1));
  const std::size_t close = text.find('>', 1 + quoted);
  return std::string(text.substr(1, std::min(close, text.size()) - 1));
}

}  // namespace

std::optional<BatchEnvelope> read_batch(std::string_view text, std::size_t most) {
  BatchEnvelope envelope;
  bool has_sender = false;
  while (const auto line = take_line(text, envelope.length)) {
    if (const auto path = argument(*line, "MAIL FROM:"); path && !has_sender) {
      envelope.sender = path_of(*path);
      has_sender = true;
    } else if (const auto to = argument(*line, "RCPT TO:"); to && has_sender) {
      if (envelope.recipients.size() < most) envelope.recipients.push_back(path_of(*to));
    } else if (const auto data = argument(*line, "DATA"); data && data->empty() && has_sender) {
      return envelope;
    } else if (const auto helo = argument(*line, "HELO"); helo && !has_sender) {
      envelope.helo = *helo;
    } else if (const auto ehlo = argument(*line, "EHLO"); ehlo && !has_sender) {
      envelope.helo = *ehlo;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

void unstuff(std::string& text) {
  std::size_t read = 0;
  std::size_t written = 0;
  const auto keep = [&](std::size_t end) {
    if (read != written) std::memmove(text.data() + written, text.data() + read, end - read);
    written += end - read;
    read = end;
  };
  std::size_t line = 0;  // begins with a dot
  while (line < text.size() && text[line] != '.') {
    const std::size_t at = text.find("\n.", line);
    line = at == std::string::npos ? text.size() : at + 1;
  }
  while (line < text.size()) {
    keep(line);
    std::size_t end = line + 1;
    if (end < text.size() && text[end] == '\r') ++end;
    if (end == text.size() || text[end] == '\n') return text.resize(written);
    ++read;
    const std::size_t next = text.find("\n.", read);
    line = next == std::string::npos ? text.size() : next + 1;
  }
  keep(text.size());
  text.resize(written);
}

}  // namespace xspamd
