#include "rules/scan.h"

#include "proto/preamble.h"

namespace xspamd {

Prepared prepare(Request request, const conf::Config& config) {
  Prepared prepared;
  take_preamble(request);
  prepared.message = parse_message(std::exchange(request.body, {}), config.limits);
  prepared.origin = find_origin(request.envelope, *prepared.message, config.networks);
  prepared.request = std::move(request);
  return prepared;
}

void Scan::merge(Hits more) {
  for (Hit& hit : more.list)
    hits.list.push_back(std::move(hit));
  if (more.decision) decide(std::move(*more.decision));
}

}  // namespace xspamd
