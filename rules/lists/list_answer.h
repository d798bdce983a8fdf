// What one list said of one value, and what that does to the list. Loop thread.
#pragma once

#include <string>
#include <vector>

#include "rules/io/dns.h"
#include "rules/lists/list.h"

namespace xspamd {

struct ListAnswer {
  enum class Kind { clean, listed, refused, foreign, unknown };

  Kind kind = Kind::unknown;
  std::vector<const ListCode*> codes;  // listed; empty where the list tells of no code that it gave
  std::string detail;                  // the address that refused or was foreign; why it is unknown
};

// Pure.
ListAnswer read_answer(const List& list, const DnsAnswer& reply);

// Counts it and lets the list rest where that is due. A sentence for the log when there is news, else empty.
std::string take_note(const List& list, const ListAnswer& answer, Clock::duration time, Deadline now);

}  // namespace xspamd
