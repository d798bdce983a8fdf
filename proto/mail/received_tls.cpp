#include "proto/mail/received_tls.h"

#include "proto/base/text.h"
#include "proto/mail/header.h"

namespace xspamd::mail {

namespace {

constexpr bool is_between(char c) {
  return is_blank(c) || c == ',' || c == ';';
}

// The next word of a comment; commas and semicolons divide as blanks do.
std::string_view take_word(std::string_view& text) {
  std::size_t begin = 0;
  while (begin < text.size() && is_between(text[begin]))
    ++begin;
  std::size_t end = begin;
  while (end < text.size() && !is_between(text[end]))
    ++end;
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

// "TLS1.2:CIPHER:256", "TLS1.3", or with `cipher` a cipher alone. False when it is none of these.
bool take_pair(std::string_view word, bool cipher, ReceivedTls& tls) {
  const std::size_t colon = word.find(':');
  std::string version = uniform_tls(word.substr(0, colon));
  if (version.empty()) {
    if (!cipher || iequals(word, "NONE") || iequals(word, "OTHER")) return false;
    if (tls.cipher.empty()) tls.cipher = header_text(word);
    return true;
  }
  if (tls.version.empty()) tls.version = std::move(version);
  if (colon != std::string_view::npos && tls.cipher.empty()) {
    const std::string_view rest = word.substr(colon + 1);
    tls.cipher = header_text(rest.substr(0, rest.find(':')));
  }
  return true;
}

// Courier: "TLS: TLSv1/SSLv3, 168bits,DES-CBC3-SHA". What it calls TLSv1 is the family of the cipher, which
// OpenSSL names so for all that SSL 3 to TLS 1.1 use.
void take_courier(std::string_view text, ReceivedTls& tls) {
  const std::string_view version = take_word(text);
  if (version.find('.') != std::string_view::npos) take_pair(version, false, tls);
  take_word(text);  // the bits
  const std::string_view cipher = take_word(text);
  if (!cipher.empty() && tls.cipher.empty()) tls.cipher = header_text(cipher);
}

}  // namespace

std::string uniform_tls(std::string_view text) {
  if (!istarts_with(text, "TLS") && !istarts_with(text, "SSL")) return {};
  std::string version(istarts_with(text, "TLS") ? "TLS" : "SSL");
  text.remove_prefix(3);
  const auto between = [](char c) {
    return to_lower(c) == 'v' || c == '_' || c == '-';
  };
  if (!text.empty() && between(text.front())) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return {};
  // "TLS13_AES_256_GCM_SHA384" is a cipher.
  if (text.size() > 1 && is_digit(text[1])) return {};
  version += text.front();
  const bool minor = text.size() > 2 && (text[1] == '.' || text[1] == '_') && is_digit(text[2]);
  version += '.';
  version += minor ? text[2] : '0';
  return version;
}

void read_tls_comment(std::string_view comment, ReceivedTls& tls) {
  constexpr std::string_view kCourier = "TLS: ";
  const bool login = comment.starts_with("AUTH: ");
  if (login || comment.starts_with(kCourier)) {
    const std::size_t courier = comment.find(kCourier);
    if (courier == std::string_view::npos) return;
    tls.used = true;
    return take_courier(comment.substr(courier + kCourier.size()), tls);
  }
  const std::string_view first = take_word(comment);
  if (iequals(first, "TLS") || iequals(first, "SSL") || take_pair(first, false, tls)) tls.used = true;
  bool told = tls.used || iequals(first, "using");
  std::string_view before;
  for (std::string_view word = first; !word.empty(); before = word, word = take_word(comment)) {
    if (iequals(before, "using")) take_pair(word, false, tls);
    if (iequals(before, "cipher") || iequals(before, "tls_cipher")) told |= take_pair(word, true, tls);
    if (iequals(word, "encrypted")) told |= take_pair(before, true, tls);
    if (istarts_with(word, "version=")) told |= take_pair(word.substr(8), false, tls);
    if (istarts_with(word, "cipher=")) told |= take_pair(word.substr(7), true, tls);
  }
  tls.used |= told && !(tls.version.empty() && tls.cipher.empty());
}

}  // namespace xspamd::mail
