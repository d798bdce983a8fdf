#include "rules/auth/dmarc.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/domain.h"
#include "rules/auth/spf_identity.h"
#include "rules/io/ask_all.h"

namespace xspamd::auth {

namespace {

constexpr std::size_t kMostAuthors = 10;

// §3.2. A public suffix has none above it and stands for itself.
std::string_view organizational(std::string_view domain, const Suffixes& suffixes) {
  const std::string_view found = suffixes.registrable(domain);
  return found.empty() ? domain : found;
}

// Of a host: letters, digits, hyphens; underscores are found in the wild. No address.
bool can_have_record(std::string_view domain) {
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
  };
  return is_complete_name(domain) && std::all_of(domain.begin(), domain.end(), fits) &&
         !IpAddress::parse(domain);
}

// What was found for a domain: a record, or how the search ended.
struct Discovery {
  DmarcResult end = DmarcResult::none;  // without a record: none, temperror or permerror
  std::optional<DmarcRecord> record;
  std::string domain;  // whose record it is
  std::string problem;
};

// §6.6.3 steps 2, 5 and 6 at one name. Nothing: the search goes on at the next.
std::optional<Discovery> read_answer(const std::string& domain, const DnsAnswer& answer) {
  Discovery found;
  found.domain = domain;
  if (answer.unknown()) {
    found.end = DmarcResult::temperror;
    found.problem = fmt::format("TXT of _dmarc.{} could not be learned: {}", domain, printable(answer.why));
    return found;
  }
  const auto& texts = answer.texts;
  const auto count = std::count_if(texts.begin(), texts.end(), is_dmarc_record);
  if (count == 0) return std::nullopt;
  if (count > 1) {
    found.problem = fmt::format("{} DMARC records", count);
    return found;
  }
  ParsedDmarc parsed = parse_dmarc(*std::find_if(texts.begin(), texts.end(), is_dmarc_record));
  found.record = std::move(parsed.record);
  found.problem = std::move(parsed.problem);
  if (!found.record) found.end = DmarcResult::permerror;
  return found;
}

// §6.6.3: at the domain itself, else at the one of its owner. Both are asked for at once: subdomains seldom
// have records of their own.
Task<Discovery> discover(Dns& dns, std::string domain, std::string owner, Deadline deadline) {
  std::vector<std::string> places{std::move(domain)};
  if (owner != places.front()) places.push_back(std::move(owner));
  std::vector<dns::Question> questions;
  for (const std::string& place : places)
    questions.push_back({"_dmarc." + place, dns::Type::txt});
  const auto replies = co_await ask_all(dns, std::move(questions), deadline);
  for (std::size_t i = 0; i < places.size(); ++i) {
    auto found = read_answer(places[i], *replies[i]);
    if (found) co_return std::move(*found);
  }
  co_return Discovery();
}

// What one of the two methods says of an author.
struct Finding {
  bool passed = false;
  bool unknown = false;
  std::string reason;  // without a pass
};

Finding spf_finding(const SpfOutcome* spf, std::string_view author, bool strict, const Suffixes& suffixes) {
  if (spf == nullptr) return {false, true, "SPF was not checked"};
  const bool aligned = is_aligned(spf->domain, author, strict, suffixes);
  if (spf->result == SpfResult::pass) {
    if (aligned) return {true, false, {}};
    return {false, false, fmt::format("SPF passed for {} (not aligned)", printable(spf->domain))};
  }
  // §6.6.2
  if (spf->result == SpfResult::temperror && aligned) return {false, true, "SPF could not be checked"};
  return {false, false, fmt::format("SPF {}", name(spf->result))};
}

Finding dkim_finding(const std::vector<DkimOutcome>* dkim, std::string_view author, bool strict,
                     const Suffixes& suffixes) {
  if (dkim == nullptr) return {false, true, "DKIM was not checked"};
  if (dkim->empty()) return {false, false, "no DKIM signature"};
  Finding finding{false, false, "no valid DKIM signature"};
  for (const DkimOutcome& outcome : *dkim) {
    const bool aligned = is_aligned(outcome.domain, author, strict, suffixes);
    if (outcome.result == DkimResult::pass) {
      if (aligned) return {true, false, {}};
      if (!finding.unknown)
        finding.reason = fmt::format("DKIM passed for {} (not aligned)", printable(outcome.domain));
    } else if (outcome.result == DkimResult::temperror && aligned) {  // §6.6.2
      finding.unknown = true;
      finding.reason = "DKIM could not be checked";
    }
  }
  return finding;
}

// §6.6.2 steps 5 and 6: a record and an author.
void judge(const DmarcRecord& record, const DmarcInput& input, const Suffixes& suffixes,
           DmarcOutcome& outcome) {
  // §6.3 sp=: where the record is that of the owner of a subdomain.
  const bool inherited = outcome.record_domain != outcome.domain;
  outcome.policy = inherited ? record.subdomain_policy.value_or(record.policy) : record.policy;
  const Finding spf = spf_finding(input.spf, outcome.domain, record.strict_spf, suffixes);
  const Finding dkim = dkim_finding(input.dkim, outcome.domain, record.strict_dkim, suffixes);
  outcome.by_spf = spf.passed;
  outcome.by_dkim = dkim.passed;
  if (spf.passed || dkim.passed) {
    outcome.result = DmarcResult::pass;
    outcome.problem.clear();
    return;
  }
  outcome.result = DmarcResult::fail;
  outcome.unknown = spf.unknown || dkim.unknown;
  if (!outcome.problem.empty()) outcome.problem += "; ";
  outcome.problem += fmt::format("{}; {}", spf.reason, dkim.reason);
  // §6.6.4
  constexpr double kAll = 100;
  const bool strong = outcome.policy != DmarcPolicy::none && !outcome.unknown;
  outcome.sampled_out = strong && input.draw * kAll >= record.percent;
}

// Among authors: what is held against the message before what is not known, a pass last.
int severity(const DmarcOutcome& outcome) {
  if (outcome.unknown) return 4;
  switch (outcome.result) {
    case DmarcResult::fail:
      return 5 + static_cast<int>(applied_policy(outcome));
    case DmarcResult::temperror:
      return 3;
    case DmarcResult::permerror:
      return 2;
    case DmarcResult::none:
      return 1;
    case DmarcResult::pass:
      break;
  }
  return 0;
}

Task<DmarcOutcome> check_author(Dns& dns, const DmarcInput& input, std::string author,
                                const Suffixes& suffixes, Deadline deadline) {
  DmarcOutcome outcome;
  outcome.domain = author;
  if (!can_have_record(author)) {
    constexpr std::size_t kMostShown = 255;
    outcome.domain = printable(cut_utf8(author, kMostShown));
    outcome.problem = "no domain of the DNS";
    co_return outcome;
  }
  std::string owner(organizational(author, suffixes));
  Discovery found = co_await discover(dns, std::move(author), std::move(owner), deadline);
  outcome.result = found.end;
  outcome.record_domain = std::move(found.domain);
  outcome.problem = std::move(found.problem);
  if (found.record) judge(*found.record, input, suffixes, outcome);
  co_return outcome;
}

}  // namespace

std::string_view name(DmarcResult result) {
  constexpr std::string_view kNames[] = {"none", "pass", "fail", "temperror", "permerror"};
  return kNames[static_cast<std::size_t>(result)];
}

DmarcPolicy applied_policy(const DmarcOutcome& outcome) {
  const bool let_off = outcome.unknown || !outcome.trusted_sealer.empty();
  if (outcome.result != DmarcResult::fail || let_off) return DmarcPolicy::none;
  if (!outcome.sampled_out) return outcome.policy;
  return outcome.policy == DmarcPolicy::reject ? DmarcPolicy::quarantine : DmarcPolicy::none;
}

bool is_aligned(std::string_view authenticated, std::string_view author, bool strict,
                const Suffixes& suffixes) {
  if (authenticated.empty()) return false;
  const std::string one = mail::ascii_domain(authenticated);
  const std::string other = mail::ascii_domain(author);
  return one == other || (!strict && organizational(one, suffixes) == organizational(other, suffixes));
}

Task<DmarcOutcome> check_dmarc(Dns& dns, DmarcInput input, const Suffixes& suffixes, Deadline deadline) {
  DmarcOutcome worst;
  worst.problem = "no domain in the From field";
  std::vector<std::string> authors;
  for (const std::string& domain : input.from_domains) {
    const bool known = std::find(authors.begin(), authors.end(), domain) != authors.end();
    if (!known && !domain.empty() && authors.size() < kMostAuthors) authors.push_back(domain);
  }
  for (std::size_t i = 0; i < authors.size(); ++i) {
    DmarcOutcome outcome = co_await check_author(dns, input, authors[i], suffixes, deadline);
    if (i == 0 || severity(outcome) > severity(worst)) worst = std::move(outcome);
  }
  co_return worst;
}

}  // namespace xspamd::auth
