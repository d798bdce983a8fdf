// DMARC (RFC 7489): what the domain in the From field asks for when neither SPF nor DKIM speaks for it. One
// symbol a message. Nothing is held against mail whose SPF or DKIM the DNS did not tell, or that was not
// checked for them. A forwarder on the list of trusted sealers takes the policy away where its ARC chain says
// that it saw the author authenticated (RFC 8617 §7.2.1).
#include <fmt/format.h>

#include <array>

#include "proto/base/text.h"
#include "proto/mail/address.h"
#include "proto/mail/domain.h"
#include "proto/mail/message.h"
#include "rules/auth/dmarc.h"
#include "rules/auth/sealer.h"
#include "rules/check.h"
#include "rules/checks/own_mail.h"
#include "rules/io/random.h"
#include "rules/io_runner.h"
#include "rules/listed_domain.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

using auth::DmarcOutcome;
using auth::DmarcPolicy;
using auth::DmarcResult;

constexpr std::array<std::string_view, 3> kAfter{"spf", "dkim", "arc"};

constexpr std::array<Symbol, 8> kSymbols{
    {{"DMARC_POLICY_ALLOW", Points{-500}, "The mail really is of the sender's domain (DMARC)"},
     {"DMARC_POLICY_REJECT", Points{2000},
      "The mail is not of the sender's domain, which asks to reject such mail (DMARC)"},
     {"DMARC_POLICY_QUARANTINE", Points{1500},
      "The mail is not of the sender's domain, which asks to treat such mail as spam (DMARC)"},
     {"DMARC_POLICY_SOFTFAIL", Points{100},
      "The mail could not be shown to be of the sender's domain, which asks for nothing (DMARC)"},
     {"DMARC_NA", Points{}, "The sender's domain has no DMARC policy, or none that can be applied"},
     {"DMARC_BAD_POLICY", Points{500}, "The DMARC record of the sender's domain is wrong"},
     {"DMARC_DNSFAIL", Points{}, "The DNS did not tell what DMARC needs to know of the sender's domain"},
     {"ARC_ALLOW_TRUSTED", Points{-2000},
      "A forwarder that is trusted here saw that the mail is of the sender's domain (ARC)"}}};

struct Options {
  OwnMail own;
  auth::Sealers trusted;
  std::shared_ptr<const Suffixes> suffixes;
  std::shared_ptr<Random> random;  // who is left out by pct=; of the loop thread
};

// 0 <= draw < 1, of the 53 bits that a double holds.
double draw(Random& random) {
  constexpr double kStep = 1.0 / (std::uint64_t{1} << 53);
  return static_cast<double>(random.next64() >> 11) * kStep;
}

// RFC 7489 §6.6.1: of all authors, of all From fields, as a reader may see any of them. Bounded, for this
// runs on the loop thread.
std::vector<std::string> author_domains(const Message& message) {
  constexpr std::size_t kMostBytes = 64 * 1024;
  constexpr std::size_t kMostAuthors = 100;
  std::vector<std::string> domains;
  std::size_t left = kMostBytes;
  for (const Field* field : message.all("From")) {
    const std::string_view value = field->value.substr(0, left);
    left -= value.size();
    for (const Mailbox& author : parse_addresses(mail::unfold(value), kMostAuthors))
      if (!author.domain.empty()) domains.push_back(mail::ascii_domain(author.domain));
  }
  return domains;
}

std::string_view symbol_of(const DmarcOutcome& outcome) {
  if (outcome.unknown || outcome.result == DmarcResult::temperror) return "DMARC_DNSFAIL";
  if (outcome.result == DmarcResult::none) return "DMARC_NA";
  if (outcome.result == DmarcResult::pass) return "DMARC_POLICY_ALLOW";
  if (outcome.result == DmarcResult::permerror) return "DMARC_BAD_POLICY";
  switch (applied_policy(outcome)) {
    case DmarcPolicy::reject:
      return "DMARC_POLICY_REJECT";
    case DmarcPolicy::quarantine:
      return "DMARC_POLICY_QUARANTINE";
    case DmarcPolicy::none:
      break;
  }
  return "DMARC_POLICY_SOFTFAIL";
}

// "domain : why", then the policy of the owner and what softened it.
std::vector<std::string> options_of(const DmarcOutcome& outcome) {
  const std::string& domain = outcome.record_domain.empty() ? outcome.domain : outcome.record_domain;
  std::vector<std::string> options{domain};
  if (!outcome.problem.empty())
    options.front() += fmt::format("{}{}", domain.empty() ? "" : " : ", outcome.problem);
  if (outcome.result == DmarcResult::pass || outcome.result == DmarcResult::fail)
    options.emplace_back(name(outcome.policy));
  if (outcome.sampled_out) options.emplace_back("sampled_out");
  if (!outcome.trusted_sealer.empty()) options.push_back("ARC trusted: " + outcome.trusted_sealer);
  return options;
}

// A failure without SPF or DKIM checked at all is none, and not for lack of DNS.
bool is_guess(const Facts& facts, const DmarcOutcome& outcome) {
  return outcome.unknown && (!facts.spf || !facts.dkim_checked);
}

void trust_sealer(const Options& options, Scan& scan, DmarcOutcome& outcome) {
  if (options.trusted.empty() || !scan.facts.arc || outcome.domain.empty()) return;
  std::string sealer =
      auth::vouching_sealer(*scan.facts.arc, options.trusted, outcome.domain, *options.suffixes);
  if (sealer.empty()) return;
  scan.add("ARC_ALLOW_TRUSTED", {sealer});
  if (outcome.result != DmarcResult::fail || outcome.unknown) return;
  outcome.trusted_sealer = std::move(sealer);
  outcome.sampled_out = false;
}

void report(Scan& scan, DmarcOutcome outcome) {
  std::vector<std::string> options = options_of(outcome);
  scan.note(fmt::format("dmarc: {} of {}: {}", auth::name(outcome.result), quoted(outcome.domain),
                        fmt::join(options, ", ")));
  if (is_guess(scan.facts, outcome)) return scan.add("DMARC_NA", {std::move(options.front())});
  const std::string_view symbol = symbol_of(outcome);
  if (symbol == "DMARC_DNSFAIL") scan.skip("dmarc", outcome.problem);
  scan.add(symbol, std::move(options));
  scan.facts.dmarc = std::move(outcome);
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  if (options->own.is_spared(scan.mail.request.envelope)) co_return;
  auth::DmarcInput input;
  input.from_domains = author_domains(scan.mail.message);
  if (scan.facts.spf) input.spf = &*scan.facts.spf;
  if (scan.facts.dkim_checked) input.dkim = &scan.facts.dkim;
  input.draw = draw(*options->random);
  const Deadline until = scan.dns_until();
  DmarcOutcome outcome = co_await auth::check_dmarc(scan.dns(), std::move(input), *options->suffixes, until);
  trust_sealer(*options, scan, outcome);
  report(scan, std::move(outcome));
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own = read_own_mail(section, services);
  options->suffixes = services.suffixes;
  options->random = std::make_shared<Random>();
  const auto sealers = section.get("trusted_sealers", std::vector<std::string>(),
                                   "Domains whose ARC seals take away the policy when they vouch for mail");
  for (const std::string& sealer : sealers) {
    auto domain = listed_domain(sealer);
    if (!domain) return fail(Errc::invalid, "trusted_sealers: " + domain.error().sentence);
    options->trusted.insert(std::move(*domain));
  }
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check dmarc_check;
const Check dmarc_check{
    .name = "dmarc",
    .group = "dmarc",
    .about = "Whether the mail is of the domain in its From field, and what that asks for",
    .phase = Phase::scan,
    .after = kAfter,
    .symbols = kSymbols,
    .make = make};

}  // namespace xspamd
