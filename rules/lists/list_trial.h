// Trying DNS lists with their test entries (RFC 5782 §5): one that is listed, one that is not. A list that
// names its clean entry names everybody, and one that does not name its listed entry has ended or serves us
// nothing. Loop thread.
#pragma once

#include <string>
#include <vector>

#include "rules/io/dns.h"
#include "rules/lists/list.h"

namespace xspamd {

struct ListTrial {
  enum class Outcome { fine, untested, unlisted, everybody, refused, foreign, unknown };

  const List* list = nullptr;
  Outcome outcome = Outcome::untested;
  std::string detail;  // the entry, the answer, or why nothing is known
};

// All test entries of all lists are asked for at once.
inline constexpr std::chrono::seconds kListTrialTime{10};

// Of all lists that are asked, in their order; those that rest are left out.
Task<std::vector<ListTrial>> try_lists(Dns& dns, const ListSet& set, Deadline deadline);

// "names its clean entry 127.0.0.1, so it would name everybody": the predicate of a sentence.
std::string describe(const ListTrial& trial);

}  // namespace xspamd
