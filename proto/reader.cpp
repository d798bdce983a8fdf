#include "proto/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <new>

#include "proto/base/text.h"
#include "proto/first_line.h"
#include "proto/rspamc.h"
#include "proto/spamc.h"

namespace xspamd {

namespace {

constexpr std::size_t kMeant = Limits::kMiB;
constexpr std::uint64_t kMaxAnnounced = std::numeric_limits<std::int64_t>::max();

// Name and value of a header line; the value is free of blanks at both ends.
struct HeaderLine {
  std::string_view name;
  std::string_view value;
};
std::optional<HeaderLine> split_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return HeaderLine{trim_blanks(line.substr(0, colon)), trim_blanks(line.substr(colon + 1))};
}

}  // namespace

bool Reader::feed(std::string_view bytes) {
  while (!bytes.empty() && state_ != State::done) {
    const bool in_head = state_ == State::first_line || state_ == State::head;
    bytes.remove_prefix(in_head ? feed_line(bytes) : feed_body(bytes));
  }
  return done();
}

std::size_t Reader::feed_line(std::string_view bytes) {
  const std::size_t newline = bytes.find('\n');
  const std::size_t taken = newline == std::string_view::npos ? bytes.size() : newline + 1;
  const std::size_t most =
      state_ == State::first_line ? kMaxFirstLine + 2 : limits_.head - std::min(limits_.head, head_bytes_);
  const bool fits = line_.size() + taken <= most;
  line_.append(bytes.substr(0, std::min(taken, most + 1)));

  if (state_ == State::first_line && (!fits || is_binary(line_))) {
    refuse(Refusal::unknown_protocol, "(unknown protocol)");
  } else if (!fits) {
    refuse(Refusal::bad_head, fmt::format("(head over limits.head, {} bytes)", limits_.head));
  } else if (newline != std::string_view::npos) {
    head_bytes_ += line_.size();
    const std::string line = std::move(line_);
    line_.clear();
    on_line(line);
  }
  return taken;
}

void Reader::on_line(std::string_view line) {
  const bool first = state_ == State::first_line;
  line.remove_suffix(1);
  const bool crlf = !line.empty() && line.back() == '\r';
  if (crlf) line.remove_suffix(1);
  if (first) on_first_line(line);
  if (state_ == State::done) return;
  // A bare LF in an RSPAMC head means that Exim's head was cut short and the message text begins.
  if (!is_spamc() && !crlf) return refuse(Refusal::bad_head, "(bare LF in the head)");
  if (first) return;
  if (line.find('\0') != std::string_view::npos) return refuse(Refusal::bad_head, "(NUL in the head)");
  if (line.empty()) return on_head_end();
  on_header(line);
}

void Reader::on_first_line(std::string_view line) {
  const FirstLine first = parse_first_line(line);
  Request& request = incoming_.request;
  if (!first.dialect) return refuse(Refusal::unknown_protocol, "(unknown protocol)");
  request.dialect = *first.dialect;
  request.version = first.version;
  request.command = first.command.value_or(Command::check);
  state_ = State::head;
  if (request.dialect == Dialect::http) {
    has_head_ = true;
    state_ = State::done;
  } else if (is_spamc() && !first.command) {
    refuse(Refusal::no_such_command, "(unknown command)");
  } else if (is_spamc() && !spamc::has_head(request)) {
    on_head_end();
  }
}

void Reader::on_header(std::string_view line) {
  const auto header = split_header(line);
  if (is_spamc()) {
    if (++head_lines_ > spamc::kMaxHeaders) return refuse(Refusal::bad_header, "(too many headers)");
    if (!header) return refuse(Refusal::bad_header, "(header not in 'Name: value' format)");
    if (iequals(header->name, "Content-length")) return on_length(header->value);
    const std::string_view problem = spamc::apply_header(incoming_.request, header->name, header->value);
    if (!problem.empty()) refuse(Refusal::bad_header, std::string(problem));
    return;
  }
  // A line without a colon is none that any client of this dialect writes: passed over.
  if (!header) return;
  if (!iequals(header->name, "Content-length")) {
    return rspamc::apply_header(incoming_.request, header->name, header->value, seen_);
  }
  if (!has_length_) on_length(header->value);
}

void Reader::on_length(std::string_view value) {
  const auto length = parse_unsigned(value);
  has_length_ = true;
  if (!length || *length > kMaxAnnounced) {
    const char* detail = is_spamc() ? "(Content-Length contains non-numeric bytes)" : "(bad Content-length)";
    return refuse(Refusal::bad_length, detail);
  }
  announced_ = *length;
}

void Reader::on_head_end() {
  has_head_ = true;
  const Command command = incoming_.request.command;
  const bool has_body = command != Command::ping && command != Command::skip;
  const bool zlib = incoming_.request.zlib && has_body;
  if (zlib && !has_length_) {
    refuse(Refusal::bad_compression, "Compress requires Content-length header");
  } else if (zlib && announced_ == 0) {
    end_packed();
  } else if (!has_body || (has_length_ && announced_ == 0)) {
    state_ = State::done;
  } else if (has_length_ && announced_ > limits_.message) {
    incoming_.refusal = Refusal::too_large;
    state_ = State::discard;
  } else {
    state_ = State::body;
    if (zlib && !forget_) inflate_ = std::make_unique<Inflate>();
  }
}

std::size_t Reader::feed_body(std::string_view bytes) {
  std::size_t taken = bytes.size();
  if (has_length_) taken = static_cast<std::size_t>(std::min<std::uint64_t>(taken, announced_ - received_));
  received_ += taken;
  if (inflate_) {
    feed_packed(bytes.substr(0, taken));
    return taken;
  }
  // Only without Content-length: the announced case was seen at the end of the head.
  if (state_ == State::body && received_ > limits_.message) discard_body();
  if (state_ == State::body && !forget_) keep(bytes.substr(0, taken));
  if (has_length_ && received_ == announced_) state_ = State::done;
  return taken;
}

// What comes from here on is drained without being kept; the message is too large.
void Reader::discard_body() {
  incoming_.refusal = Refusal::too_large;
  state_ = State::discard;
  inflate_.reset();
  packed_.clear();
  incoming_.request.body.clear();
  incoming_.request.body.shrink_to_fit();
}

void Reader::feed_packed(std::string_view bytes) {
  packed_ += bytes;
  catch_up();
}

void Reader::catch_up() {
  constexpr std::size_t kSlice = 256 * 1024;
  if (!inflate_) return;
  std::string_view input = packed_;
  std::string slice;
  const auto status = inflate_->run(input, kSlice, slice);
  more_inside_ = slice.size() == kSlice;
  packed_.erase(0, packed_.size() - input.size());
  inflated_ += slice.size();
  if (inflated_ > limits_.message) {
    discard_body();
    if (received_ == announced_) state_ = State::done;
    return;
  }
  keep(slice);
  const bool has_ended = status == Inflate::Status::end;
  if (has_ended || (forget_ && received_ == announced_)) {
    inflate_.reset();
    packed_.clear();
    state_ = State::done;
  } else if (inflate_ && (status == Inflate::Status::broken || (!behind() && received_ == announced_))) {
    end_packed();
  }
}

// No more input, and the stream has not ended.
void Reader::end_packed() {
  inflate_.reset();
  packed_.clear();
  refuse(Refusal::bad_compression, "zlib: failed to find end of zlib stream");
}

void Reader::end(End why) {
  while (behind())
    catch_up();
  if (done()) return;
  if (inflate_ && why == End::input) return end_packed();
  const State was = state_;
  state_ = State::done;
  if (incoming_.refusal != Refusal::none) return;
  if (was == State::first_line) return end_in_first_line();
  if (is_spamc() && why == End::idle && (was == State::head || has_length_)) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limits_.idle).count();
    return refuse(Refusal::stalled, fmt::format("({} second timeout while trying to {})", seconds,
                                                name(incoming_.request.command)));
  }
  if (was == State::head)
    return refuse(is_spamc() ? Refusal::bad_header : Refusal::cut_off, "(EOF during headers)");
  if (!has_length_) return;  // the end of input is the end of the body
  refuse(Refusal::cut_off,
         fmt::format("(Content-Length mismatch: Expected {} bytes, got {} bytes)", announced_, received_));
}

void Reader::keep(std::string_view bytes) {
  try {
    std::string& body = incoming_.request.body;
    // Who has sent so much of a body means the rest: room for all of it spares copying it again and again as
    // it grows. What has not come yet takes address space, no memory.
    if (has_length_ && body.size() >= kMeant && body.capacity() < announced_) {
      body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(announced_, limits_.message)));
    }
    body.append(bytes);
  } catch (const std::bad_alloc&) {  // the client gets its answer all the same
    out_of_memory_ = true;
    forget_body();
  }
}

void Reader::forget_body() {
  forget_ = true;
  inflate_.reset();
  packed_.clear();
  incoming_.request.body.clear();
  incoming_.request.body.shrink_to_fit();
}

// A line without its end can tell the dialect all the same, and then who sent it gets an answer it can read.
void Reader::end_in_first_line() {
  const FirstLine first = parse_first_line(line_);
  if (first.dialect != Dialect::rspamc) return refuse(Refusal::unknown_protocol, "(unknown protocol)");
  incoming_.request.version = first.version;
  refuse(Refusal::cut_off, "(EOF during headers)");
}

void Reader::refuse(Refusal refusal, std::string detail) {
  incoming_.refusal = refusal;
  incoming_.detail = std::move(detail);
  line_.clear();
  line_.shrink_to_fit();
  state_ = State::done;
}

}  // namespace xspamd
