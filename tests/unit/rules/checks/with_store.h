// One check of the shipped plan, run alone on scans that share a store, whose facts a test has set.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>

#include "rules/scan.h"
#include "rules/store/memory.h"
#include "tests/support/run_task.h"
#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"
#include "tests/support/zone_dns.h"

namespace xspamd::test {

// A store that refuses every question, as one does whose file cannot be read.
class BrokenStore final : public Store {
 public:
  Task<Result<std::vector<std::optional<StoreEntry>>>> get(std::vector<StoreKey>, Deadline) override {
    co_return fail(Errc::unavailable, "broken");
  }
  void add(std::vector<Delta>) override {}
  void put(StoreKey, std::string, std::chrono::sys_seconds) override {}
  void forget(std::vector<StoreKey>) override {}
  Task<Result<Taken>> take(StoreKey, double, BucketLimits, Deadline) override {
    co_return fail(Errc::unavailable, "broken");
  }
  Task<Result<Rows>> list(Range, Deadline) override { co_return fail(Errc::unavailable, "broken"); }
  Task<Result<void>> for_each(Space, Each, Deadline) override { co_return fail(Errc::unavailable, "broken"); }
  Task<Result<void>> flush(Deadline) override { co_return fail(Errc::unavailable, "broken"); }
  std::string trouble() const override { return "broken"; }
};

class WithStore {
 public:
  explicit WithStore(std::string check, const Options& options = {})
      : check_(std::move(check)),
        plan_(shipped_plan(options)),
        store(std::make_shared<MemoryStore>([this] { return now_ + later; })) {}

  std::unique_ptr<Scan> scan(Request request, const std::function<void(Facts&)>& set_facts) {
    Prepared prepared = prepare(std::move(request), plan_->config, *plan_->suffixes);
    prepared.now = std::chrono::floor<std::chrono::seconds>(now_ + later);
    const Asking asking{std::make_shared<ZoneDns>(), Deadline::max(), &pool_, Memory{store, nullptr}};
    auto scan = std::make_unique<Scan>(std::move(prepared), Deadline::max(), asking);
    set_facts(scan->facts);
    const auto planned = std::find_if(plan_->checks.begin(), plan_->checks.end(),
                                      [&](const PlannedCheck& each) { return each.check->name == check_; });
    REQUIRE(planned != plan_->checks.end());
    run_task(std::get<IoCheck>(planned->runner)(*scan));
    return scan;
  }
  const Plan& plan() const { return *plan_; }

 private:
  const std::string check_;
  const std::shared_ptr<const Plan> plan_;
  Pool pool_{1};
  const WallTime now_{std::chrono::seconds(1'750'000'000)};

 public:
  std::shared_ptr<Store> store;  // may be replaced, also by none
  std::chrono::seconds later{0};
};

}  // namespace xspamd::test
