// The registrable domain of a host name by the public suffix list (publicsuffix.org). The list is handed in
// as bytes, so that nothing here reads files; without one libpsl's built-in copy is used. Immutable, safe to
// use from any thread.
#pragma once

#include <memory>
#include <string_view>

namespace xspamd {

class Suffixes {
 public:
  Suffixes();                                // the copy built into libpsl
  explicit Suffixes(std::string_view list);  // the text of public_suffix_list.dat; unreadable: built in
  ~Suffixes();
  Suffixes(const Suffixes&) = delete;
  Suffixes& operator=(const Suffixes&) = delete;

  // "example.co.uk" of "www.example.co.uk", a view into `host`; empty if it is itself a suffix, has one label
  // only, or is an address. `host` is in lower case, as ASCII (punycode) or UTF-8, a final dot is not
  // counted.
  std::string_view registrable(std::string_view host) const;
  // Whether the last label is in the list, by name and not by its default rule "*".
  bool is_known_tld(std::string_view host) const;

 private:
  struct List;
  std::unique_ptr<const List> list_;
};

}  // namespace xspamd
