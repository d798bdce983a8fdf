// A message with its verdict written into it, as PROCESS and HEADERS of spamd give it back (the server's
// README has the differences). With report_safe 0, and for ham: X-Spam fields in front, behind the mbox line
// and a leading Return-Path; older X-Spam fields removed but X-Spam-Prev ones; the subject marked and its
// original kept in X-Spam-Prev-Subject. With 1 or 2 spam becomes an attachment of a report (proto/wrap.h).
// All else stays byte for byte, and added lines end as the first line of the message does. Pure, linear,
// never fails; any bytes are a message.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/spam_headers.h"
#include "proto/verdict.h"

namespace xspamd {

// As it was sent: what stands in front (proto/preamble.h), and the message.
struct OriginalMail {
  std::string_view preamble;
  std::string_view message;
};

struct RewriteOptions {
  Points required;
  unsigned report_safe = 0;  // 0, 1 or 2
  std::string subject;       // of which "%s" is the original one; empty: the subject stays
  Marker marker;
  std::string preview;  // a text of the message, for the report
  std::size_t max_report = 16 * 1024;
  std::chrono::sys_seconds now{};  // of the report's Received field
  std::uint64_t random = 0;        // what no sender can guess
};

// head + body + tail is the new message; the body is a view into the original.
struct RewrittenMail {
  std::string head;
  std::string_view body;
  std::string tail;
  // What answers HEADERS: so many bytes of it. A client puts its own bytes behind them, from the first empty
  // line on: this ends where that one does, also where it is not the end of the header.
  std::size_t headers = 0;
};

RewrittenMail rewrite(const OriginalMail& original, const Verdict& verdict, const RewriteOptions& options);

// The subject `pattern` with the original for its "%s", which is not put in front of a subject that has it.
// Seven bits but for the original.
std::string marked_subject(std::string_view pattern, std::string_view original);

}  // namespace xspamd
