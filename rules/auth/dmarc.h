// DMARC evaluation (RFC 7489): the policy of the domain that a reader sees, and whether SPF or DKIM speaks
// for it. Asks through the port only. Outcomes are data, nothing fails.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proto/base/suffix.h"
#include "rules/auth/dkim.h"
#include "rules/auth/spf.h"

namespace xspamd::auth {

enum class DmarcResult { none, pass, fail, temperror, permerror };
enum class DmarcPolicy { none, quarantine, reject };
std::string_view name(DmarcResult result);
std::string_view name(DmarcPolicy policy);

struct DmarcRecord {
  DmarcPolicy policy = DmarcPolicy::none;
  std::optional<DmarcPolicy> subdomain_policy;
  bool strict_dkim = false, strict_spf = false;
  int percent = 100;
  std::vector<std::string> aggregate_reports, failure_reports;  // rua=, ruf=
};
// RFC 7489 §6.3, §6.4, §6.6.3 step 6. Nothing when the text is no DMARC record at all; a record with a broken
// policy is read as p=none where it names a report address, else it is `bad`.
struct ParsedDmarc {
  std::optional<DmarcRecord> record;
  std::string problem;
};
ParsedDmarc parse_dmarc(std::string_view text);

struct DmarcOutcome {
  DmarcResult result = DmarcResult::none;
  DmarcPolicy policy = DmarcPolicy::none;  // that the owner asks for, for this domain
  bool sampled_out = false;   // pct= left this message out: the next weaker policy applies (§6.6.4)
  std::string domain;         // of the From field
  std::string record_domain;  // where the record was found
  bool by_spf = false, by_dkim = false;  // what was aligned and passed
  bool unknown = false;                  // it failed, but DKIM or SPF could not be checked for lack of DNS
  std::string problem;
};

struct DmarcInput {
  std::vector<std::string> from_domains;  // of all authors, lower case, punycode
  const SpfOutcome* spf = nullptr;        // null: not checked
  const std::vector<DkimOutcome>* dkim = nullptr;
  double draw = 0;  // 0 <= draw < 1: who is left out by pct
};

Task<DmarcOutcome> check_dmarc(Dns& dns, DmarcInput input, const Suffixes& suffixes, Deadline deadline);

}  // namespace xspamd::auth
