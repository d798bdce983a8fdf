// Header fields: splitting (RFC 5322 §2.2), unfolding (§2.2.3) and encoded words (RFC 2047). Line ends may be
// LF, CRLF or both. A bare CR ends a line only in a text without any LF: no mail server hands over such a
// message (SMTP ends each with LF, and the Received line in front of it too), so it is a file that was given
// to us as it lay there. Wherever there is one LF a bare CR is a byte of its line, as it is for the MTA: were
// it more, a sender could show us fields or a body that the MTA never saw. A line that is no field (no colon,
// or a name with bytes outside 33 to 126) ends the header and begins the body, as in Exim, Postfix and
// Sendmail, for the same reason. Blanks before the colon are obsolete (§4.5) and accepted. Linear, views into
// the given bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proto/mail/charset.h"
#include "proto/mail/defect.h"

namespace xspamd {

// `value` is all after the colon as it came, folding included, without the last line end.
struct Field {
  std::string_view name;
  std::string_view value;

  // The field as it came, blanks before the colon included.
  std::string_view raw() const {
    return {name.data(), static_cast<std::size_t>(value.data() + value.size() - name.data())};
  }
};

struct Header {
  std::string_view block;     // all fields with their line ends, without the empty line
  std::size_t body_at = 0;    // where the body begins
  std::size_t count = 0;      // of all fields
  std::vector<Field> fields;  // the first `most`
  Defects defects;
};

Header parse_header(std::string_view message, std::size_t most);
// Valid UTF-8 on one line: unfolded, encoded words and 8-bit text converted.
std::string decoded(const Field& field);
// The same; for all fields of a message, where it saves the time to open converters anew for each.
std::string decoded(const Field& field, mail::Charsets& charsets);

namespace mail {

// Each line end with the blanks around it becomes one blank; blanks at both ends go. Bytes are kept.
std::string unfold(std::string_view raw);
// RFC 2047 to UTF-8. Text of adjacent words of one charset is joined before it is converted, as encoders cut
// inside characters. Words that are broken stay as they stand. Raw 8-bit text: as header_text.
// With two converters of its own, or those of the caller.
std::string decode_words(std::string_view unfolded);
std::string decode_words(std::string_view unfolded, Charsets& charsets);
// Raw bytes as UTF-8: well-formed UTF-8 stays, else windows-1252. NULs go, CR and LF become blanks.
std::string header_text(std::string_view raw);
// Length of the encoded word at the start of `text`, 0 if there is none.
std::size_t encoded_word_length(std::string_view text);

}  // namespace mail
}  // namespace xspamd
