// DMARC evaluation (RFC 7489): the policy of the domain that a reader sees, and whether SPF or DKIM speaks
// for it. Asks through the port only. Outcomes are data, nothing fails.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/base/suffix.h"
#include "rules/auth/dkim.h"
#include "rules/auth/dmarc_record.h"
#include "rules/auth/spf.h"

namespace xspamd::auth {

enum class DmarcResult { none, pass, fail, temperror, permerror };
std::string_view name(DmarcResult result);  // as RFC 7489 §11.2 spells them

struct DmarcOutcome {
  DmarcResult result = DmarcResult::none;
  DmarcPolicy policy = DmarcPolicy::none;  // that the owner asks for, for this domain
  bool sampled_out = false;   // pct= left this message out: the next weaker policy applies (§6.6.4)
  std::string domain;         // of the From field; printable
  std::string record_domain;  // whose record it is; empty if there is none
  bool by_spf = false, by_dkim = false;  // what was aligned and passed
  bool unknown = false;        // it failed, but SPF or DKIM was not checked or could not be for lack of DNS
  std::string trusted_sealer;  // of a fail: the policy is not applied, as this domain vouches for the message
  std::string problem;         // of all but a pass: why; empty where there is just no record

  friend bool operator==(const DmarcOutcome&, const DmarcOutcome&) = default;
};

// What is to be done with the message: none unless it failed; a weaker policy than the owner's where pct=
// left it out (§6.6.4).
DmarcPolicy applied_policy(const DmarcOutcome& outcome);

struct DmarcInput {
  std::vector<std::string> from_domains;  // of all authors, lower case, punycode
  const SpfOutcome* spf = nullptr;        // null: not checked
  const std::vector<DkimOutcome>* dkim = nullptr;
  double draw = 0;  // 0 <= draw < 1: who is left out by pct
};

// What `input` points to and `suffixes` must outlive the task. Of several authors the one with the worst
// outcome counts (§6.6.1), of at most 10.
Task<DmarcOutcome> check_dmarc(Dns& dns, DmarcInput input, const Suffixes& suffixes, Deadline deadline);

// §3.1: whether a domain that SPF or DKIM authenticated is the author's: the same one, or, where that is not
// asked for strictly, one of the same owner. An empty one never is.
bool is_aligned(std::string_view authenticated, std::string_view author, bool strict,
                const Suffixes& suffixes);

}  // namespace xspamd::auth
