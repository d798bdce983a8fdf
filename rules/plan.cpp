#include "rules/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "conf/file.h"
#include "proto/base/text.h"
#include "rules/lists/list.h"
#include "rules/score.h"
#include "rules/symbols.h"

namespace xspamd {

namespace {

// Debian's package publicsuffix. Where it is absent the list built into libpsl serves, as old as that and
// three times as slow.
std::shared_ptr<const Suffixes> installed_suffixes() {
  constexpr std::size_t kMostBytes = 4 * Limits::kMiB;
  const auto list = conf::read_file("/usr/share/publicsuffix/public_suffix_list.dat", kMostBytes);
  return list ? std::make_shared<const Suffixes>(*list) : std::make_shared<const Suffixes>();
}

class Planner {
 public:
  Planner(conf::Config config, conf::Problems problems, std::span<const Check* const> checks,
          bool maps_may_fail)
      : plan_(std::make_shared<Plan>()),
        problems_(std::move(problems)),
        checks_(checks),
        maps_may_fail_(maps_may_fail) {
    plan_->config = std::move(config);
    plan_->suffixes = installed_suffixes();
  }

  Planned run() {
    wanted_ = enabled_by_profiles(plan_->config.tree);
    add_service_symbols();
    Services for_lists = this->services();
    plan_->lists = read_lists(for_lists);
    for (const Check* check : checks_)
      add_check(*check);
    refuse_unknown_options();
    order();
    Services services = this->services();
    plan_->metas = read_metas(services);
    apply_scores();
    plan_->caps = read_groups(services);
    plan_->profiles = read_profiles(services);
    plan_->signing = auth::read_signing(services);
    Planned planned;
    planned.problems = std::move(problems_);
    if (!planned.problems.failed()) planned.plan = plan_;
    return planned;
  }

 private:
  Services services() {
    return {plan_->config, plan_->symbols, problems_,       plan_->maps,
            wanted_,       maps_may_fail_, plan_->suffixes, plan_->lists};
  }

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
      const auto [place, added] = plan_->symbols.emplace(
          symbol.name, SymbolEntry{symbol.score, group, std::string(symbol.about), {}});
      if (!added) refuse_taken(symbol.name, place->second, check.name);
    }
    Services services = this->services();
    Result<Runner> runner = check.make(section, services);
    section.finish();
    plan_->options.emplace(check.name, section.options());
    if (!runner) {
      problems_.error(options == nullptr ? conf::Origin{} : options->origin,
                      fmt::format("[checks.{}]: {}", check.name, runner.error().sentence));
    } else if (enabled || wanted_.contains(check.name)) {
      plan_->checks.push_back({&check, std::move(*runner), {}});
    }
  }

  // Lists name their symbols freely, and before the checks do.
  void refuse_taken(std::string_view symbol, const SymbolEntry& taken, std::string_view check) {
    problems_.error(taken.origin, fmt::format("{} is a symbol of the check {}", symbol, check));
  }

  // Checks that this version does not run have the keys of the schema and no others.
  void refuse_unknown_options() {
    const conf::Value* tables = conf::find(plan_->config.tree, "checks");
    if (tables == nullptr || tables->table() == nullptr) return;
    for (const auto& [name, options] : *tables->table()) {
      const auto same = [&own = name](const Check* check) {
        return check->name == own;
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
    const auto names = names_of(plan_->symbols);
    for (const auto& [name, value] : tables_of(plan_->config.tree, "scores")) {
      const auto symbol = plan_->symbols.find(name);
      if (symbol == plan_->symbols.end()) {
        if (const std::string* instead = conf::retired(plan_->config, name)) {
          problems_.warn(value.origin, fmt::format("[scores]: {} is gone: {}", quoted(name), *instead));
          continue;
        }
        problems_.error(value.origin, fmt::format("[scores]: {}", no_such_symbol(name, names)));
        continue;
      }
      symbol->second.score = points_in(value).value_or(Points{});
      symbol->second.origin = value.origin;
    }
  }

  std::shared_ptr<Plan> plan_;
  conf::Problems problems_;
  SymbolNames wanted_;
  std::span<const Check* const> checks_;
  bool maps_may_fail_;
};

}  // namespace

Planned make_plan(conf::Config config, conf::Problems problems, std::span<const Check* const> checks,
                  bool maps_may_fail) {
  return Planner(std::move(config), std::move(problems), checks, maps_may_fail).run();
}

}  // namespace xspamd
