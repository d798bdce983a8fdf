// Encoded words (RFC 2047) around text that needs none, which hides it from filters, and bytes
// that stand without one.
#include <array>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/check.h"

namespace xspamd {

namespace {

struct Row {
  std::string_view field;
  Symbol base64;
  Symbol quoted;
  Symbol raw;
};
constexpr Points kBase64{1500};
constexpr Points kQuoted{1200};
constexpr Points kRaw{1000};
constexpr std::array<Row, 5> kRows{
    {{"Subject",
      {"SUBJ_EXCESS_BASE64", kBase64, "The Subject is plain text hidden in base64"},
      {"SUBJ_EXCESS_QP", kQuoted, "The Subject is plain text encoded without need"},
      {"SUBJECT_NEEDS_ENCODING", kRaw, "The Subject holds bytes that had to be encoded"}},
     {"From",
      {"FROM_EXCESS_BASE64", kBase64, "The From header is plain text hidden in base64"},
      {"FROM_EXCESS_QP", kQuoted, "The From header is plain text encoded without need"},
      {"FROM_NEEDS_ENCODING", kRaw, "The From header holds bytes that had to be encoded"}},
     {"To",
      {"TO_EXCESS_BASE64", kBase64, "The To header is plain text hidden in base64"},
      {"TO_EXCESS_QP", kQuoted, "The To header is plain text encoded without need"},
      {"TO_NEEDS_ENCODING", kRaw, "The To header holds bytes that had to be encoded"}},
     {"Cc",
      {"CC_EXCESS_BASE64", kBase64, "The Cc header is plain text hidden in base64"},
      {"CC_EXCESS_QP", kQuoted, "The Cc header is plain text encoded without need"},
      {}},
     {"Reply-To",
      {"REPLYTO_EXCESS_BASE64", kBase64, "The Reply-To header is plain text hidden in base64"},
      {"REPLYTO_EXCESS_QP", kQuoted, "The Reply-To header is plain text encoded without need"},
      {}}}};

constexpr auto kSymbols = [] {
  std::array<Symbol, 2 * kRows.size() + 3> symbols{};
  std::size_t place = 0;
  for (const Row& row : kRows) {
    for (const Symbol& symbol : {row.base64, row.quoted, row.raw}) {
      if (!symbol.name.empty()) symbols[place++] = symbol;
    }
  }
  return symbols;
}();

// Printable ASCII on one line, without what would look like an encoded word or a character of syntax.
bool needs_no_encoding(std::string_view text) {
  if (text.find("=?") != std::string_view::npos) return false;
  for (const char c : text) {
    if (is_control(c) || static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

// 'b' or 'q', or 0 when the field has no encoded word.
char encoding_of(std::string_view raw) {
  for (std::size_t at = raw.find("=?"); at != std::string_view::npos; at = raw.find("=?", at + 2)) {
    if (mail::encoded_word_length(raw.substr(at)) == 0) continue;
    const std::size_t mark = raw.find('?', at + 2);
    return to_lower(raw[mark + 1]);
  }
  return 0;
}

Hits run(const Mail& mail, Deadline) {
  Hits hits;
  for (const Row& row : kRows) {
    const Field* field = mail.message.first(row.field);
    if (field == nullptr) continue;
    const char encoding = encoding_of(field->value);
    // RFC 6532: UTF-8 may stand as it is.
    if (encoding == 0 && !row.raw.name.empty() && !is_utf8(field->value)) hits.add(row.raw.name);
    if (encoding == 0 || !needs_no_encoding(decoded(*field))) continue;
    hits.add(encoding == 'b' ? row.base64.name : row.quoted.name);
  }
  return hits;
}

Result<Runner> make(conf::Section&, Services&) {
  return Runner{CpuCheck{run}};
}

}  // namespace

extern const Check encodings_check;
const Check encodings_check{.name = "encodings",
                            .group = "headers",
                            .about = "Header text that is encoded without need",
                            .phase = Phase::scan,
                            .after = {},
                            .symbols = kSymbols,
                            .make = make};

}  // namespace xspamd
