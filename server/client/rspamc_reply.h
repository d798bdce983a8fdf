// The reply to a CHECK in RSPAMC, as proto/rspamc.h writes it: a status line, Metric, Action, the symbols
// with their scores and options, then Message, Subject and Message-ID, all up to the end of the connection.
// Lines that are not known are passed over. No I/O.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proto/verdict.h"
#include "server/client/reply_reader.h"

namespace xspamd::client {

class RspamcReplyReader : public ReplyReader {
 public:
  static constexpr std::size_t kMostBytes = 64 * 1024;  // limits.report is at most half of it

  void feed(std::string_view bytes) override;
  void end() override { done_ = true; }
  bool done() const override { return done_; }
  // Once, when done. Fails with Errc::unavailable when there is no answer or it is cut off, with
  // Errc::invalid when it is none that RSPAMC knows or a status other than 0.
  Result<Verdict> take();

 private:
  std::string text_;
  bool done_ = false;
};

// "NAME(2.50)[option, option]" of a Symbol line; nothing when it is none.
std::optional<Score> score_from(std::string_view text);

}  // namespace xspamd::client
