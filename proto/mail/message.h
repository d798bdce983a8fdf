// Message: one mail message (RFC 5322, MIME) as a buffer and flat vectors: fields, parts, texts, URLs, files.
// Immutable, safe to read from any thread. The views point into its own buffer, so it is neither copied nor
// moved but held by unique_ptr. Look-ups by name ignore ASCII case and cost a binary search.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/limits.h"
#include "proto/base/suffix.h"
#include "proto/mail/contents.h"
#include "proto/mail/header.h"
#include "proto/mail/mime.h"

namespace xspamd {

class Message {
 public:
  Message(std::string bytes, const Limits& limits, const Suffixes& suffixes);
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  std::string_view raw() const { return bytes_; }
  std::string_view header_block() const { return header_.block; }
  std::string_view body() const { return raw().substr(header_.body_at); }

  const std::vector<Field>& fields() const { return header_.fields; }
  std::size_t field_count() const { return header_.count; }  // those over the limit included
  const Field* first(std::string_view name) const;           // nullptr if there is none
  std::vector<const Field*> all(std::string_view name) const;

  const std::vector<Part>& parts() const { return mime_.parts; }  // the first is the message itself
  const std::vector<Text>& texts() const { return contents_.texts; }
  const std::vector<Url>& urls() const { return contents_.urls; }
  const std::vector<Attachment>& attachments() const { return contents_.attachments; }

  // Of its header, its structure and its limits; what the headers of parts do wrong stands with the parts.
  Defects defects() const { return defects_; }
  // Valid UTF-8 without angle brackets; empty if there is none (RFC 5322 §3.6.4).
  const std::string& message_id() const { return message_id_; }

 private:
  struct Entry {
    std::uint64_t hash = 0;  // of the name in lower case
    std::size_t position = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  Message(std::string bytes, const Limits& limits, const Suffixes& suffixes, mail::Charsets&& charsets);

  std::string bytes_;
  Header header_;
  Mime mime_;
  Contents contents_;
  Defects defects_;
  std::vector<Entry> index_;  // sorted
  std::string message_id_;
};

std::unique_ptr<const Message> parse_message(std::string body, const Limits& limits,
                                             const Suffixes& suffixes);

}  // namespace xspamd
