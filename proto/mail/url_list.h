// The URLs of a message, each once, in the order in which they are first met, with how often and where. At
// most `most` are kept; those beyond it are counted only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/base/suffix.h"
#include "proto/mail/html.h"
#include "proto/mail/url.h"

namespace xspamd {

class UrlList {
 public:
  UrlList(std::size_t most, const Suffixes& suffixes) : most_(most), suffixes_(suffixes) {}

  // Those in text that a reader sees, or that is hidden.
  void add_text(std::string_view utf8, Url::Place place, std::size_t part, bool hidden = false);
  // Those that HTML leads to; `attached` where it is a file to be opened.
  void add_html(const Html& html, std::size_t part, bool attached);

  bool over_limit() const { return over_limit_; }
  std::vector<Url> take() { return std::move(urls_); }

 private:
  void add(Url url);
  void add_link(const HtmlLink& link, const ParsedUrl* base, std::size_t part, bool attached);

  std::size_t most_;
  const Suffixes& suffixes_;
  std::vector<Url> urls_;
  std::unordered_map<std::string, std::size_t> places_;
  bool over_limit_ = false;
};

}  // namespace xspamd
