// GTUBE, the Generic Test for Unsolicited Bulk Email (spamassassin.apache.org/gtube): a string that every
// filter must call spam. It ends the scan; its value is the reject threshold, its action reject.
#include <array>

#include "proto/mail/message.h"
#include "rules/check.h"

namespace xspamd {

namespace {

constexpr std::string_view kGtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

// The score that stands here is what [scores] overrides; the arithmetic raises it to the reject threshold.
constexpr std::array<Symbol, 1> kSymbols{
    {{"GTUBE", Points{15000}, "The message holds the test string that every spam filter must reject"}}};

Hits run(const Mail& mail, Deadline) {
  Hits hits;
  if (mail.off.contains("GTUBE")) return hits;
  if (mail.message.raw().find(kGtube) != std::string_view::npos) {
    hits.add("GTUBE");
    hits.decision = Decision{Action::reject, "GTUBE", "Gtube pattern"};
  }
  return hits;
}

Result<Runner> make(conf::Section&, Services&) {
  return Runner{CpuCheck{run}};
}

}  // namespace

extern const Check gtube_check;
const Check gtube_check{.name = "gtube",
                        .group = "test",
                        .about = "The test string for spam filters",
                        .phase = Phase::before,
                        .after = {},
                        .symbols = kSymbols,
                        .make = make};

}  // namespace xspamd
