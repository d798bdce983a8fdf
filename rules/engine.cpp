#include "rules/engine.h"

#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>
#include <exception>

#include "rules/io/event.h"
#include "rules/score.h"

namespace xspamd {

namespace {

// A pool thread is given back after this long, so that small messages do not wait behind large ones.
constexpr std::chrono::milliseconds kSlice{5};

// What one trip to the pool brought back.
struct Batch {
  Hits hits;
  std::size_t ran = 0;  // of the checks asked for, in order
  std::vector<std::string_view> failed;
  std::vector<std::string_view> late;
};

using CheckList = std::vector<const PlannedCheck*>;

// Pool thread. Runs the checks in order until the slice or the deadline ends, or one decides.
Batch run_batch(const CheckList& checks, const Mail& mail, Deadline deadline) {
  Batch batch;
  const auto until = Clock::now() + kSlice;
  for (const PlannedCheck* planned : checks) {
    if (batch.hits.decision || (batch.ran > 0 && Clock::now() > until)) break;
    ++batch.ran;
    if (Clock::now() >= deadline) {
      batch.late.push_back(planned->check->name);
      continue;
    }
    try {
      Hits more = std::get<CpuCheck>(planned->runner)(mail, deadline);
      for (Hit& hit : more.list)
        batch.hits.list.push_back(std::move(hit));
      if (more.decision) batch.hits.decision = std::move(more.decision);
    } catch (...) {  // one check's bug must not take the verdict with it
      batch.failed.push_back(planned->check->name);
    }
  }
  return batch;
}

void add_batch(Scan& scan, Batch batch) {
  scan.merge(std::move(batch.hits));
  for (const std::string_view name : batch.failed)
    scan.add("CHECK_FAILED", {std::string(name)});
  for (const std::string_view name : batch.late)
    scan.late.emplace_back(name);
}

// One phase: the checks of it, what each still waits for, what runs.
class PhaseRun {
 public:
  PhaseRun(const Plan& plan, Phase phase, Scan& scan, Pool& pool, const asio::any_io_executor& executor)
      : plan_(plan), phase_(phase), scan_(scan), pool_(pool), executor_(executor), ended_(executor) {
    state_.resize(plan.checks.size(), State::elsewhere);
    for (std::size_t i = 0; i < plan.checks.size(); ++i) {
      const Check& check = *plan.checks[i].check;
      if (check.phase == phase && scan.profile.is_on(check.name)) state_[i] = State::waiting;
    }
  }

  // Checks that ran in this phase before, on the way here.
  void mark_done(std::size_t place) { state_[place] = State::done; }

  Task<> run() {
    while (!finished()) {
      start_network_checks();
      const auto ready = ready_cpu_checks();
      if (!ready.empty()) {
        co_await run_cpu_checks(ready);
      } else {
        co_await ended_.wait(Deadline::max());
      }
    }
  }

 private:
  enum class State { elsewhere, waiting, running, done };

  bool is_ready(std::size_t place) const {
    if (state_[place] != State::waiting) return false;
    for (const std::size_t before : plan_.checks[place].after) {
      if (state_[before] == State::waiting || state_[before] == State::running) return false;
    }
    return true;
  }

  // A decision starts nothing more, but what runs is waited for.
  bool finished() const {
    bool waiting = false;
    for (const State state : state_) {
      if (state == State::running) return false;
      waiting = waiting || state == State::waiting;
    }
    return !waiting || scan_.decided();
  }

  void start_network_checks() {
    if (scan_.decided()) return;
    for (std::size_t i = 0; i < state_.size(); ++i) {
      const PlannedCheck& planned = plan_.checks[i];
      if (!is_ready(i) || !std::holds_alternative<IoCheck>(planned.runner)) continue;
      if (Clock::now() >= scan_.deadline) {
        scan_.late.emplace_back(planned.check->name);
        state_[i] = State::done;
        ended_.signal();  // nothing runs that would: run() must look again
        continue;
      }
      state_[i] = State::running;
      asio::co_spawn(executor_, std::get<IoCheck>(planned.runner)(scan_),
                     [this, i](std::exception_ptr error) {
                       if (error) scan_.add("CHECK_FAILED", {std::string(plan_.checks[i].check->name)});
                       state_[i] = State::done;
                       ended_.signal();
                     });
    }
  }

  Task<> wait_for_running() {
    while (std::find(state_.begin(), state_.end(), State::running) != state_.end())
      co_await ended_.wait(Deadline::max());
  }

  std::vector<std::size_t> ready_cpu_checks() const {
    std::vector<std::size_t> ready;
    if (scan_.decided()) return ready;
    for (std::size_t i = 0; i < state_.size(); ++i) {
      if (is_ready(i) && std::holds_alternative<CpuCheck>(plan_.checks[i].runner)) ready.push_back(i);
    }
    return ready;
  }

  Task<> run_cpu_checks(const std::vector<std::size_t>& places) {
    CheckList checks;
    for (const std::size_t place : places)
      checks.push_back(&plan_.checks[place]);
    auto job = [this, checks] {
      return run_batch(checks, scan_.mail, scan_.deadline);
    };
    std::exception_ptr broken;
    Batch batch;
    try {
      batch = co_await on_pool(pool_, std::move(job));
    } catch (...) {  // no memory, say: what runs beside it must end before this run goes away
      broken = std::current_exception();
    }
    if (broken) {
      co_await wait_for_running();
      std::rethrow_exception(broken);
    }
    for (std::size_t i = 0; i < batch.ran; ++i)
      state_[places[i]] = State::done;
    add_batch(scan_, std::move(batch));
  }

  const Plan& plan_;
  const Phase phase_;
  Scan& scan_;
  Pool& pool_;
  asio::any_io_executor executor_;
  Event ended_;
  std::vector<State> state_;
};

// CPU checks of the phase before that wait for nothing: they run in the same trip as parsing.
std::vector<std::size_t> checks_after_parsing(const Plan& plan) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < plan.checks.size(); ++i) {
    const PlannedCheck& planned = plan.checks[i];
    const bool cpu = std::holds_alternative<CpuCheck>(planned.runner);
    if (cpu && planned.check->phase == Phase::before && planned.after.empty()) places.push_back(i);
  }
  return places;
}

struct FirstTrip {
  std::unique_ptr<Scan> scan;
};

// Some mail is not to be scanned at all.
void decide_by_profile(Scan& scan) {
  if (scan.profile.allow) scan.decide({Action::no_action, "PROFILE", {}});
  if (scan.profile.deny) scan.decide({Action::reject, "PROFILE", {}});
}

// A client of SPAMC may say whose mail it is. It does so in place of recipients: to checks of the envelope it
// is none.
Profile profile_for(const Plan& plan, const Request& request) {
  const Envelope& envelope = request.envelope;
  const bool is_told = envelope.recipients.empty() && request.profile_user.find('@') != std::string::npos;
  if (!is_told) return plan.profiles.choose(envelope);
  Envelope of_user = envelope;
  of_user.recipients = {request.profile_user};
  return plan.profiles.choose(of_user);
}

// Pool thread: parse, choose the profile, which needs the envelope complete, then run the checks that may end
// the scan before it has begun.
FirstTrip first_trip(const Plan& plan, Request request, const std::vector<std::size_t>& places,
                     const Asking& ports, Deadline deadline) {
  const auto began = Clock::now();
  Prepared prepared = prepare(std::move(request), plan.config, *plan.suffixes);
  Profile profile = profile_for(plan, prepared.request);
  FirstTrip trip{std::make_unique<Scan>(std::move(prepared), deadline, ports, std::move(profile))};
  trip.scan->timings.parse = std::chrono::duration_cast<Timings::Microseconds>(Clock::now() - began);
  decide_by_profile(*trip.scan);
  CheckList checks;
  for (const std::size_t place : places) {
    const PlannedCheck& planned = plan.checks[place];
    if (trip.scan->profile.is_on(planned.check->name)) checks.push_back(&planned);
  }
  for (std::size_t done = 0; done < checks.size() && !trip.scan->decided();) {
    const CheckList rest(checks.begin() + static_cast<std::ptrdiff_t>(done), checks.end());
    Batch batch = run_batch(rest, trip.scan->mail, deadline);
    done += batch.ran;
    add_batch(*trip.scan, std::move(batch));
  }
  return trip;
}

bool has_checks(const Plan& plan, Phase phase) {
  return std::any_of(plan.checks.begin(), plan.checks.end(),
                     [&](const PlannedCheck& planned) { return planned.check->phase == phase; });
}

}  // namespace

Task<std::unique_ptr<Scan>> run_checks(std::shared_ptr<const Plan> plan, Request request, Means means,
                                       Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  const auto began = Clock::now();
  const auto early = checks_after_parsing(*plan);
  const Asking ports{means.dns, std::min(deadline, began + means.dns->budget()), &means.pool, means.memory};
  auto job = [plan, &early, &ports, deadline, body = std::move(request)]() mutable {
    return first_trip(*plan, std::move(body), early, ports, deadline);
  };
  auto trip = co_await on_pool(means.pool, std::move(job));
  Scan& scan = *trip.scan;
  for (const Phase phase : {Phase::before, Phase::scan, Phase::after}) {
    scan.cut_short = scan.decided();
    if (scan.cut_short) break;
    if (phase == Phase::after && has_checks(*plan, phase)) scan.so_far = score(*plan, scan);
    PhaseRun run(*plan, phase, scan, means.pool, executor);
    if (phase == Phase::before) {
      for (const std::size_t place : early)
        run.mark_done(place);
    }
    co_await run.run();
  }
  scan.timings.total = std::chrono::duration_cast<Timings::Microseconds>(Clock::now() - began);
  scan.timings.checks = scan.timings.total - scan.timings.parse;
  co_return std::move(trip.scan);
}

}  // namespace xspamd
