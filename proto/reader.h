// Reader: bytes of a connection, in any pieces, into one Request. No I/O: the session reads, this judges.
// Speaks SPAMC and RSPAMC and recognises HTTP. Ends by itself when the request is complete or can be
// refused at once; otherwise end() says that nothing more comes. A refused request is still an answer's
// worth: `refusal` tells which. The end of input after a complete body means nothing (Exim half-closes).
// Memory: the body so far (held()), grown by what arrives; from 1 MiB on there is address space for all of
// it. A compressed body is inflated in slices, so that a few bytes of input neither take long nor much at
// once: as long as the Reader is behind(), catch_up() is called in place of feed().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proto/base/limits.h"
#include "proto/inflate.h"
#include "proto/request.h"

namespace xspamd {

enum class Refusal {
  none,
  unknown_protocol,  // nothing, binary, or no dialect of ours
  bad_head,          // head over limits.head, NUL or (RSPAMC) bare LF in it
  bad_length,        // Content-length negative, no number or over 2^63 - 1
  too_large,         // over limits.message; what was announced has been drained
  cut_off,           // input ended or stalled before the announced end
  bad_header,        // SPAMC only: a header line that spamd refuses too
  bad_compression,   // SPAMC only: no whole zlib stream
  no_such_command,   // SPAMC only
  stalled,           // SPAMC only: nothing came for limits.idle
};

struct Incoming {
  Request request;
  Refusal refusal = Refusal::none;
  std::string detail;  // for the log, and behind the prefix of a SPAMC error line; never echoes foreign bytes
};

class Reader {
 public:
  enum class End { input, idle };  // the client closed its side; nothing came for limits.idle

  explicit Reader(const Limits& limits) : limits_(limits) {}

  // Takes the next bytes; true when the request is complete or refused. Bytes after that are ignored.
  bool feed(std::string_view bytes);
  // No more bytes come. Afterwards done() holds.
  void end(End why);

  // Bytes that have come wait to be inflated.
  bool behind() const { return inflate_ && (more_inside_ || !packed_.empty()); }
  // Inflates the next slice of them.
  void catch_up();

  // From here on the body is drained without being kept: there will be no scan.
  void forget_body();

  // There was no memory for the body: it is drained, and there can be no scan.
  bool out_of_memory() const { return out_of_memory_; }
  bool done() const { return state_ == State::done; }
  bool has_head() const { return has_head_; }
  bool started() const { return state_ != State::first_line || !line_.empty(); }
  // Bytes of memory this request holds now; those of mail that is given back count twice, as there will be
  // the old and the new message.
  std::size_t held() const {
    const Request& request = incoming_.request;
    const std::size_t recipients = request.envelope.recipients.capacity() * sizeof(std::string);
    const std::size_t copies = is_spamc() && rewrites_mail(request.command) ? 2 : 1;
    const std::size_t packed = inflate_ ? packed_.size() + Inflate::kMemory : 0;
    return copies * request.body.size() + packed + line_.size() + head_bytes_ + recipients;
  }
  // Bytes of body, kept or not; of a compressed one those that it was inflated to.
  std::uint64_t received() const { return incoming_.request.zlib ? inflated_ : received_; }
  // Once done.
  Incoming take() { return std::move(incoming_); }

 private:
  enum class State { first_line, head, body, discard, done };

  std::size_t feed_line(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  void feed_packed(std::string_view bytes);
  void end_packed();
  void discard_body();
  void keep(std::string_view bytes);
  void on_line(std::string_view line);
  void on_first_line(std::string_view line);
  void on_header(std::string_view line);
  void on_length(std::string_view value);
  void on_head_end();
  void end_in_first_line();
  void refuse(Refusal refusal, std::string detail);
  bool is_spamc() const { return incoming_.request.dialect == Dialect::spamc; }

  const Limits& limits_;
  State state_ = State::first_line;
  Incoming incoming_;
  std::string line_;            // the line begun
  std::size_t head_bytes_ = 0;  // of the head so far
  std::size_t head_lines_ = 0;
  std::uint32_t seen_ = 0;  // header names seen, by their place in the dialect's table
  bool has_head_ = false;
  bool has_length_ = false;
  bool forget_ = false;
  bool out_of_memory_ = false;
  std::uint64_t announced_ = 0;  // Content-length
  std::uint64_t received_ = 0;
  std::uint64_t inflated_ = 0;
  std::unique_ptr<Inflate> inflate_;  // while a compressed body comes
  std::string packed_;                // received and not yet inflated
  bool more_inside_ = false;  // the last slice was full: zlib may hold more, though all input is taken
};

}  // namespace xspamd
