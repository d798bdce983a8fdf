// Everything that reads the header of a message, on any bytes: text comes out as UTF-8, views stay inside the
// message, and nothing is lost between header and body.
#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>

#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "proto/mail/charset.h"
#include "proto/mail/date.h"
#include "proto/mail/encoding.h"
#include "proto/mail/message.h"
#include "proto/mail/received.h"
#include "proto/preamble.h"

using namespace xspamd;

namespace {

void require(bool invariant) {
  if (!invariant) std::abort();
}

bool inside(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void check_addresses(std::string_view text) {
  constexpr std::size_t kMost = 50;
  const auto mailboxes = parse_addresses(text, kMost);
  require(mailboxes.size() <= kMost);
  for (const Mailbox& mailbox : mailboxes) {
    require(is_utf8(mailbox.name) && is_utf8(mailbox.local) && is_utf8(mailbox.domain));
    parse_path(mailbox.address());
  }
  const Mailbox path = parse_path(text);
  require(is_utf8(path.address()));
}

void check_received(std::string_view text) {
  const auto received = parse_received(text);
  if (!received) return;
  for (const std::string& value : {received->helo, received->rdns, received->by, received->with, received->id,
                                   received->envelope_for, received->user, received->tls_version})
    require(is_utf8(value));
}

void check_text(std::string_view text) {
  require(mail::decode_quoted_printable(text).size() <= text.size());
  require(is_utf8(mail::to_utf8(text, text.substr(0, text.find(' ')))));
  check_addresses(text);
  check_received(text);
  if (const auto date = parse_date(text)) require(std::abs(date->offset_minutes) < 24 * 60);
}

// Taking the preamble off a request leaves the message and fills only what is empty.
void check_preamble(std::string_view bytes, const Preamble& preamble) {
  Request request;
  request.dialect = Dialect::spamc;
  request.body = bytes;
  take_preamble(request);
  require(request.body == bytes.substr(preamble.length));
  require(request.envelope.sender == preamble.sender.value_or(""));
  require(request.envelope.recipients == preamble.recipients);
}

void check_message(std::string bytes) {
  Limits limits;
  limits.headers = 20;
  const auto message = parse_message(std::move(bytes), limits);
  require(message->fields().size() <= limits.headers && message->fields().size() <= message->field_count());
  require(inside(message->header_block(), message->raw()) && inside(message->body(), message->raw()));
  require(message->header_block().size() + message->body().size() <= message->raw().size());
  for (const Field& field : message->fields()) {
    require(!field.name.empty() && inside(field.raw(), message->header_block()));
    require(message->first(field.name) != nullptr);
    require(message->all(field.name).front() == message->first(field.name));
    require(is_utf8(decoded(field)));
    check_text(mail::unfold(field.value));
  }
  require(is_utf8(message->message_id()) && is_utf8(dump(*message)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Preamble preamble = read_preamble(bytes);
  require(preamble.length <= bytes.size());
  check_preamble(bytes, preamble);
  check_message(std::string(bytes.substr(preamble.length)));
  check_text(bytes);
  return 0;
}
