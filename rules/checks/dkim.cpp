// DKIM (RFC 6376): whether the signatures of a message hold. A symbol for each kind of result, once however
// many signatures have it, with the domains and selectors; DKIM_TRACE has them all in the order of the
// header. The signature of a domain that only tests (t=y) is never held against it (§3.6.1). Mail of our own
// networks and users is not looked at. What the DNS did not tell scores nothing.
#include <fmt/format.h>

#include <array>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/auth/dkim.h"
#include "rules/check.h"
#include "rules/checks/own_mail.h"
#include "rules/io/pool.h"
#include "rules/io_runner.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 6> kSymbols{
    {{"R_DKIM_ALLOW", Points{-200}, "A signature of the message is valid (DKIM)"},
     {"R_DKIM_REJECT", Points{1000}, "A signature of the message is wrong: it was changed, or forged (DKIM)"},
     {"R_DKIM_TEMPFAIL", Points{}, "The key of a signature could not be fetched (DKIM)"},
     {"R_DKIM_PERMFAIL", Points{}, "A signature of the message or its key cannot be used (DKIM)"},
     {"R_DKIM_NA", Points{}, "The message has no signature (DKIM)"},
     {"DKIM_TRACE", Points{},
      "The domains that signed the message, and whether their signatures are valid"}}};

struct Options {
  OwnMail own;
  auth::DkimOptions dkim;
};

struct Kind {
  std::string_view symbol;
  char mark;  // in the trace
};

Kind kind_of(const auth::DkimOutcome& outcome) {
  constexpr Kind kUnusable{"R_DKIM_PERMFAIL", '~'};
  switch (outcome.result) {
    case auth::DkimResult::pass:
      return {"R_DKIM_ALLOW", '+'};
    case auth::DkimResult::fail:
      return outcome.testing ? kUnusable : Kind{"R_DKIM_REJECT", '-'};
    case auth::DkimResult::temperror:
      return {"R_DKIM_TEMPFAIL", '?'};
    default:
      return kUnusable;
  }
}

// "example.org:s=selector", and why where it is not valid.
void add_reasons(const auth::DkimOutcome& outcome, std::vector<std::string>& reasons) {
  if (!outcome.domain.empty()) reasons.push_back(fmt::format("{}:s={}", outcome.domain, outcome.selector));
  if (!outcome.problem.empty()) reasons.push_back(outcome.problem);
}

std::string note_of(const auth::DkimOutcome& outcome) {
  std::string note = fmt::format("dkim: {} of {} ({}, b={})", auth::name(outcome.result),
                                 quoted(outcome.domain), outcome.algorithm, printable(outcome.begin_of_b));
  if (outcome.key_bits > 0) note += fmt::format(", key of {} bits", outcome.key_bits);
  if (outcome.testing) note += ", only for tests";
  if (outcome.unsigned_bytes > 0) note += fmt::format(", {} bytes not signed", outcome.unsigned_bytes);
  if (!outcome.problem.empty()) note += ": " + outcome.problem;
  return note;
}

void tell(Scan& scan, const std::vector<auth::DkimOutcome>& outcomes) {
  std::vector<std::string> trace;
  for (const Symbol& symbol : kSymbols) {
    std::vector<std::string> reasons;
    for (const auto& outcome : outcomes)
      if (kind_of(outcome).symbol == symbol.name) add_reasons(outcome, reasons);
    if (!reasons.empty()) scan.add(symbol.name, std::move(reasons));
  }
  for (const auto& outcome : outcomes) {
    if (!outcome.domain.empty()) trace.push_back(fmt::format("{}:{}", outcome.domain, kind_of(outcome).mark));
    if (outcome.result == auth::DkimResult::temperror) scan.skip("dkim", outcome.problem);
    scan.note(note_of(outcome));
  }
  if (!trace.empty()) scan.add("DKIM_TRACE", std::move(trace));
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  if (options->own.is_spared(scan.mail.request.envelope)) co_return;
  if (scan.mail.message.first("DKIM-Signature") == nullptr) {
    scan.add("R_DKIM_NA");
    scan.facts.dkim_checked = true;
    co_return;
  }
  auth::DkimOptions dkim = options->dkim;
  dkim.now = scan.mail.now;
  auto read = [&message = scan.mail.message, dkim] {
    return auth::read_dkim(message, dkim);
  };
  auto signatures = co_await on_pool(scan.pool(), std::move(read));
  const Deadline until = scan.dns_until();
  auto outcomes = co_await auth::verify_dkim(scan.dns(), std::move(signatures), dkim, until);
  tell(scan, outcomes);
  scan.facts.dkim = std::move(outcomes);
  scan.facts.dkim_checked = true;
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own = read_own_mail(section, services);
  options->dkim.allow_sha1 = section.get("allow_sha1", false, "Accept signatures made with SHA-1");
  options->dkim.min_key_bits =
      section.get("min_key_bits", options->dkim.min_key_bits, "Shortest RSA key that is accepted");
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check dkim_check;
const Check dkim_check{.name = "dkim",
                       .group = "dkim",
                       .about = "Whether the signatures of the message hold",
                       .phase = Phase::scan,
                       .after = {},
                       .symbols = kSymbols,
                       .make = make};

}  // namespace xspamd
