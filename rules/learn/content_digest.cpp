#include "rules/learn/content_digest.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/header.h"
#include "proto/mail/message.h"
#include "rules/auth/crypto.h"

namespace xspamd {

namespace {

constexpr std::size_t kDigest = 16;

void add_field(const Message& message, std::string_view name, auth::Digest& digest) {
  const Field* field = message.first(name);
  digest.add(field == nullptr ? std::string_view() : trim(mail::unfold(field->value)));
  digest.add("\n");
}

// Without carriage returns, and without the empty lines at the end, which are lost and added on the way.
void add_body(std::string_view body, auth::Digest& digest) {
  const std::size_t end = body.find_last_not_of("\r\n");
  body = body.substr(0, end == std::string_view::npos ? 0 : end + 1);
  while (!body.empty()) {
    const std::size_t cr = std::min(body.find('\r'), body.size());
    digest.add(body.substr(0, cr));
    body.remove_prefix(std::min(cr + 1, body.size()));
  }
}

bool is_original(const Part& part) {
  for (const Field& field : part.header.fields) {
    if (!iequals(field.name, "Content-Type")) continue;
    const std::string value = to_lower(mail::unfold(field.value));
    return value.find("x-spam-type=original") != std::string::npos;
  }
  return false;
}

}  // namespace

std::string content_digest(const Message& message) {
  auth::Digest digest(auth::Hash::sha256);
  for (const std::string_view name : {"From", "Date", "Message-ID"})
    add_field(message, name, digest);
  // A filter that marks the subject keeps the writer's own.
  add_field(message, message.first("X-Spam-Prev-Subject") == nullptr ? "Subject" : "X-Spam-Prev-Subject",
            digest);
  add_body(message.body(), digest);
  return digest.finish().substr(0, kDigest);
}

std::optional<std::string> wrapped_original(const Message& message) {
  if (message.first("X-Spam-Checker-Version") == nullptr) return std::nullopt;
  for (const Part& part : message.parts()) {
    if (is_original(part)) return decoded_body(part, message.raw().size());
  }
  return std::nullopt;
}

}  // namespace xspamd
