// Preamble: what Exim writes in front of the message that it sends for scanning: an mbox line, then
// "X-Envelope-From: <A>" (absent for the null sender), then "X-Envelope-To: A, B" on one line, however long.
// They are facts of the envelope only there, each once, in this order and unfolded. Further down a sender can
// write the same lines: there they are fields of the message. Nothing fails; what is not there is absent.
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
  std::size_t length = 0;  // bytes before the message
};

Preamble read_preamble(std::string_view body);

// Removes the preamble from the body. Fills sender and recipients where the head of the request had none; in
// the milter protocol nothing stands in front of a message, and nothing is removed.
void take_preamble(Request& request);

}  // namespace xspamd
