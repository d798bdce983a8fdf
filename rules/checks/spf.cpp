// SPF (RFC 7208): whether the client may send for the domain of the envelope's sender, or of its greeting
// when the sender is null. One symbol a message, with the terms of the record that made the result; mail of
// our own networks and users is not looked at. What the DNS did not tell scores nothing.
#include <fmt/format.h>

#include <array>

#include "proto/base/text.h"
#include "rules/auth/spf.h"
#include "rules/check.h"
#include "rules/checks/own_mail.h"
#include "rules/io_runner.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 8> kSymbols{
    {{"R_SPF_ALLOW", Points{-200}, "The sender's domain lets this client send its mail (SPF)"},
     {"R_SPF_FAIL", Points{1000}, "The sender's domain says that this client may not send its mail (SPF)"},
     {"R_SPF_SOFTFAIL", Points{}, "The sender's domain thinks that this client may not send its mail (SPF)"},
     {"R_SPF_NEUTRAL", Points{},
      "The sender's domain does not say whether this client may send its mail (SPF)"},
     {"R_SPF_NA", Points{}, "The sender's domain has no SPF record"},
     {"R_SPF_PERMFAIL", Points{}, "The SPF record of the sender's domain is wrong"},
     {"R_SPF_DNSFAIL", Points{}, "The SPF record of the sender's domain could not be fetched"},
     {"R_SPF_PLUSALL", Points{4000}, "The sender's domain lets everyone send its mail (SPF)"}}};

struct Options {
  OwnMail own;
  std::string receiver;
};

std::string_view symbol_of(const auth::SpfOutcome& outcome) {
  switch (outcome.result) {
    case auth::SpfResult::none:
      return "R_SPF_NA";
    case auth::SpfResult::neutral:
      return "R_SPF_NEUTRAL";
    case auth::SpfResult::pass:
      return outcome.plus_all ? "R_SPF_PLUSALL" : "R_SPF_ALLOW";
    case auth::SpfResult::fail:
      return "R_SPF_FAIL";
    case auth::SpfResult::softfail:
      return "R_SPF_SOFTFAIL";
    case auth::SpfResult::temperror:
      return "R_SPF_DNSFAIL";
    case auth::SpfResult::permerror:
      return "R_SPF_PERMFAIL";
  }
  return {};
}

// The includes and redirects and what matched; else what went wrong, or the domain.
std::vector<std::string> reasons_of(const auth::SpfOutcome& outcome) {
  if (!outcome.problem.empty()) return {outcome.problem};
  std::vector<std::string> reasons = outcome.via;
  const std::string& last = outcome.mechanism.empty() ? outcome.domain : outcome.mechanism;
  if (!last.empty()) reasons.push_back(last);
  return reasons;
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  const Envelope& envelope = scan.mail.request.envelope;
  if (!envelope.client || options->own.is_spared(envelope)) co_return;
  auth::SpfInput input;
  input.client = *envelope.client;
  input.sender = envelope.sender;
  input.helo = envelope.helo;
  input.receiver = options->receiver;
  input.now = scan.mail.now;
  auth::SpfLimits limits;
  limits.explain = false;  // for the reply to a client that is refused, which is the mail server's
  const Deadline until = scan.dns_until();
  auth::SpfOutcome outcome = co_await auth::check_spf(scan.dns(), std::move(input), limits, until);
  if (outcome.result == auth::SpfResult::temperror) scan.skip("spf", outcome.problem);
  std::vector<std::string> reasons = reasons_of(outcome);
  scan.note(fmt::format("spf: {} of {}{}: {}", auth::name(outcome.result), quoted(outcome.domain),
                        outcome.by_helo ? " (HELO)" : "", fmt::join(reasons, ", ")));
  scan.add(symbol_of(outcome), std::move(reasons));
  scan.facts.spf = std::move(outcome);
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own = read_own_mail(section, services);
  options->receiver = services.config.server.hostname;
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check spf_check;
const Check spf_check{.name = "spf",
                      .group = "spf",
                      .about = "Whether the client may send for the sender's domain",
                      .phase = Phase::scan,
                      .after = {},
                      .symbols = kSymbols,
                      .make = make};

}  // namespace xspamd
