// The header fields that a filter of SpamAssassin's kind adds to a message: X-Spam-Checker-Version, -Flag,
// -Level, -Status and -Report, in the order and the folding of SpamAssassin 4.0.1. Seven bits, lines end in
// LF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "proto/verdict.h"

namespace xspamd {

// Who judged the message.
struct Marker {
  std::string program;   // "xspamd"
  std::string version;   // "0.1.0"
  std::string released;  // "2026-11-23"
  std::string host;
};

struct SpamHeaderOptions {
  Points required;
  bool report = false;               // with X-Spam-Report, where the message is spam
  std::size_t max_report = 8'192;    // bytes; spamc takes 16 KiB more than it was told to take of a message
  std::size_t max_names = 4 * 1024;  // bytes of rule names
};

std::string spam_headers(const Verdict& verdict, const Marker& marker, const SpamHeaderOptions& options);

// "NAME: VALUE" folded at blanks and behind commas, greedily, so that no line is longer than 79 columns where
// that can be; further lines begin with a TAB, which counts eight.
std::string fold_header(std::string_view field);

}  // namespace xspamd
