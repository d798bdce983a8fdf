// DMARC records (RFC 7489 §6.3, §6.4): what the owner of a domain asks for when mail in its name cannot be
// authenticated. Tags in any order, each once, the first one counts; unknown ones, and fo=, rf= and ri=,
// which tell how to report, are passed over; what is wrong takes its default. Only p= and sp= must be right
// (§6.6.3). Pure and linear.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd::auth {

enum class DmarcPolicy { none, quarantine, reject };
std::string_view name(DmarcPolicy policy);

struct DmarcRecord {
  DmarcPolicy policy = DmarcPolicy::none;
  std::optional<DmarcPolicy> subdomain_policy;
  bool strict_dkim = false, strict_spf = false;
  int percent = 100;
  // rua=, ruf=: those that are URIs, as written, at most 20 of each.
  std::vector<std::string> aggregate_reports, failure_reports;
};

// Whether a TXT record is a DMARC record, right or wrong.
bool is_dmarc_record(std::string_view text);

// The record is missing when the text is none; then `problem` is empty, or says why its policy is no policy.
// With a report address such a record is read as p=none (§6.6.3 step 6), and `problem` says so.
struct ParsedDmarc {
  std::optional<DmarcRecord> record;
  std::string problem;
};
ParsedDmarc parse_dmarc(std::string_view text);

}  // namespace xspamd::auth
