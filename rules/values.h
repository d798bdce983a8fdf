// What a selector finds in one message. A selector without a value gives none: a missing field never hits.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "rules/check.h"
#include "rules/selector.h"

namespace xspamd {

// Views into the message, or into what these values own.
class Values {
 public:
  using const_iterator = std::vector<std::string_view>::const_iterator;

  void view(std::string_view value) { list_.push_back(value); }
  void own(std::string value) { list_.push_back(owned_.emplace_back(std::move(value))); }

  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  std::string_view front() const { return list_.front(); }
  const_iterator begin() const { return list_.begin(); }
  const_iterator end() const { return list_.end(); }

 private:
  std::vector<std::string_view> list_;
  std::deque<std::string> owned_;  // does not move what it holds
};

Values values_of(const Selector& selector, const Mail& mail);

// The defects of a message by which values of this source may be missing that a limit kept from being read.
bool may_be_cut(const Selector& selector, const Message& message);

}  // namespace xspamd
