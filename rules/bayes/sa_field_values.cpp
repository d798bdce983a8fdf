#include "rules/bayes/sa_field_values.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "rules/bayes/sa_words.h"

namespace xspamd::bayes {

namespace {

constexpr std::size_t kMostMailboxes = 50;

constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}
constexpr bool is_small_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

// A mask has "h" for a small hexadecimal digit, "x" for a letter or digit, "9" for a digit; all else stands
// for itself. Whether the text begins so.
bool begins_like(std::string_view text, std::string_view mask) {
  if (text.size() < mask.size()) return false;
  return std::equal(mask.begin(), mask.end(), text.begin(), [](char wanted, char c) {
    if (wanted == 'h') return is_small_hex(c);
    if (wanted == 'x') return is_alphanumeric(c);
    if (wanted == '9') return is_digit(c);
    return wanted == c;
  });
}

void append(std::string& to, std::string_view mark, std::string_view word) {
  if (!to.empty()) to += ' ';
  to.append(mark).append(word);
}

// Letters of a domain as they came: the parser gives them small.
std::string_view as_written(std::string_view value, std::string_view domain) {
  const std::size_t at = domain.empty() ? std::string_view::npos : ifind(value, domain);
  return at == std::string_view::npos ? domain : value.substr(at, domain.size());
}

// Length of the counter in front of a Message-ID's domain, 0 if there is none that is known.
std::size_t counter_length(std::string_view id) {
  constexpr std::string_view kExim = "<xxxxxxx-xxxxxx-0x@";
  constexpr std::string_view kSendmail = "<20999999999999.";  // the time to the second
  if (begins_like(id, kExim)) return kExim.size();
  if (!begins_like(id, kSendmail)) return 0;
  const std::size_t at = std::min(id.find('@'), id.size());
  const std::string_view number = id.substr(0, at).substr(kSendmail.size());
  const bool is_number =
      std::all_of(number.begin(), number.end(), [](char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); });
  return at < id.size() && is_number && number.size() >= 10 && number.size() <= 12 ? at + 1 : 0;
}

// Of Outlook Express: a time, a place and an address, of which some digits tell of the machine.
constexpr std::string_view kOutlook = "<hhhhhhhhhhhh$hhhhhhhh$hhhhhhhh@";

// Length of the IPv4 address at the start of a text, and of its first three numbers; 0 if there is none.
struct Quad {
  std::size_t network = 0;
  std::size_t length = 0;
};
Quad read_quad(std::string_view text) {
  Quad quad;
  for (int number = 0; number < 4; ++number) {
    std::size_t digits = 0;
    while (quad.length + digits < text.size() && is_digit(text[quad.length + digits]))
      ++digits;
    if (digits == 0 || digits > 3) return {};
    quad.length += digits;
    if (number == 2) quad.network = quad.length;
    if (number == 3) break;
    if (quad.length == text.size() || text[quad.length] != '.') return {};
    ++quad.length;
  }
  return quad;
}

// Behind "id": the letters that are left out.
std::size_t id_length(std::string_view text) {
  constexpr std::size_t kLeast = 7;
  constexpr std::size_t kMost = 20;
  const auto* end = std::find_if_not(text.begin(), text.end(), is_alphanumeric);
  const auto length = static_cast<std::size_t>(end - text.begin());
  const bool whole = length == text.size() || text[length] != '_';
  return whole && length >= kLeast && length <= kMost ? length : 0;
}

}  // namespace

std::string sa_addresses(std::string_view value) {
  std::string pieces;
  for (const Mailbox& mailbox : parse_addresses(value, kMostMailboxes)) {
    for (const std::string_view word : split(mailbox.name, ' '))
      if (!word.empty()) append(pieces, "N*", word);
    if (mailbox.local.empty() || mailbox.domain.empty()) continue;
    append(pieces, "U*", mailbox.local);
    for_each_level(as_written(value, mailbox.domain),
                   [&](std::string_view domain) { append(pieces, "D*", domain); });
  }
  return pieces;
}

std::string sa_message_ids(std::string_view value) {
  std::string pieces;
  for (std::size_t at = 0; at < value.size();) {
    const std::string_view rest = value.substr(at);
    if (begins_like(rest, kOutlook)) {
      append(pieces, "OEA", rest.substr(1, 4));
      append(pieces, "OEB", rest.substr(14, 4));
      append(pieces, "OEC", rest.substr(23, 8));
      pieces += ' ';
      at += kOutlook.size();
    } else if (const std::size_t counter = value[at] == '<' ? counter_length(rest) : 0; counter > 0) {
      at += counter;
    } else {
      pieces += is_alphanumeric(value[at]) || value[at] == '_' ? value[at] : ' ';
      ++at;
    }
  }
  return pieces;
}

std::string sa_received(std::string_view value) {
  value = value.substr(0, value.rfind(';'));
  std::string pieces;
  for (std::size_t at = 0; at < value.size();) {
    const std::string_view rest = value.substr(at);
    const bool begins_word = at == 0 || !(is_alphanumeric(value[at - 1]) || value[at - 1] == '_');
    const Quad quad = begins_word && is_digit(value[at]) ? read_quad(rest) : Quad();
    if (quad.length > 0) {
      pieces.append(rest.substr(0, quad.network)).append(" ip*").append(rest.substr(0, quad.length)) += ' ';
      at += quad.length;
      continue;
    }
    if (begins_word && rest.starts_with("id "))
      at += 3 + id_length(rest.substr(3));
    else
      pieces += value[at++];
  }
  return pieces;
}

std::string sa_content_type(std::string_view value) {
  constexpr std::string_view kBoundary = "boundary=";
  const std::size_t at = ifind(value, kBoundary);
  const std::size_t open = at == std::string_view::npos ? at : at + kBoundary.size();
  if (open >= value.size() || (value[open] != '"' && value[open] != '\'')) return std::string(value);
  const std::size_t close = value.find_first_of("\"'", open + 1);
  if (close == std::string_view::npos) return std::string(value);
  std::string pieces = std::string(value.substr(0, at)) + ' ';
  pieces += value.substr(close + 1);
  for (const char c : value.substr(open + 1, close - open - 1)) {
    constexpr std::string_view kMarks = "-_.=";
    const bool is_mark = kMarks.find(c) != std::string_view::npos;
    const bool after_mark = kMarks.find(pieces.back()) != std::string_view::npos;
    if (is_mark != after_mark) pieces += ' ';
    pieces += hex_value(c) >= 0 ? 'H' : c;
  }
  return pieces;
}

}  // namespace xspamd::bayes
