#include "proto/base/suffix.h"

#include <libpsl.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string>

#include "proto/base/text.h"

namespace xspamd {

namespace {

// RFC 1035 §2.3.4, as text; a name in UTF-8 that needs more has no ASCII form that fits either.
constexpr std::size_t kMostBytes = 253;

std::string_view without_final_dot(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

std::string_view last_label(std::string_view host) {
  return host.substr(host.rfind('.') + 1);
}

// No top-level domain is a number (RFC 3696 §2), so a name that ends in one is an IPv4 address.
bool is_address(std::string_view host) {
  const std::string_view last = last_label(host);
  return host.find(':') != std::string_view::npos || std::all_of(last.begin(), last.end(), is_digit);
}

}  // namespace

struct Suffixes::List {
  explicit List(std::string_view text);
  ~List() { psl_free(loaded); }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  psl_ctx_t* loaded = nullptr;
  const psl_ctx_t* used = nullptr;
};

Suffixes::List::List(std::string_view text) {
  if (!text.empty()) {
    std::string copy(text);
    if (std::FILE* file = fmemopen(copy.data(), copy.size(), "r")) {
      loaded = psl_load_fp(file);
      std::fclose(file);
    }
  }
  used = loaded && psl_suffix_count(loaded) > 0 ? loaded : psl_builtin();
}

Suffixes::Suffixes() : Suffixes(std::string_view()) {}
Suffixes::Suffixes(std::string_view list) : list_(std::make_unique<const List>(list)) {}
Suffixes::~Suffixes() = default;

std::string_view Suffixes::registrable(std::string_view host) const {
  host = without_final_dot(host);
  if (host.empty() || host.size() > kMostBytes || is_address(host)) return {};
  if (host.front() == '.' || host.find("..") != std::string_view::npos) return {};
  std::array<char, kMostBytes + 1> name;
  std::copy(host.begin(), host.end(), name.begin());
  name[host.size()] = '\0';
  const char* found = psl_registrable_domain(list_->used, name.data());
  if (!found) return {};
  return host.substr(static_cast<std::size_t>(found - name.data()));
}

bool Suffixes::is_known_tld(std::string_view host) const {
  const std::string_view label = last_label(without_final_dot(host));
  if (label.empty() || label.size() > kMostBytes) return false;
  std::array<char, kMostBytes + 1> name;
  std::copy(label.begin(), label.end(), name.begin());
  name[label.size()] = '\0';
  constexpr int kByName = PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE;
  if (psl_is_public_suffix2(list_->used, name.data(), kByName) != 0) return true;
  // Some domains (.za) are in the list by what is below them alone.
  const std::string below = "co." + std::string(label);
  return psl_is_public_suffix2(list_->used, below.c_str(), kByName) != 0;
}

}  // namespace xspamd
