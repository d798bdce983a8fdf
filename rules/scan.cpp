#include "rules/scan.h"

#include "proto/preamble.h"

namespace xspamd {

Prepared prepare(Request request, const conf::Config& config, const Suffixes& suffixes) {
  Prepared prepared;
  prepared.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  take_preamble(request);
  prepared.message = parse_message(std::exchange(request.body, {}), config.limits, suffixes);
  prepared.origin = find_origin(request, *prepared.message, config.networks);
  prepared.request = std::move(request);
  return prepared;
}

void Scan::merge(Hits more) {
  for (Hit& hit : more.list) {
    // A check on the pool cannot see the scan: that it ran out of time comes as a hit.
    if (hit.symbol == "CHECK_LATE") {
      for (std::string& check : hit.options)
        late.push_back(std::move(check));
    } else {
      hits.list.push_back(std::move(hit));
    }
  }
  if (more.decision) decide(std::move(*more.decision));
}

}  // namespace xspamd
