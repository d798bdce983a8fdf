// What the answers of a DNS list mean (RFC 5782 §2.1: addresses in 127.0.0.0/8, whose meaning each list
// defines). A code is written "127.0.0.2", "127.0.0.4/30", "127.0.*.2" (any value of that octet) or "&8" (a
// bit of the last octet of 127.0.0.x). Of the codes that an address fits the most exact one counts; every bit
// that is set counts by itself. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/ip.h"

namespace xspamd {

// What an answer's address is compared with.
struct CodePattern {
  std::uint32_t value = 0;
  std::uint32_t mask = 0;  // the bits that must be equal
  bool is_bit = false;     // all bits of `mask` must be set

  static Result<CodePattern> parse(std::string_view text);
  bool fits(std::uint32_t address) const;
};

struct ListCode {
  CodePattern pattern;
  std::string symbol;
  bool blames = false;  // it adds to the score
  bool allow = false;   // hits that blame the same client do not count
};

// The codes that one address of an answer has: the most exact one, and bits.
std::vector<const ListCode*> codes_of(const std::vector<ListCode>& codes, const IpAddress& answer);

// Lists answer from 127.0.0.0/8 only: anything else was made by a resolver that rewrites answers, or by the
// owner of a domain that is a list no more.
bool is_list_answer(const IpAddress& answer);

}  // namespace xspamd
