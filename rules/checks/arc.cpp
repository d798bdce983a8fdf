// ARC (RFC 8617): whether the seals of those who passed the message on hold, and so what the newest of them
// says that it saw. One symbol a message. The chain proves who sealed, not that they tell the truth: whom to
// believe is configured. Mail of our own networks and users is not looked at. What the DNS did not tell
// scores nothing.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/auth/arc.h"
#include "rules/check.h"
#include "rules/checks/own_mail.h"
#include "rules/io/pool.h"
#include "rules/io_runner.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 5> kSymbols{
    {{"ARC_ALLOW", Points{-1000}, "All who passed the message on have sealed it, and their seals hold (ARC)"},
     {"ARC_REJECT", Points{1000}, "A seal of those who passed the message on is wrong (ARC)"},
     {"ARC_INVALID", Points{500}, "The seals of those who passed the message on do not fit together (ARC)"},
     {"ARC_NA", Points{}, "Nobody who passed the message on has sealed it (ARC)"},
     {"ARC_DNSFAIL", Points{}, "The key of a seal could not be fetched (ARC)"}}};

struct Options {
  OwnMail own;
};

std::string_view symbol_of(const auth::ArcOutcome& outcome) {
  switch (outcome.result) {
    case auth::ArcResult::none:
      return "ARC_NA";
    case auth::ArcResult::pass:
      return "ARC_ALLOW";
    case auth::ArcResult::fail:
      return outcome.malformed ? "ARC_INVALID" : "ARC_REJECT";
    case auth::ArcResult::temperror:
      return "ARC_DNSFAIL";
  }
  return {};
}

// What is wrong, else the newest seal: "example.org:s=selector:i=1".
std::vector<std::string> reasons_of(const auth::ArcOutcome& outcome) {
  if (!outcome.problem.empty()) return {outcome.problem};
  if (outcome.sealers.empty()) return {};
  return {fmt::format("{}:s={}:i={}", outcome.sealers.back(), outcome.selector, outcome.instances)};
}

bool has_fields(const Message& message) {
  constexpr std::array<std::string_view, 3> kNames{"ARC-Seal", "ARC-Message-Signature",
                                                   "ARC-Authentication-Results"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view name) { return message.first(name) != nullptr; });
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  if (options->own.is_spared(scan.mail.request.envelope)) co_return;
  if (!has_fields(scan.mail.message)) {
    scan.add("ARC_NA");
    scan.facts.arc.emplace();
    co_return;
  }
  auth::DkimOptions dkim;
  dkim.now = scan.mail.now;
  auto read = [&message = scan.mail.message, dkim] {
    return auth::read_arc(message, dkim);
  };
  auto chain = co_await on_pool(scan.pool(), std::move(read));
  const Deadline until = scan.dns_until();
  auth::ArcOutcome outcome = co_await auth::verify_arc(scan.dns(), std::move(chain), dkim, until);
  if (outcome.result == auth::ArcResult::temperror) scan.skip("arc", outcome.problem);
  std::vector<std::string> reasons = reasons_of(outcome);
  scan.note(fmt::format("arc: {} of {} instances: {}", auth::name(outcome.result), outcome.instances,
                        fmt::join(reasons, ", ")));
  scan.add(symbol_of(outcome), std::move(reasons));
  scan.facts.arc = std::move(outcome);
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own = read_own_mail(section, services);
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check arc_check;
const Check arc_check{.name = "arc",
                      .group = "arc",
                      .about = "Whether the seals of those who passed the message on hold",
                      .phase = Phase::scan,
                      .after = {},
                      .symbols = kSymbols,
                      .make = make};

}  // namespace xspamd
