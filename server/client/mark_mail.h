// A message with the header fields of rspamc's LDA mode (rspamc 3.4 --mime), behind its own: X-Spam-Scanner,
// -Scan-Time, X-Spam, -Action, -Score, -Level, -Symbols, with --json -Result, and -Error where there is no
// verdict. deviates: fields of these names that the message already has are removed; rspamc leaves them,
// so a sender can answer for the scanner. All else stays byte for byte, and added lines end as the first line
// of the message does. Pure, linear; any bytes are a message.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "proto/verdict.h"

namespace xspamd::client {

// What is to be added, lines ended by LF.
std::string mark_fields(const Verdict& verdict, bool with_json, std::chrono::milliseconds took);
std::string trouble_fields(std::string_view why, std::chrono::milliseconds took);

// Header and rest, the latter a view into the message: no copy of what may be large.
struct MarkedMail {
  std::string head;
  std::string_view rest;
};
MarkedMail marked(std::string_view message, std::string_view fields);

// RFC 4648 §4, with padding.
std::string base64(std::string_view bytes);

}  // namespace xspamd::client
