#include "proto/mail/url_find.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/url_bare.h"
#include "proto/mail/url_characters.h"
#include "proto/mail/url_extent.h"
#include "proto/mail/url_text_host.h"

namespace xspamd {

namespace {

using namespace urls;

constexpr std::size_t kMostUser = 256;   // bytes in front of "@" in a URL
constexpr std::size_t kMostLocal = 128;  // bytes of an address's local part: RFC 5321 §4.5.3.1.1 and room

// How a scheme is written, and which it is; a longer spelling stands before those that end it.
struct Scheme {
  std::string_view written, meant;
  bool obfuscated = false;
};
constexpr Scheme kSchemes[] = {
    {"mailto", "mailto"},     {"https", "https"},      {"hxxps", "https", true}, {"h**ps", "https", true},
    {"htxps", "https", true}, {"ttps", "https", true}, {"http", "http"},         {"hxxp", "http", true},
    {"h**p", "http", true},   {"htxp", "http", true},  {"ttp", "http", true},    {"ftp", "ftp"},
    {"fxp", "ftp", true},
};

const Scheme* scheme_before(std::string_view text) {
  const char last = text.empty() ? '\0' : to_lower(text.back());
  if (last != 'p' && last != 's' && last != 'o') return nullptr;
  const auto* const found = std::find_if(std::begin(kSchemes), std::end(kSchemes), [&](const Scheme& scheme) {
    return text.size() >= scheme.written.size() &&
           iequals(text.substr(text.size() - scheme.written.size()), scheme.written);
  });
  return found == std::end(kSchemes) ? nullptr : found;
}

// What is known of a URL before its host is read.
struct Start {
  std::size_t begin = 0;  // of it in the text
  std::size_t host = 0;   // of its authority
  std::string_view scheme = "http";
  Sureness sureness = Sureness::bare;
  UrlTricks tricks;
};

bool is_www(std::string_view name) {
  if (!istarts_with(name, "www")) return false;
  std::size_t at = 3;
  while (at < name.size() && at < 5 && is_digit(name[at]))
    ++at;
  return at < name.size() && name[at] == '.';
}

// RFC 3986 §3.2.1: where the host begins behind "user:password@"; `at` if there is nobody.
std::size_t behind_user(std::string_view text, std::size_t at) {
  std::size_t behind = at;
  const std::size_t most = std::min(text.size(), at + kMostUser);
  for (std::size_t i = at; i < most; ++i) {
    const char c = text[i];
    if (!has(c, kTail) || c == '/' || c == '\\' || c == '?' || c == '#') break;
    if (c == '@') behind = i + 1;
  }
  return behind;
}

// "[2001:db8::1]" at `at`: its end, or `at`.
std::size_t ipv6_end(std::string_view text, std::size_t at) {
  constexpr std::size_t kLongest = 48;
  if (at >= text.size() || text[at] != '[') return at;
  const std::size_t end = text.substr(0, at + kLongest).find_first_not_of("0123456789abcdefABCDEF:.", at + 1);
  const bool closed = end != std::string_view::npos && text[end] == ']' &&
                      text.substr(at, end - at).find(':') != std::string_view::npos;
  return closed ? end + 1 : at;
}

// ":8080" at `at`: its end, or `at`. Without a number only in front of a path.
std::size_t port_end(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != ':') return at;
  std::size_t end = at + 1;
  while (end < text.size() && end - at <= 5 && is_digit(text[end]))
    ++end;
  const bool follows = end < text.size();
  if (end == at + 1) return follows && text[end] == '/' && !text.substr(at).starts_with("://") ? end : at;
  return follows && has(text[end], kLabel) ? at : end;
}

bool begins_tail(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  return text[at] == '/' || text[at] == '\\' || text[at] == '?' || text[at] == '#';
}

// A host of no known top-level domain must end like one: "http://intranet/" does, "http://a&b" does not.
bool ends_clean(std::string_view text, std::size_t at) {
  constexpr std::string_view kEnding = ":!.";
  if (at >= text.size() || begins_tail(text, at)) return true;
  if (text.substr(at).starts_with("..") && label_length(text, at + 2) != 0) return false;
  return !has(text[at], kTail) || kEnding.find(text[at]) != std::string_view::npos;
}

// Whether nothing in the text could be read aloud.
bool is_bare_punctuation(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = is_ascii(text[at]) ? Character{} : character_at(text, at);
    if (has(text[at], kAlnum)) return false;
    if (character.kind != Kind::stop && character.kind != Kind::zero_width && character.kind != Kind::dash)
      return false;
    at += character.length;
  }
  return true;
}

class Finder {
 public:
  Finder(std::string_view text, std::size_t most, const Suffixes& suffixes, TopLevels& levels)
      : text_(text), most_(most), suffixes_(suffixes), levels_(levels) {}

  void run();
  std::vector<FoundUrl> take() { return std::move(found_); }

 private:
  // Each looks around the trigger at a position and returns where the search goes on, which is behind it.
  std::size_t at_trigger(std::size_t at);
  std::size_t at_colon(std::size_t at);
  std::size_t at_dot(std::size_t begin, std::size_t at);
  std::size_t at_sign(std::size_t begin, std::size_t end);
  std::size_t at_bracket(std::size_t at);
  std::size_t at_w(std::size_t at);

  std::size_t mailto(const Start& start);
  std::size_t web(const Start& start);
  bool wrapped(const Start& start);
  bool take_host(const Start& start, std::size_t begin, std::size_t user_end, const Host& host);
  std::size_t local_begin(std::size_t end) const;
  bool keep(std::size_t begin, std::size_t end, std::string_view url, UrlTricks tricks);
  char before(std::size_t at) const { return at == 0 ? '\0' : text_[at - 1]; }

  std::string_view text_;
  std::size_t most_;
  const Suffixes& suffixes_;
  TopLevels& levels_;
  std::size_t floor_ = 0;  // the end of the last URL: no other begins in front of it
  std::vector<FoundUrl> found_;
};

void Finder::run() {
  std::size_t at = 0;
  while (found_.size() < most_) {
    while (at < text_.size() && !has(text_[at], kTrigger))
      ++at;
    if (at >= text_.size()) return;
    at = at_trigger(at);
  }
}

std::size_t Finder::at_trigger(std::size_t at) {
  switch (text_[at]) {
    case ':':
      return at_colon(at);
    case '@':
      return at_sign(at, at + 1);
    case '.':
      return at_dot(at, at);
    case '[':
    case '(':
    case '{':
      return at_bracket(at);
    case 'w':
    case 'W':
      return at_w(at);
    default:
      return character_at(text_, at).kind == Kind::wide_dot ? at_dot(at, at) : at + 1;
  }
}

// "http://", "http:\\", "http:/", "hxxp[:]//", "http:www.example.org", "mailto:".
std::size_t Finder::at_colon(std::size_t at) {
  const bool bracketed = before(at) == '[';
  const std::size_t scheme_end = bracketed ? at - 1 : at;
  const Scheme* const scheme = scheme_before(text_.substr(floor_, std::max(scheme_end, floor_) - floor_));
  if (!scheme) return at + 1;
  Start start{scheme_end - scheme->written.size(), at + 1, scheme->meant, Sureness::scheme, {}};
  if (scheme->obfuscated || bracketed) start.tricks.add(UrlTrick::obfuscated);
  std::size_t slashes = 0;
  const auto skip_slashes = [&] {
    for (; start.host < text_.size() && (text_[start.host] == '/' || text_[start.host] == '\\'); ++slashes) {
      if (text_[start.host++] == '\\') start.tricks.add(UrlTrick::backslash);
    }
  };
  skip_slashes();
  if (bracketed) {
    if (start.host >= text_.size() || text_[start.host] != ']') return at + 1;
    ++start.host;
    skip_slashes();
  }
  if (scheme->meant == "mailto") return mailto(start);
  if (slashes == 0) start.sureness = Sureness::bare;
  if (wrapped(start)) return floor_;
  return web(start);
}

// A name with at least one dot. `begin` is where the first separator begins; `at` was found.
std::size_t Finder::at_dot(std::size_t begin, std::size_t at) {
  if (at + 1 >= text_.size() || (text_[at] == '.' && is_space(text_[at + 1]))) return at + 1;
  Start start;
  start.begin = label_begin(text_, begin, floor_);
  while (start.begin < begin && (text_[start.begin] == '-' || text_[start.begin] == '_'))
    ++start.begin;
  if (start.begin == begin) return at + 1;
  start.host = start.begin;
  start.tricks.add(UrlTrick::no_scheme);
  const std::string_view rest = text_.substr(start.begin);
  const bool ftp = istarts_with(rest, "ftp.");
  if (ftp) start.scheme = "ftp";
  if (ftp || is_www(rest)) {
    start.sureness = Sureness::www;
    if (wrapped(start)) return floor_;
  } else if (!may_begin_bare(text_, start.begin)) {
    Host passed_over;
    read_host(text_, start.begin, start.sureness, levels_, passed_over);
    return std::max(passed_over.run_end, at + 1);
  }
  return std::max(web(start), at + 1);
}

// "example[.]org", "example (dot) org", "someone[at]example.org".
std::size_t Finder::at_bracket(std::size_t at) {
  const std::size_t begin = at > floor_ && text_[at - 1] == ' ' ? at - 1 : at;
  if (bracketed_length(text_, begin, "dot", '.') != 0) return at_dot(begin, at);
  const std::size_t sign = bracketed_length(text_, begin, "at", '@');
  return sign == 0 ? at + 1 : at_sign(begin, begin + sign);
}

// "www dot example dot com", "www . example . com".
std::size_t Finder::at_w(std::size_t at) {
  constexpr std::string_view kPrefix = "www ";
  if (!istarts_with(text_.substr(at, kPrefix.size()), kPrefix)) return at + 1;
  if (at > floor_ && has(text_[at - 1], kLabel)) return at + 1;
  Start start{at, at, "http", Sureness::www, {}};
  start.tricks.add(UrlTrick::no_scheme);
  return std::max(web(start), at + 1);
}

// RFC 6068 §2; "mailto://" is a common mistake.
std::size_t Finder::mailto(const Start& start) {
  std::size_t sign = start.host;
  const std::size_t most = std::min(text_.size(), start.host + kMostLocal);
  while (sign < most &&
         (has(text_[sign], kLocal) || (!is_ascii(text_[sign]) && label_length(text_, sign) != 0)))
    sign += is_ascii(text_[sign]) ? 1 : label_length(text_, sign);
  if (sign == start.host || sign >= text_.size() || text_[sign] != '@') return start.host;
  Host host;
  read_host(text_, sign + 1, Sureness::bare, levels_, host);
  if (!host.known || !host.has_dot() || !is_well_formed(host.name, true)) return host.run_end;
  std::size_t end = host.end;
  if (end < text_.size() && text_[end] == '?') end = tail_end(text_, end, before(start.begin));
  std::string url = "mailto:";
  url += text_.substr(start.host, sign + 1 - start.host);
  url += host.name;
  url += text_.substr(host.end, end - host.end);
  keep(start.begin, end, url, start.tricks);
  return end;
}

// Takes a URL that goes on in the next line. What is in angle brackets is read as a text of its own.
bool Finder::wrapped(const Start& start) {
  constexpr std::string_view kPrefix = "URL:";  // RFC 3986 appendix C
  std::size_t open = start.begin;
  if (open >= kPrefix.size() && iequals(text_.substr(open - kPrefix.size(), kPrefix.size()), kPrefix))
    open -= kPrefix.size();
  if (before(open) != '<') return false;
  const auto joined = unwrap(text_, start.begin);
  if (!joined) return false;
  Finder inside(joined->url, 1, suffixes_, levels_);
  inside.run();
  if (inside.found_.empty() || inside.found_.front().begin != 0) return false;
  if (!is_bare_punctuation(std::string_view(joined->url).substr(inside.found_.front().end))) return false;
  found_.push_back(std::move(inside.found_.front()));
  found_.back().begin = start.begin;
  found_.back().end = floor_ = joined->end;
  return true;
}

// Reads the authority and what follows it.
std::size_t Finder::web(const Start& start) {
  if (start.sureness == Sureness::scheme) {
    if (const std::size_t end = ipv6_end(text_, start.host); end != start.host) {
      Host host;
      host.begin = start.host;
      host.end = host.run_end = end;
      host.name = text_.substr(start.host, end - start.host);
      host.known = true;
      take_host(start, start.host, start.host, host);
      return std::max(end, floor_);
    }
  }
  const bool sure = start.sureness != Sureness::bare;
  const std::size_t begin = sure ? behind_user(text_, start.host) : start.host;
  Host host;
  read_host(text_, begin, start.sureness, levels_, host);
  const std::size_t next = std::max(host.run_end, start.host);
  // A name in front of "@" is the local part of an address.
  if (!sure && host.run_end < text_.size() && text_[host.run_end] == '@') return next;
  if (!take_host(start, start.host, begin, host)) return next;
  return floor_;
}

bool Finder::take_host(const Start& start, std::size_t begin, std::size_t user_end, const Host& host) {
  const std::size_t port = port_end(text_, host.end);
  std::size_t end = port;
  if (begins_tail(text_, port)) end = tail_end(text_, port, before(start.begin));
  switch (start.sureness) {
    case Sureness::bare:
      if (!is_meant_bare(host, end != host.end)) return false;
      break;
    case Sureness::www:
      if (!host.known || !host.has_dot() || !is_well_formed(host.name, true)) return false;
      break;
    case Sureness::scheme:
      if (!host.known && !ends_clean(text_, host.end)) return false;
      if (!host.name.starts_with('[') && !is_well_formed(host.name, false)) return false;
      break;
  }
  std::string url(start.scheme);
  url += "://";
  url += text_.substr(begin, user_end - begin);
  url += host.name;
  url += text_.substr(host.end, end - host.end);
  UrlTricks tricks = start.tricks;
  if (host.obfuscated) tricks.add(UrlTrick::obfuscated);
  if (host.foreign_dot) tricks.add(UrlTrick::encoded_host);
  return keep(start.begin, end, url, tricks);
}

// Looks back over a local part, which begins where the script begins that it is written in.
std::size_t Finder::local_begin(std::size_t end) const {
  const std::size_t least = std::max(floor_, end < kMostLocal ? 0 : end - kMostLocal);
  std::size_t at = end;
  while (at > least) {
    if (is_ascii(text_[at - 1])) {
      if (!has(text_[at - 1], kLocal)) break;
      --at;
      continue;
    }
    const Character character = character_before(text_, at, least);
    const bool whole = character.kind == Kind::unspaced ? at == end : character.kind == Kind::word;
    if (!whole && character.kind != Kind::wide) break;
    at -= character.length;
  }
  if (at == least && at > floor_) return end;  // too long to be one
  while (at < end && is_ascii(text_[at]) && !has(text_[at], kAlnum) && text_[at] != '_' && text_[at] != '+')
    ++at;
  return at;
}

// An address: `begin` and `end` are those of "@", or of what stands for it.
std::size_t Finder::at_sign(std::size_t begin, std::size_t end) {
  const std::size_t local = local_begin(begin);
  if (local == begin) return end;
  Host host;
  read_host(text_, end, Sureness::bare, levels_, host);
  if (!host.known || !host.has_dot() || !is_well_formed(host.name, true)) return std::max(host.run_end, end);
  std::string url = "mailto:";
  for (const char c : text_.substr(local, begin - local)) {
    if (c == '%') {
      url += "%25";
    } else if (c == '#') {
      url += "%23";
    } else {
      url += c;
    }
  }
  url += '@';
  url += host.name;
  UrlTricks tricks;
  if (host.obfuscated || end - begin > 1) tricks.add(UrlTrick::obfuscated);
  keep(local, host.end, url, tricks);
  return host.end;
}

bool Finder::keep(std::size_t begin, std::size_t end, std::string_view url, UrlTricks tricks) {
  const auto parsed = parse_url(url);
  if (!parsed) return false;
  auto made = make_url(*parsed, suffixes_);
  if (!made) return false;
  made->tricks.add(tricks);
  found_.push_back({std::move(*made), begin, end});
  floor_ = end;
  return true;
}

}  // namespace

std::vector<FoundUrl> find_urls(std::string_view utf8, std::size_t most, const Suffixes& suffixes) {
  TopLevels levels(suffixes);
  Finder finder(utf8, most, suffixes, levels);
  finder.run();
  return finder.take();
}

// It is, if nothing but white space, brackets, quotes and other punctuation stands around the first URL:
// "Click bank.example now" names a link, but does not pretend to be one.
std::optional<Url> url_of_link_text(std::string_view visible, const Suffixes& suffixes) {
  auto found = find_urls(visible, 1, suffixes);
  if (found.empty()) return {};
  FoundUrl& first = found.front();
  if (!is_bare_punctuation(visible.substr(0, first.begin)) || !is_bare_punctuation(visible.substr(first.end)))
    return {};
  return std::move(first.url);
}

}  // namespace xspamd
