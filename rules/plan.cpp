#include "rules/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "rules/score.h"

namespace xspamd {

namespace {

class Planner {
 public:
  Planner(conf::Config config, conf::Problems problems, std::span<const Check* const> checks)
      : plan_(std::make_shared<Plan>()), problems_(std::move(problems)), checks_(checks) {
    plan_->config = std::move(config);
  }

  Planned run() {
    add_service_symbols();
    for (const Check* check : checks_)
      add_check(*check);
    refuse_unknown_options();
    order();
    apply_scores();
    Planned planned;
    planned.problems = std::move(problems_);
    if (!planned.problems.failed()) planned.plan = plan_;
    return planned;
  }

 private:
  void add_service_symbols() {
    for (const Symbol& symbol : service_symbols()) {
      plan_->symbols.emplace(symbol.name,
                             SymbolEntry{symbol.score, "service", std::string(symbol.about), {}});
    }
  }

  void add_check(const Check& check) {
    const std::string path = fmt::format("checks.{}", check.name);
    const conf::Value* options = conf::find(plan_->config.tree, path);
    conf::Section section(path, options, problems_);
    const bool enabled = section.get("enabled", true, "Whether the check runs");
    for (const Symbol& symbol : check.symbols) {
      const std::string group(check.group);
      plan_->symbols.emplace(symbol.name, SymbolEntry{symbol.score, group, std::string(symbol.about), {}});
    }
    Services services{plan_->config, plan_->symbols, problems_};
    Result<Runner> runner = check.make(section, services);
    section.finish();
    if (!runner) {
      problems_.error(options == nullptr ? conf::Origin{} : options->origin,
                      fmt::format("[checks.{}]: {}", check.name, runner.error().sentence));
    } else if (enabled) {
      plan_->checks.push_back({&check, std::move(*runner), {}});
    }
  }

  // Checks that this version does not run have the keys of the schema and no others.
  void refuse_unknown_options() {
    const conf::Value* tables = conf::find(plan_->config.tree, "checks");
    if (tables == nullptr || tables->table() == nullptr) return;
    for (const auto& [name, options] : *tables->table()) {
      const auto same = [&name = name](const Check* check) {
        return check->name == name;
      };
      if (std::any_of(checks_.begin(), checks_.end(), same)) continue;
      conf::Section(fmt::format("checks.{}", name), &options, problems_).finish();
    }
  }

  // Turns names into places; a name that no check has, or a check that waits for itself, is our own mistake
  // or a future plug-in's, and is refused at start all the same.
  void order() {
    auto& checks = plan_->checks;
    for (PlannedCheck& planned : checks) {
      for (const std::string_view name : planned.check->after) {
        const bool known =
            std::any_of(checks_.begin(), checks_.end(), [&](const Check* c) { return c->name == name; });
        if (!known) {
          problems_.error({},
                          fmt::format("check {} waits for {}, which is no check", planned.check->name, name));
        }
        const auto found = std::find_if(checks.begin(), checks.end(),
                                        [&](const PlannedCheck& p) { return p.check->name == name; });
        if (found != checks.end()) planned.after.push_back(static_cast<std::size_t>(found - checks.begin()));
      }
    }
    refuse_cycles();
  }

  void refuse_cycles() {
    const auto& checks = plan_->checks;
    std::vector<bool> ended(checks.size(), false);
    for (std::size_t round = 0; round < checks.size(); ++round) {
      for (std::size_t i = 0; i < checks.size(); ++i) {
        const auto& after = checks[i].after;
        if (std::all_of(after.begin(), after.end(), [&](std::size_t j) { return ended[j]; })) ended[i] = true;
      }
    }
    for (std::size_t i = 0; i < checks.size(); ++i) {
      if (!ended[i]) problems_.error({}, fmt::format("check {} waits for itself", checks[i].check->name));
    }
  }

  void apply_scores() {
    const conf::Value* scores = conf::find(plan_->config.tree, "scores");
    if (scores == nullptr || scores->table() == nullptr) return;
    std::vector<std::string_view> names;
    for (const auto& [name, entry] : plan_->symbols)
      names.push_back(name);
    for (const auto& [name, value] : *scores->table()) {
      const auto symbol = plan_->symbols.find(name);
      if (symbol == plan_->symbols.end()) {
        const std::string_view near = nearest(name, names);
        const std::string help = near.empty() ? std::string() : fmt::format(", did you mean {}?", near);
        problems_.error(value.origin, fmt::format("[scores]: no symbol is called {}{}", quoted(name), help));
        continue;
      }
      if (const auto* whole = std::get_if<std::int64_t>(&value.data))
        symbol->second.score = Points{*whole * 1000};
      if (const auto* real = std::get_if<double>(&value.data))
        symbol->second.score = points_from(*real).value_or(Points{});
      symbol->second.origin = value.origin;
    }
  }

  std::shared_ptr<Plan> plan_;
  conf::Problems problems_;
  std::span<const Check* const> checks_;
};

}  // namespace

Planned make_plan(conf::Config config, conf::Problems problems, std::span<const Check* const> checks) {
  return Planner(std::move(config), std::move(problems), checks).run();
}

}  // namespace xspamd
