// Fields that may stand once (RFC 5322 §3.6, RFC 2045 §3), those that nearly every message has, and headers
// that are no headers.
#include <algorithm>
#include <array>

#include "proto/mail/message.h"
#include "rules/check.h"

namespace xspamd {

namespace {

// How much a second one counts: some mail servers and lists add a second To or Date.
struct Unique {
  std::string_view name;
  double weight;
};
constexpr std::array<Unique, 13> kUnique{{{"Content-Type", 1.0},
                                          {"Content-Transfer-Encoding", 1.0},
                                          {"Date", 0.1},
                                          {"From", 1.0},
                                          {"Sender", 1.0},
                                          {"Reply-To", 1.0},
                                          {"To", 0.2},
                                          {"Cc", 0.1},
                                          {"Bcc", 0.1},
                                          {"Message-ID", 0.7},
                                          {"In-Reply-To", 0.7},
                                          {"References", 0.3},
                                          {"Subject", 0.7}}};

constexpr std::array<Symbol, 3> kSymbols{
    {{"MULTIPLE_UNIQUE_HEADERS", Points{7000}, "Header fields that may stand once stand several times"},
     {"MISSING_ESSENTIAL_HEADERS", Points{7000}, "None of the usual header fields is there"},
     {"BROKEN_HEADERS", Points{10000}, "The header holds bytes that no mail program writes there"}}};

Hits run(const Mail& mail, Deadline) {
  Hits hits;
  std::vector<std::string> repeated;
  double weight = 0;
  bool any = false;
  for (const Unique& unique : kUnique) {
    const std::size_t count = mail.message.all(unique.name).size();
    any = any || count > 0;
    if (count < 2) continue;
    repeated.emplace_back(unique.name);
    weight = std::max(weight, unique.weight);
  }
  if (!repeated.empty()) hits.add("MULTIPLE_UNIQUE_HEADERS", std::move(repeated), weight);
  const bool truncated = mail.message.defects().has(Defect::headers_over_limit);
  if (!any && !truncated) hits.add("MISSING_ESSENTIAL_HEADERS");
  if (mail.message.defects().has(Defect::nul)) hits.add("BROKEN_HEADERS");
  return hits;
}

Result<Runner> make(conf::Section&, Services&) {
  return Runner{CpuCheck{run}};
}

}  // namespace

extern const Check fields_check;
const Check fields_check{.name = "fields",
                         .group = "headers",
                         .about = "Header fields that are missing or stand too often",
                         .phase = Phase::scan,
                         .after = {},
                         .symbols = kSymbols,
                         .make = make};

}  // namespace xspamd
