#include "rules/lists/mailboxes.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/message.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostAddresses = 100;
constexpr std::size_t kMostLocal = 64;    // RFC 5321 §4.5.3.1.1
constexpr std::size_t kMostDomain = 253;  // RFC 1035 §2.3.4

bool is_letter(char c) {
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'z';
}

// atext of RFC 5322 §3.2.3 as far as mailboxes have it, and the dot.
bool is_local(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("._+-=&'").find(c) != std::string_view::npos;
}

bool is_domain(char c) {
  return is_letter(c) || is_digit(c) || c == '.' || c == '-';
}

bool is_host(std::string_view domain) {
  return domain.find('.') != std::string_view::npos && domain.find("..") == std::string_view::npos &&
         !domain.starts_with('.');
}

// The address around the "@" at `at`; its parts may be empty.
Mailbox address_around(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < kMostLocal && is_local(text[begin - 1]))
    --begin;
  std::size_t end = at + 1;
  while (end < text.size() && end - at <= kMostDomain && is_domain(text[end]))
    ++end;
  while (end > at + 1 && !is_letter(text[end - 1]) && !is_digit(text[end - 1]))
    --end;
  return {{}, std::string(text.substr(begin, at - begin)), to_lower(text.substr(at + 1, end - at - 1))};
}

}  // namespace

std::vector<Mailbox> addresses_in_texts(const Message& message) {
  std::vector<Mailbox> found;
  for (const Text& text : message.texts()) {
    if (text.is_attached) continue;
    const std::string_view visible = text.visible;
    for (std::size_t at = visible.find('@'); at != std::string_view::npos; at = visible.find('@', at + 1)) {
      Mailbox mailbox = address_around(visible, at);
      const bool complete = !mailbox.local.empty() && is_host(mailbox.domain);
      if (complete) found.push_back(std::move(mailbox));
      if (found.size() >= kMostAddresses) return found;
    }
  }
  return found;
}

std::string canonical_mailbox(std::string_view local, std::string_view domain) {
  std::string name = to_lower(local.substr(0, local.find('+')));
  if (name.empty()) name = to_lower(local);
  const bool gmail = domain == "gmail.com" || domain == "googlemail.com";
  if (gmail) std::erase(name, '.');
  return name + "@" + (gmail ? "gmail.com" : std::string(domain));
}

}  // namespace xspamd
