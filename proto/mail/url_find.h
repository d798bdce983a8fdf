// URLs and mail addresses in running text: with a scheme, without ("www.example.org", "example.org/x" of a
// known top-level domain), in angle brackets and wrapped over lines, obfuscated ("hxxp://", "example[.]org").
// Linear: each byte is looked at a bounded number of times.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/suffix.h"
#include "proto/mail/url.h"

namespace xspamd {

struct FoundUrl {
  Url url;
  std::size_t begin = 0, end = 0;  // in the text
};

// In order; at most `most`. `utf8` is text as a reader sees it, with its line ends (LF): a URL in angle
// brackets may go on in the next line.
std::vector<FoundUrl> find_urls(std::string_view utf8, std::size_t most, const Suffixes& suffixes);

// URLs inside another one: in its query and path (plain or percent encoded, twice at most), and behind the
// common redirectors, which hold their target so. In order; nested ones of those too, at most `most`.
std::vector<Url> nested_urls(const Url& url, std::size_t most, const Suffixes& suffixes);

// For the text of a link: whether it is itself a URL or host name, and which.
std::optional<Url> url_of_link_text(std::string_view visible, const Suffixes& suffixes);

}  // namespace xspamd
