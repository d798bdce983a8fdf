#include "tests/support/scanning.h"

#include <fmt/format.h>

#include "proto/symbol_list.h"
#include "tests/support/run_task.h"

namespace xspamd::test {

namespace {

std::shared_ptr<Dns> no_dns() {
  return std::make_shared<NoDns>("this test has none");
}

}  // namespace

std::unique_ptr<Scan> scan_with(const std::shared_ptr<const Plan>& plan, Request request) {
  return scan_with(plan, std::move(request), Clock::now() + std::chrono::hours(1));
}

std::unique_ptr<Scan> scan_with(const std::shared_ptr<const Plan>& plan, Request request, Deadline deadline) {
  Pool pool(1);
  auto scan = run_task(run_checks(plan, std::move(request), Means{pool, no_dns()}, deadline));
  pool.join();
  return scan;
}

std::unique_ptr<Scan> fresh_scan(const Plan& plan, Request request) {
  Prepared prepared = prepare(std::move(request), plan.config, *plan.suffixes);
  Profile profile = plan.profiles.choose(prepared.request.envelope);
  const Deadline later = Clock::now() + std::chrono::hours(1);
  return std::make_unique<Scan>(std::move(prepared), later, Asking{no_dns(), later}, std::move(profile));
}

Request request_of(std::string body, Envelope envelope) {
  Request request;
  request.envelope = std::move(envelope);
  request.body = std::move(body);
  return request;
}

std::string rendered(const Verdict& verdict) {
  std::string text = fmt::format("{} {}:", name(verdict.action), to_tenths(verdict.score));
  for (const Score* score : by_weight(verdict.scores))
    text += fmt::format(" {}", to_text(*score));
  if (!verdict.forced_by.empty()) text += fmt::format(" (by {})", verdict.forced_by);
  return text;
}

std::string rendered(const Hits& hits) {
  std::string text;
  for (const Hit& hit : hits.list) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", hit.symbol);
    if (!hit.options.empty()) text += fmt::format("[{}]", fmt::join(hit.options, ", "));
    if (hit.weight != 1) text += fmt::format("x{}", hit.weight);
  }
  return text;
}

}  // namespace xspamd::test
