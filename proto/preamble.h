// Preamble: what stands in front of the message that a request brings. Exim writes an mbox line, then
// "X-Envelope-From: <A>" (absent for the null sender), then "X-Envelope-To: A, B" on one line, however long.
// They are facts of the envelope only there, each once, in this order and unfolded. Further down a sender can
// write the same lines: there they are fields of the message. Others write an mbox line alone (also as ">From
// ", RFC 976 §2.4), or wrap the message in batch SMTP (proto/bsmtp.h), whose envelope counts likewise. Lines
// end in LF or CRLF; in CR only in a text without any LF. Nothing fails; what is not there is absent.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/request.h"

namespace xspamd {

struct Preamble {
  // More recipients than this are dropped: Exim itself takes 50,000 by default.
  static constexpr std::size_t kMostRecipients = 100'000;

  std::optional<std::string> sender;  // without brackets
  std::vector<std::string> recipients;
  std::string helo;        // of batch SMTP
  bool batch = false;      // batch SMTP: what follows still has its dots
  std::size_t length = 0;  // bytes before the message
};

Preamble read_preamble(std::string_view body);

// Removes the preamble from the body, of batch SMTP also the dots and what follows the message. Fills HELO,
// sender and recipients where the head of the request had none, and for those who want their mail back the
// preamble; in the milter protocol nothing stands in front of a message, and nothing is removed.
void take_preamble(Request& request);

}  // namespace xspamd
