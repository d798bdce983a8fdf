#include "server/client/spamd_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "proto/base/text.h"

namespace xspamd::client {

namespace {

SpamdReply::Where where(std::string_view value) {
  SpamdReply::Where named;
  for (const std::string_view name : split(value, ',')) {
    named.local = named.local || iequals(trim(name), "local");
    named.remote = named.remote || iequals(trim(name), "remote");
  }
  return named;
}

void add(SpamdReply::Where& to, const SpamdReply::Where& more) {
  to.local = to.local || more.local;
  to.remote = to.remote || more.remote;
}

// The word at the front, and the rest behind the blanks.
std::string_view take_word(std::string_view& text) {
  const std::size_t length = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, length);
  text = trim_blanks(text.substr(length));
  return word;
}

// "True ; 15.0 / 5.0"
std::optional<SpamdReply::Verdict> verdict_from(std::string_view value) {
  constexpr double kMost = 1e10;  // as spamc's
  const std::size_t semicolon = value.find(';');
  if (semicolon == std::string_view::npos) return std::nullopt;
  const std::string_view word = trim(value.substr(0, semicolon));
  const std::string_view numbers = value.substr(semicolon + 1);
  const std::size_t slash = numbers.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto score = parse_double(trim(numbers.substr(0, slash)));
  const auto required = parse_double(trim(numbers.substr(slash + 1)));
  if (!score || !required) return std::nullopt;
  return SpamdReply::Verdict{iequals(word, "true"), std::clamp(*score, -kMost, kMost),
                             std::clamp(*required, -kMost, kMost)};
}

std::string shown(std::string_view foreign) {
  return printable(cut_utf8(foreign, SpamdReplyReader::kMostText));
}

}  // namespace

void SpamdReplyReader::refuse(Errc code, std::string sentence) {
  refused_ = Error{code, std::move(sentence)};
  done_ = true;
}

void SpamdReplyReader::take_status(std::string_view line) {
  constexpr std::string_view kName = "SPAMD/";
  constexpr std::uint64_t kMostCode = 999;
  std::string_view rest = line;
  if (rest.starts_with(kName)) {
    rest.remove_prefix(kName.size());
    const std::string_view version = take_word(rest);
    const auto number = parse_double(version);
    const auto code = parse_unsigned(take_word(rest));
    if (number && *number >= 1.0 && code && *code <= kMostCode) {
      reply_.version = shown(version);
      reply_.code = static_cast<int>(*code);
      reply_.text = shown(rest);
      has_status_ = true;
      done_ = reply_.code != 0 || shape_ == Shape::status;
      return;
    }
  }
  refuse(Errc::invalid,
         fmt::format("the server does not answer as spamd does: {}", quoted(cut_utf8(line, kMostText))));
}

void SpamdReplyReader::take_header(std::string_view name, std::string_view value) {
  if (iequals(name, "Spam")) {
    const auto verdict = verdict_from(value);
    if (!verdict)
      return refuse(Errc::invalid,
                    fmt::format("the server's answer has an odd line: Spam: {}", quoted(shown(value))));
    reply_.verdict = verdict;
  } else if (iequals(name, "Content-length")) {
    length_ = parse_unsigned(trim(value));
    if (!length_)
      refuse(Errc::invalid,
             fmt::format("the server's answer has an odd Content-length: {}", quoted(shown(value))));
  } else if (iequals(name, "DidSet")) {
    add(reply_.set, where(value));
  } else if (iequals(name, "DidRemove")) {
    add(reply_.removed, where(value));
  }
}

void SpamdReplyReader::end_head() {
  if (shape_ == Shape::verdict && !reply_.verdict)
    return refuse(Errc::invalid, "the server's answer has no verdict");
  if (shape_ != Shape::head_and_body) {
    done_ = true;
    return;
  }
  if (!length_) return refuse(Errc::invalid, "the server's answer has no Content-length");
  if (*length_ > most_body_)
    return refuse(Errc::invalid,
                  fmt::format("the server's answer has {} bytes, over {}", *length_, most_body_));
  in_body_ = true;
}

void SpamdReplyReader::take_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!has_status_) return take_status(line);
  if (line.empty()) return end_head();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  take_header(trim_blanks(line.substr(0, colon)), trim_blanks(line.substr(colon + 1)));
}

void SpamdReplyReader::take_body(std::string_view bytes) {
  if (reply_.body.size() + bytes.size() > *length_)
    return refuse(Errc::invalid, fmt::format("the server's answer has more than the {} bytes of its "
                                             "Content-length",
                                             *length_));
  reply_.body += bytes;
}

void SpamdReplyReader::feed(std::string_view bytes) {
  while (!done_ && !bytes.empty()) {
    if (in_body_) return take_body(bytes);
    const std::size_t lf = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, lf);
    const std::size_t taken = std::min(piece.size() + 1, bytes.size());
    bytes.remove_prefix(taken);
    fed_ += taken;
    if (line_.size() + piece.size() > kMostLine)
      return refuse(Errc::invalid, "the server's answer has a line without end");
    if (fed_ > kMostHead) return refuse(Errc::invalid, "the server's answer has no end");
    line_ += piece;
    if (lf != std::string_view::npos) take_line(std::exchange(line_, {}));
  }
}

void SpamdReplyReader::end() {
  if (done_) return;
  if (in_body_ && reply_.body.size() == *length_) {
    done_ = true;
    return;
  }
  if (in_body_)
    return refuse(Errc::invalid, fmt::format("the server's answer is cut off: {} of {} bytes",
                                             reply_.body.size(), *length_));
  // A refusal may lack its line end.
  if (!has_status_ && !line_.empty()) take_line(std::exchange(line_, {}));
  if (done_) return;
  refuse(Errc::unavailable, has_status_ ? "the server's answer is cut off"
                                        : "the server closed the connection without an answer");
}

Result<SpamdReply> SpamdReplyReader::take() {
  if (refused_) return tl::unexpected<Error>(std::move(*refused_));
  return std::move(reply_);
}

}  // namespace xspamd::client
