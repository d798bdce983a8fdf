// DomainTable: an imported list of domains (rules/data), found by binary search. A line is "DOMAIN", or
// "DOMAIN SERVICE" when it is another name of a service; "*.DOMAIN" stands for what is below it too; "#"
// begins a comment line. Keeps views into the text, which must live as long. Immutable, safe to use from any
// thread.
#pragma once

#include <string_view>
#include <vector>

namespace xspamd {

class DomainTable {
 public:
  explicit DomainTable(std::string_view text);

  // The service that a domain, in lower case, belongs to: the domain itself, or the nearest entry's. Empty if
  // it is not in the table.
  std::string_view service(std::string_view domain) const;

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string_view domain;
    std::string_view service;
    bool with_below = false;
  };
  const Entry* find(std::string_view domain) const;

  std::vector<Entry> entries_;  // sorted by domain
};

}  // namespace xspamd
