// Everything that reads the header of a message, on any bytes: text comes out as UTF-8, views stay inside the
// message, nothing is lost between header and body, and a bare CR makes no field.
#include <cstdint>

#include "proto/base/text.h"
#include "proto/bsmtp.h"
#include "proto/mail/address.h"
#include "proto/mail/charset.h"
#include "proto/mail/date.h"
#include "proto/mail/domain.h"
#include "proto/mail/encoding.h"
#include "proto/mail/header.h"
#include "proto/mail/list.h"
#include "proto/mail/received.h"
#include "proto/preamble.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

bool inside(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void check_domain(const std::string& domain) {
  require(mail::same_domain(domain, domain));
  const std::string ascii = mail::ascii_domain(domain);
  require(is_utf8(ascii) || !is_utf8(domain));
  if (!ascii.ends_with('.')) require(mail::ascii_domain(ascii) == ascii);
}

void check_addresses(std::string_view text) {
  constexpr std::size_t kMost = 50;
  const auto mailboxes = parse_addresses(text, kMost);
  require(mailboxes.size() <= kMost);
  for (const Mailbox& mailbox : mailboxes) {
    require(is_utf8(mailbox.name) && is_utf8(mailbox.local) && is_utf8(mailbox.domain));
    parse_path(mailbox.address());
    check_domain(mailbox.domain);
  }
  const Mailbox path = parse_path(text);
  require(is_utf8(path.address()));
}

void check_received(std::string_view text) {
  const auto received = parse_received(text);
  if (!received) return;
  for (const std::string& value :
       {received->from, received->helo, received->rdns, received->by, received->via, received->with,
        received->id, received->envelope_for, received->user, received->tls_version, received->tls_cipher})
    require(is_utf8(value) && value.find('\n') == std::string::npos);
  require(received->tls || received->tls_version.empty());
}

void check_dates(std::string_view text) {
  const auto strict = parse_date(text);
  const auto any = parse_any_date(text);
  require(!strict || (any && any->at == strict->at && any->offset_minutes == strict->offset_minutes));
  if (any) require(std::abs(any->offset_minutes) < 24 * 60);
}

void check_lists(std::string_view text) {
  constexpr std::size_t kMost = 20;
  mail::Charsets charsets;
  const auto ids = mail::parse_ids(text, kMost);
  const auto phrases = mail::parse_phrases(text, kMost, charsets);
  require(ids.size() <= kMost && phrases.size() <= kMost);
  for (const auto& list : {ids, phrases}) {
    for (const std::string& item : list)
      require(!item.empty() && is_utf8(item));
  }
}

void check_text(std::string_view text) {
  require(mail::decode_quoted_printable(text).size() <= text.size());
  require(is_utf8(mail::to_utf8(text, text.substr(0, text.find(' ')))));
  const std::string unfolded = mail::unfold(text);
  require(unfolded.find_first_of("\r\n") == std::string::npos && mail::unfold(unfolded) == unfolded);
  check_addresses(text);
  check_received(text);
  check_dates(text);
  check_lists(text);
}

// Taking the preamble off a request leaves the message and fills only what is empty.
void check_preamble(std::string_view bytes, const Preamble& preamble) {
  Request request;
  request.dialect = Dialect::spamc;
  request.body = bytes;
  take_preamble(request);
  std::string message(bytes.substr(preamble.length));
  if (preamble.batch) unstuff(message);
  require(request.body == message && message.size() <= bytes.size());
  require(request.envelope.sender == preamble.sender.value_or(""));
  require(request.envelope.recipients == preamble.recipients);
  require(request.envelope.helo == preamble.helo);
}

// RFC 5321 §4.5.2: what a client stuffs, a server takes out.
void check_dots(std::string_view bytes) {
  const std::string text = std::string(bytes) + '\n';
  std::string stuffed;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '.' && (at == 0 || text[at - 1] == '\n')) stuffed += '.';
    stuffed += text[at];
  }
  stuffed += ".\nQUIT\n";
  unstuff(stuffed);
  require(stuffed == text);
}

void check_header(std::string_view message) {
  constexpr std::size_t kMost = 20;
  const Header header = parse_header(message, kMost);
  const std::string_view body = message.substr(header.body_at);
  require(header.fields.size() <= kMost && header.fields.size() <= header.count);
  require(inside(header.block, message) && header.block.size() + body.size() <= message.size());
  const bool lines = message.find('\n') != std::string_view::npos;
  mail::Charsets charsets;
  for (const Field& field : header.fields) {
    require(!field.name.empty() && inside(field.raw(), header.block));
    const bool first = field.name.data() == message.data();
    require(first || field.name.data()[-1] == (lines ? '\n' : '\r'));
    require(is_utf8(decoded(field)) && decoded(field, charsets).find('\n') == std::string::npos);
    check_text(mail::unfold(field.value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Preamble preamble = read_preamble(bytes);
  require(preamble.length <= bytes.size());
  check_preamble(bytes, preamble);
  check_dots(bytes);
  check_header(bytes.substr(preamble.length));
  check_text(bytes);
  return 0;
}
