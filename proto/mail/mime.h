// The structure of a message (RFC 2045, 2046): its parts as a flat vector in the order in which they begin,
// the message itself first. Views into the given bytes, or, where a container was itself encoded, into
// buffers that Mime owns (three times the message at most). Line ends may be LF, CRLF, CR and mixed. Bounded
// by Limits::parts, depth and headers: what is over a limit stays one unread leaf, and a defect says so. A
// multipart without boundary is read by the one its first line shows, if it does; else it, and one whose
// boundary never occurs, is a text/plain leaf, as mail programs show it. What stands uuencoded or yEncoded in
// a text follows the text as a child of type application/octet-stream; the text keeps it too. Never fails.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/limits.h"
#include "proto/mail/charset.h"
#include "proto/mail/header.h"
#include "proto/mail/parameters.h"

namespace xspamd {

enum class TransferEncoding { identity, base64, quoted_printable, uuencode, yenc };

std::string_view name(TransferEncoding encoding);  // "7bit", "base64", "quoted-printable", ...

struct Part {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::size_t parent = kNone;  // index of the part around it
  std::size_t depth = 0;       // 0 for the message itself
  std::size_t children = 0;
  std::string type = "text/plain";  // as it is read, in lower case: the default of RFC 2045 §5.2 or RFC 2046
                                    // §5.1.5 (message/rfc822 in a digest) where there is none
  bool declared = false;            // whether a Content-Type said so
  std::string charset;              // lower case, empty if not given
  std::string file_name;    // of Content-Disposition, else the name of Content-Type; UTF-8 on one line
  std::string disposition;  // lower case: "attachment", "inline", ...; empty if there is none
  std::string content_id;   // without angle brackets
  TransferEncoding encoding = TransferEncoding::identity;
  Header header;            // its own fields; empty for what stood uuencoded or yEncoded in a text
  std::string_view body;    // as it came, still encoded, without the line end that belongs to the boundary
  std::string_view before;  // of a multipart: what stands before the first boundary
  std::string_view after;   // and what stands behind the last
  Defects defects;

  bool is_multipart() const { return type.starts_with("multipart/"); }
  // A multipart or message that was split; its children follow it. A text with children is none: it is read
  // too.
  bool is_container() const { return children > 0 && !is_text(); }
  bool is_text() const { return type.starts_with("text/"); }
};

struct Mime {
  Mime() = default;
  Mime(Mime&&) = default;
  Mime& operator=(Mime&&) = default;
  Mime(const Mime&) = delete;
  Mime& operator=(const Mime&) = delete;

  std::vector<Part> parts;          // never empty
  std::deque<std::string> buffers;  // the views of parts may point into these, so Mime is not copied
  Defects defects;                  // those of all parts and headers
};

// `header` is that of the whole message, as parse_header() gave it for `message`.
Mime parse_mime(std::string_view message, const Header& header, const Limits& limits,
                mail::Charsets& charsets);

// The body without its transfer encoding; at most `most` bytes. What cannot be decoded is left out.
// For multiparts and containers the bytes as they came.
std::string decoded_body(const Part& part, std::size_t most);

}  // namespace xspamd
