// Message: one mail message (RFC 5322) as a buffer and flat vectors of views into it. Immutable, safe to read
// from any thread. The views point into its own buffer, so it is neither copied nor moved but held by
// unique_ptr. Look-ups by name ignore ASCII case and cost a binary search.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/limits.h"
#include "proto/mail/header.h"

namespace xspamd {

class Message {
 public:
  Message(std::string bytes, const Limits& limits);
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  std::string_view raw() const { return bytes_; }
  std::string_view header_block() const { return header_.block; }
  std::string_view body() const { return raw().substr(header_.body_at); }

  const std::vector<Field>& fields() const { return header_.fields; }
  std::size_t field_count() const { return header_.count; }  // those over the limit included
  const Field* first(std::string_view name) const;           // nullptr if there is none
  std::vector<const Field*> all(std::string_view name) const;

  Defects defects() const { return header_.defects; }
  // Valid UTF-8 without angle brackets; empty if there is none (RFC 5322 §3.6.4).
  const std::string& message_id() const { return message_id_; }

 private:
  struct Entry {
    std::uint64_t hash = 0;  // of the name in lower case
    std::size_t position = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  std::string bytes_;
  Header header_;
  std::vector<Entry> index_;  // sorted
  std::string message_id_;
};

std::unique_ptr<const Message> parse_message(std::string body, const Limits& limits);

// One line a field, then the body's size and the defects: for tests and for looking at.
std::string dump(const Message& message);

}  // namespace xspamd
