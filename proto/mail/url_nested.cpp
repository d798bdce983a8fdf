#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/encoding.h"
#include "proto/mail/url_characters.h"
#include "proto/mail/url_encode.h"
#include "proto/mail/url_find.h"
#include "proto/mail/url_redirectors.h"

namespace xspamd {

namespace {

using namespace urls;

constexpr int kMostDepth = 4;           // URLs within each other
constexpr int kMostDecoded = 2;         // times that percent encoding is undone
constexpr std::size_t kMostFound = 64;  // of one URL: what is found is compared with what there is

// Position of "http:" or "https:" with a slash behind it, or npos.
std::size_t find_link(std::string_view text) {
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos;
       colon = text.find(':', colon + 1)) {
    if (colon + 1 >= text.size() || (text[colon + 1] != '/' && text[colon + 1] != '\\')) continue;
    for (const std::string_view scheme : {"https", "http"}) {
      if (colon >= scheme.size() && iequals(text.substr(colon - scheme.size(), scheme.size()), scheme))
        return colon - scheme.size();
    }
  }
  return std::string_view::npos;
}

// RFC 4648 §5 has "-" and "_" for "+" and "/".
std::string decode_base64_url(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  return mail::decode_base64(plain);
}

std::string decode_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    const int high = hex_value(text[at]);
    const int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) break;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

// A text that begins with "http" in base64 or hexadecimal digits, at a place where such may begin: empty if
// there is none.
std::string find_encoded(std::string_view text) {
  constexpr std::string_view kBase64 = "aHR0c";
  constexpr std::string_view kHex = "68747470";
  const auto begins = [&](std::size_t at) {
    const std::string_view before = text.substr(0, at);
    return before.empty() || !has(before.back(), kAlnum) || before.ends_with("a1");  // "a1": bing.com/ck/a
  };
  for (std::size_t at = text.find(kBase64); at != std::string_view::npos; at = text.find(kBase64, at + 1)) {
    if (!begins(at)) continue;
    std::size_t end = at;
    while (end < text.size() && (has(text[end], kAlnum | kLabel) || text[end] == '+' || text[end] == '/'))
      ++end;
    return decode_base64_url(text.substr(at, end - at));
  }
  const std::size_t hex = text.find(kHex);
  return hex != std::string_view::npos && begins(hex) ? decode_hex(text.substr(hex)) : std::string();
}

std::string_view without_garbage(std::string_view link) {
  const auto end = std::find_if(link.begin(), link.end(), [](char c) {
    return is_control(c) || c == ' ' || c == '"' || c == '<' || c == '>';
  });
  return link.substr(0, static_cast<std::size_t>(end - link.begin()));
}

bool is_below(std::string_view host, std::string_view parent) {
  if (!host.ends_with(parent)) return false;
  return host.size() == parent.size() || host[host.size() - parent.size() - 1] == '.';
}

bool is_host_of(const Url& url, std::string_view host) {
  if (!host.ends_with(".*")) return is_below(url.host, host);
  return std::string_view(url.domain).substr(0, url.domain.find('.')) == host.substr(0, host.size() - 2);
}

// Length of what of `path` matches `pattern`, or npos.
std::size_t match_path(std::string_view path, std::string_view pattern) {
  std::size_t at = 0;
  for (const char c : pattern) {
    if (c == '*') {
      at = std::min(path.find('/', at), path.size());
    } else if (at >= path.size() || path[at++] != c) {
      return std::string_view::npos;
    }
  }
  return at;
}

std::string_view parameter(std::string_view query, std::string_view name) {
  for (const std::string_view piece : split(query, '&')) {
    if (piece.size() > name.size() && piece.starts_with(name) && piece[name.size()] == '=')
      return piece.substr(name.size() + 1);
  }
  return {};
}

// "https-3A__example.org_a-5Fb".
std::string decode_proofpoint_2(std::string_view held) {
  std::string text(held);
  std::replace(text.begin(), text.end(), '-', '%');
  std::replace(text.begin(), text.end(), '_', '/');
  return percent_decode(text);
}

// "https://example.org/a*b__;Iw!!...": each "*" stands for the next byte of the base64 text behind ";", and
// "**" and a letter for so many bytes as its place in the base64 alphabet says, and two.
std::string decode_proofpoint_3(std::string_view held) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::size_t end = held.rfind("__;");
  if (end == std::string_view::npos) return std::string(held);
  const std::string_view tail = held.substr(end + 3);
  const std::string bytes = decode_base64_url(tail.substr(0, tail.find('!')));
  std::string_view rest = bytes;
  held = held.substr(0, end);
  std::string link;
  for (std::size_t at = 0; at < held.size(); ++at) {
    if (held[at] != '*') {
      link += held[at];
      continue;
    }
    std::size_t count = 1;
    if (at + 2 < held.size() && held[at + 1] == '*' &&
        kAlphabet.find(held[at + 2]) != std::string_view::npos) {
      count = kAlphabet.find(held[at + 2]) + 2;
      at += 2;
    }
    count = std::min(count, rest.size());
    link += rest.substr(0, count);
    rest.remove_prefix(count);
  }
  return link;
}

class Nested {
 public:
  Nested(const Url& outer, std::size_t most, const Suffixes& suffixes)
      : outer_(outer), most_(std::min(most, kMostFound)), suffixes_(suffixes) {}

  std::vector<Url> find();

 private:
  void look_into(const Url& url);
  bool look_behind(const Url& url);
  bool look_at(std::string_view text, std::string_view behind);
  void look_at_parameter(std::string_view piece);
  void keep(std::string_view link);
  void keep(Url url);

  const Url& outer_;
  std::size_t most_;
  const Suffixes& suffixes_;
  std::vector<Url> found_;
};

std::vector<Url> Nested::find() {
  look_into(outer_);
  std::size_t next = 0;
  for (int depth = 1; depth < kMostDepth; ++depth) {
    for (const std::size_t end = found_.size(); next < end; ++next) {
      const Url url = found_[next];  // found_ grows
      look_into(url);
    }
  }
  return std::move(found_);
}

void Nested::look_into(const Url& url) {
  if (url.is_email() || look_behind(url)) return;
  std::string query;
  if (!url.query.empty()) (query = '?') += url.query;
  if (look_at(url.path, query)) return;
  for (std::string_view piece : split(url.query, '&')) {
    if (found_.size() >= most_) return;
    if (istarts_with(piece, "amp;")) piece.remove_prefix(4);  // escaped once too often
    if (!look_at(piece, {})) look_at_parameter(piece);
  }
  if (const std::size_t hash = url.full.find('#'); hash != std::string::npos)
    look_at(std::string_view(url.full).substr(hash + 1), {});
}

// Redirectors with a way of their own; whether it was one.
bool Nested::look_behind(const Url& url) {
  for (const Redirector& redirector : kRedirectors) {
    if (!is_host_of(url, redirector.host)) continue;
    const std::size_t length = match_path(url.path, redirector.path);
    if (length == std::string_view::npos) continue;
    std::string rest = url.path.substr(length);
    switch (redirector.holding) {
      case Holding::rest_of_path:
      case Holding::secure_rest_of_path:
        if (rest.find('.') == std::string::npos && rest.find('%') == std::string::npos) return false;
        if (!url.query.empty()) (rest += '?') += url.query;
        rest = percent_decode(rest);
        if (find_link(rest) == 0) {
          keep(rest);
        } else {
          keep((redirector.holding == Holding::rest_of_path ? "http://" : "https://") + rest);
        }
        return true;
      case Holding::proofpoint_2:
        keep(decode_proofpoint_2(parameter(url.query, "u")));
        return true;
      case Holding::proofpoint_3:
        if (!url.query.empty()) (rest += '?') += url.query;
        keep(decode_proofpoint_3(rest));
        return true;
    }
  }
  return false;
}

// Looks for a link in a piece of a URL; `behind` follows the piece and belongs to a link that is written
// plainly. Whether there is one.
bool Nested::look_at(std::string_view text, std::string_view behind) {
  std::string decoded;
  for (int times = 0;; ++times) {
    if (const std::size_t at = find_link(text); at != std::string_view::npos) {
      std::string link(text.substr(at));
      if (times == 0) link += behind;
      keep(link);
      return true;
    }
    if (const std::string encoded = find_encoded(text); !encoded.empty()) {
      keep(encoded);
      return true;
    }
    if (times == kMostDecoded || text.find('%') == std::string_view::npos) return false;
    decoded = percent_decode(text);
    text = decoded;
  }
}

// "url=www.example.org".
void Nested::look_at_parameter(std::string_view piece) {
  const std::size_t equals = piece.find('=');
  if (equals == std::string_view::npos) return;
  const std::string name = to_lower(piece.substr(0, equals));
  if (std::find(std::begin(kTargetParameters), std::end(kTargetParameters), name) ==
      std::end(kTargetParameters))
    return;
  auto url = url_of_link_text(percent_decode(piece.substr(equals + 1)), suffixes_);
  if (url && !url->is_email()) keep(std::move(*url));
}

void Nested::keep(std::string_view link) {
  const auto parsed = parse_url(without_garbage(link));
  if (!parsed) return;
  auto url = make_url(*parsed, suffixes_);
  if (url && !url->is_email()) keep(std::move(*url));
}

// Only what leads somewhere, and each once.
void Nested::keep(Url url) {
  if (found_.size() >= most_ || url.full == outer_.full) return;
  const bool numeric = url.tricks.has(UrlTrick::numeric_host);
  if (url.domain.empty() || (!numeric && !suffixes_.is_known_tld(url.host))) return;
  const bool known =
      std::any_of(found_.begin(), found_.end(), [&](const Url& other) { return other.full == url.full; });
  if (known) return;
  url.place = Url::Place::nested;
  url.part = outer_.part;
  url.hidden = outer_.hidden;
  found_.push_back(std::move(url));
}

}  // namespace

std::vector<Url> nested_urls(const Url& url, std::size_t most, const Suffixes& suffixes) {
  return Nested(url, most, suffixes).find();
}

}  // namespace xspamd
