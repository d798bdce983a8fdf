// What `xspamc` in place of spamc 4.0.1 asks, prints and ends with. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/request.h"
#include "server/client/spamd_reply.h"
#include "server/client/tell.h"

namespace xspamd::client {

enum class Report { report, revoke };  // spamc -C

// What was asked for. Several may be: then spamc asks for the first of this list that it knows.
struct Wanted {
  std::optional<Lesson> lesson;  // -L
  std::optional<Report> report;  // -C
  bool check = false;            // -c
  bool full_if_spam = false;     // -r
  bool full = false;             // -R
  bool tests = false;            // -y
  bool ping = false;             // -K
  bool headers = false;          // --headers

  bool exit_code = false;                 // -E
  bool strict = false;                    // -x: no safe fall-back
  bool unavailable_is_temporary = false;  // -X
};

Command command_of(const Wanted& wanted);
std::optional<Tell> tell_of(const Wanted& wanted);
SpamdReplyReader::Shape shape_of(const Wanted& wanted);

// What comes out, but for the message's own body behind new headers (--headers).
std::string printed(const Wanted& wanted, const SpamdReply& reply);
int exit_status(const Wanted& wanted, const SpamdReply& reply);

// The body that --headers puts back: behind the first empty line, empty when there is none.
std::string_view body_of(std::string_view message);

// Where there is no answer: what is printed instead, and whether the message itself is.
struct FallBack {
  std::string_view text;
  bool message = false;
  int status = 0;
};
FallBack fall_back(const Wanted& wanted, int failure, bool too_large);

}  // namespace xspamd::client
