#include "rules/engine.h"

#include <array>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;
using test::rendered;

namespace {

using Names = std::vector<std::string_view>;

// A check that a test makes: what it runs, when, and after which others.
struct Fake {
  std::string_view name;
  Runner (*runner)();
  Names after = {};
  Phase phase = Phase::scan;
};

// Makers are plain functions without state: each has its own place for what it returns.
template <std::size_t Place>
Runner (*made)() = nullptr;
template <std::size_t Place>
Result<Runner> make(conf::Section&, Services&) {
  return made<Place>();
}

class Fakes {
 public:
  explicit Fakes(std::vector<Fake> fakes) : fakes_(std::move(fakes)) {
    REQUIRE(fakes_.size() <= 4);
    add<0>();
    add<1>();
    add<2>();
    add<3>();
    checks_.resize(fakes_.size());
    for (const Check& check : checks_)
      pointers_.push_back(&check);
  }
  Fakes(const Fakes&) = delete;
  Fakes& operator=(const Fakes&) = delete;
  std::span<const Check* const> list() const { return pointers_; }

 private:
  template <std::size_t Place>
  void add() {
    if (Place >= fakes_.size()) return;
    const Fake& fake = fakes_[Place];
    made<Place> = fake.runner;
    checks_[Place] = {fake.name, "test", "made by a test", fake.phase, fake.after, {}, make<Place>};
  }

  std::vector<Fake> fakes_;
  std::vector<Check> checks_{4};
  std::vector<const Check*> pointers_;
};

Runner hits_a() {
  return CpuCheck{[](const Mail&, Deadline) {
    Hits hits;
    hits.add("A");
    return hits;
  }};
}
Runner hits_b() {
  return CpuCheck{[](const Mail&, Deadline) {
    Hits hits;
    hits.add("B");
    return hits;
  }};
}
Runner throws() {
  return CpuCheck{[](const Mail&, Deadline) -> Hits {
    throw std::runtime_error("a bug");
  }};
}
Runner throws_a_number() {
  return CpuCheck{[](const Mail&, Deadline) -> Hits {
    throw 7;
  }};
}
Runner decides() {
  return CpuCheck{[](const Mail&, Deadline) {
    Hits hits;
    hits.add("D");
    hits.decision = Decision{Action::reject, "D", "decided"};
    return hits;
  }};
}

// Gives the loop back before it hits, as a check that asks the network does.
Task<> io_hit(Scan& scan) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, Clock::now());
  co_await timer.async_wait(asio::use_awaitable);
  scan.add("IO");
}
Runner hits_io() {
  return IoCheck{io_hit};
}
Task<> io_throw(Scan& scan) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, Clock::now());
  co_await timer.async_wait(asio::use_awaitable);
  scan.add("IO");
  throw std::runtime_error("a bug");
}
Runner throws_io() {
  return IoCheck{io_throw};
}
Task<> io_decide(Scan& scan) {
  const auto executor = co_await asio::this_coro::executor;
  scan.add("IO");
  scan.decide({Action::soft_reject, "IO", "decided"});
}
Runner decides_io() {
  return IoCheck{io_decide};
}

std::string ran(std::vector<Fake> fakes, Deadline deadline = Clock::now() + std::chrono::hours(1),
                const test::Options& options = {}) {
  const Fakes checks(std::move(fakes));
  const auto plan = test::plan_of(checks.list(), options);
  const auto scan = test::scan_with(plan, test::request_of("Subject: x\n\n"), deadline);
  return rendered(scan->hits);
}

std::string verdict_after(std::vector<Fake> fakes, Deadline deadline, const test::Options& options = {}) {
  const Fakes checks(std::move(fakes));
  const auto plan = test::plan_of(checks.list(), options);
  const auto scan = test::scan_with(plan, test::request_of("Subject: x\n\n"), deadline);
  return rendered(score(*plan, *scan));
}

const Deadline kPast = Clock::now() - std::chrono::seconds(1);

}  // namespace

TEST_CASE("engine: a plan without checks gives a scan without hits") {
  CHECK(ran({}) == "");
}

TEST_CASE("engine: a check that throws is told by name, and the others go on") {
  CHECK(ran({{"a", throws}, {"b", hits_a}}) == "A CHECK_FAILED[a]");
  CHECK(ran({{"a", throws_a_number}, {"b", throws}, {"c", hits_b}}) == "B CHECK_FAILED[a] CHECK_FAILED[b]");
  CHECK(ran({{"io", throws_io}, {"a", hits_a, {"io"}}}) == "IO CHECK_FAILED[io] A");
}

TEST_CASE("engine: a check that failed counts as ended for those that wait for it") {
  CHECK(ran({{"a", throws}, {"b", hits_b, {"a"}}}) == "CHECK_FAILED[a] B");
}

TEST_CASE("engine: a check that fails adds no points") {
  CHECK(verdict_after({{"a", throws}}, Clock::now() + std::chrono::hours(1)) ==
        "no action 0.0: CHECK_FAILED(0.00)[a]");
}

TEST_CASE("engine: a check runs after those that it names, of either kind") {
  CHECK(ran({{"a", hits_a, {"io"}}, {"io", hits_io}}) == "IO A");
  CHECK(ran({{"io", hits_io, {"b"}}, {"b", hits_b}}) == "B IO");
  CHECK(ran({{"a", hits_a, {"io"}}, {"io", hits_io, {"b"}}, {"b", hits_b}}) == "B IO A");
  CHECK(ran({{"a", hits_a, {"b"}}, {"b", hits_b}}) == "B A");
}

TEST_CASE("engine: phases follow each other, whatever the order of the checks") {
  CHECK(ran({{"after", hits_b, {}, Phase::after},
             {"scan", hits_a, {}, Phase::scan},
             {"before", hits_io, {}, Phase::before}}) == "IO A B");
}

TEST_CASE("engine: a decision before the scan ends it") {
  CHECK(ran({{"d", decides, {}, Phase::before}, {"a", hits_a}, {"io", hits_io}}) == "D");
  CHECK(ran({{"d", decides_io, {}, Phase::before}, {"a", hits_a}}) == "IO");
}

TEST_CASE("engine: a decision is what the verdict says") {
  CHECK(verdict_after({{"d", decides_io, {}, Phase::before}, {"a", hits_a}},
                      Clock::now() + std::chrono::hours(1)) == "soft reject 0.0: IO(0.00) (by IO)");
}

TEST_CASE("engine: a disabled check counts as ended") {
  CHECK(ran({{"a", hits_a, {"spf"}}, {"spf", hits_b}}, Clock::now() + std::chrono::hours(1),
            {"checks.spf.enabled=false"}) == "A");
}

TEST_CASE("engine: a CPU check that finds no time left is late and does not run") {
  CHECK(verdict_after({{"a", hits_a}, {"b", hits_b}}, kPast) == "no action 0.0: CHECK_LATE(0.00)[a, b]");
}

TEST_CASE("engine: a network check that finds no time left is late and does not run") {
  CHECK(verdict_after({{"io", hits_io}}, kPast) == "no action 0.0: CHECK_LATE(0.00)[io]");
  CHECK(verdict_after({{"a", hits_a, {"io"}}, {"io", hits_io}}, kPast) ==
        "no action 0.0: CHECK_LATE(0.00)[io, a]");
  CHECK(verdict_after({{"one", hits_io, {"two"}}, {"two", hits_io}}, kPast) ==
        "no action 0.0: CHECK_LATE(0.00)[two, one]");
}

TEST_CASE("engine: a late scan is deferred where that is configured") {
  CHECK(verdict_after({{"a", hits_a}}, kPast, {"actions.soft_reject_on_timeout=true"}) ==
        "soft reject 0.0: CHECK_LATE(0.00)[a] (by CHECK_LATE)");
}

TEST_CASE("engine: rules that run out of time are deferred like any other late check") {
  const auto plan = test::bare_plan(
      {"actions.soft_reject_on_timeout=true", "rules.A={header=\"Subject\", exists=true, score=1.0}"});
  const auto scan = test::fresh_scan(*plan, test::request_of("Subject: x\n\n"));
  // Time is there when the check begins and gone when its first rule is looked at.
  for (const PlannedCheck& planned : plan->checks) {
    if (planned.check->name == "rules") scan->merge(std::get<CpuCheck>(planned.runner)(scan->mail, kPast));
  }
  CHECK(rendered(score(*plan, *scan)) == "soft reject 0.0: CHECK_LATE(0.00)[rules] (by CHECK_LATE)");
}

TEST_CASE("engine: the message and its envelope are what the request told") {
  Envelope envelope;
  envelope.sender = "a@x.example";
  const auto plan = test::bare_plan({"rules.S={envelope=\"sender\", match='^a@x', score=1.0}",
                                     "rules.H={header=\"Subject\", match='^x$', score=2.0}"});
  const auto scan = test::scan_with(plan, test::request_of("Subject: x\n\n", envelope));
  CHECK(rendered(score(*plan, *scan)) == "no action 3.0: H(2.00) S(1.00)");
}
