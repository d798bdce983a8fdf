#include "server/client/tell.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "proto/base/text.h"

namespace xspamd::client {

namespace {

// "local" or "local,remote": only what the server itself learns is ours to know.
bool names_local(std::string_view value) {
  const auto names = split(value, ',');
  return std::ranges::any_of(names, [](std::string_view name) { return iequals(trim(name), "local"); });
}

// The word at the front, and the rest behind the blanks.
std::string_view take_word(std::string_view& text) {
  const std::size_t length = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, length);
  text = trim_blanks(text.substr(length));
  return word;
}

std::string shown(std::string_view foreign) {
  return printable(cut_utf8(foreign, TellReplyReader::kMostText));
}

}  // namespace

std::string tell_head(Lesson lesson, std::string_view user, std::size_t message_bytes) {
  std::string head = "TELL SPAMC/1.5\r\n";
  if (lesson == Lesson::forget)
    head += "Remove: local\r\n";
  else
    head += fmt::format("Message-class: {}\r\nSet: local\r\n", lesson == Lesson::spam ? "spam" : "ham");
  if (!user.empty()) head += fmt::format("User: {}\r\n", user);
  head += fmt::format("Content-length: {}\r\n\r\n", message_bytes);
  return head;
}

void TellReplyReader::refuse(std::string sentence) {
  refused_ = std::move(sentence);
  done_ = true;
}

void TellReplyReader::take_status(std::string_view line) {
  constexpr std::string_view kName = "SPAMD/";
  constexpr std::uint64_t kMostCode = 999;
  std::string_view rest = line;
  if (rest.starts_with(kName)) {
    rest.remove_prefix(kName.size());
    const auto version = parse_double(take_word(rest));
    const auto code = parse_unsigned(take_word(rest));
    if (version && *version >= 1.0 && code && *code <= kMostCode) {
      reply_.code = static_cast<int>(*code);
      reply_.text = shown(rest);
      has_status_ = true;
      done_ = reply_.code != 0;
      return;
    }
  }
  refuse(fmt::format("the server does not answer as spamd does: {}", quoted(cut_utf8(line, kMostText))));
}

void TellReplyReader::take_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!has_status_) return take_status(line);
  if (line.empty()) {
    done_ = true;
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = trim_blanks(line.substr(0, colon));
  const std::string_view value = line.substr(colon + 1);
  if (iequals(name, "DidSet")) reply_.did_set = reply_.did_set || names_local(value);
  if (iequals(name, "DidRemove")) reply_.did_remove = reply_.did_remove || names_local(value);
}

void TellReplyReader::feed(std::string_view bytes) {
  while (!done_ && !bytes.empty()) {
    const std::size_t lf = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, lf);
    const std::size_t taken = std::min(piece.size() + 1, bytes.size());
    bytes.remove_prefix(taken);
    fed_ += taken;
    if (line_.size() + piece.size() > kMostLine) return refuse("the server's answer has a line without end");
    if (fed_ > kMostHead) return refuse("the server's answer has no end");
    line_ += piece;
    if (lf != std::string_view::npos) take_line(std::exchange(line_, {}));
  }
}

void TellReplyReader::end() {
  if (done_) return;
  // A refusal may lack its line end.
  if (!has_status_ && !line_.empty()) take_line(std::exchange(line_, {}));
  if (done_) return;
  refuse(has_status_ ? "the server's answer is cut off"
                     : "the server closed the connection without an answer");
}

Result<TellReply> TellReplyReader::take() {
  if (refused_) return fail(Errc::invalid, std::move(*refused_));
  return std::move(reply_);
}

}  // namespace xspamd::client
