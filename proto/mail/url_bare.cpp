#include "proto/mail/url_bare.h"

#include <algorithm>
#include <iterator>

#include "proto/base/text.h"
#include "proto/mail/url_characters.h"

namespace xspamd::urls {

namespace {

// In front of a name these make it a part of a path, an address, an expression.
constexpr std::string_view kJoining = "/.@+&#%$~^";

// Top-level domains of the root zone (iana.org/domains/root/db) that are more often the extension of
// a file: Markdown, Python, shell, Rust, shared objects, archives, films, PostScript, Perl.
constexpr std::string_view kExtensions[] = {"md", "mov", "pm", "ps", "py", "rs", "sh", "so", "zip"};

// With one of these in front a name is that of a program's package, the other way round.
constexpr std::string_view kReversed[] = {"com", "net", "org"};

template <std::size_t Size>
bool is_among(const std::string_view (&words)[Size], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// "i.am", "5.in": too short to tell.
bool is_short(std::string_view first) {
  return first.size() == 1 || (first.size() == 2 && std::all_of(first.begin(), first.end(), is_digit));
}

}  // namespace

bool may_begin_bare(std::string_view text, std::size_t at) {
  while (at > 0 && (text[at - 1] == '-' || text[at - 1] == '_'))
    --at;
  return at == 0 || kJoining.find(text[at - 1]) == std::string_view::npos;
}

bool is_meant_bare(const Host& host, bool has_tail) {
  if (!host.known || !host.has_dot() || !is_well_formed(host.name, true)) return false;
  if (host.obfuscated) return true;
  const std::string_view last = host.last_label();
  if (begins_sentence(last)) return false;
  if (has_tail) return true;
  const std::string_view first = host.name.substr(0, host.name.find('.'));
  const bool two_labels = first.size() + 1 + last.size() == host.name.size();
  if (!two_labels) return !is_among(kReversed, first);
  return !is_among(kExtensions, last) && !(last.size() == 2 && is_short(first));
}

}  // namespace xspamd::urls
