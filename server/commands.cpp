#include "server/commands.h"

#include <fmt/format.h>

#include <cstdio>

#include "conf/shipped.h"

namespace xspamd {

namespace {

void tell(const conf::Problems& problems) {
  for (const conf::Problem& problem : problems.list())
    fmt::print(stderr, "{}\n", to_string(problem));
}

conf::Sources sources_of(const Options& options) {
  conf::Sources sources;
  sources.file = options.config;
  sources.file_must_exist = options.config_given;
  sources.options = options.overrides;
  for (const conf::Shipped& shipped : conf::shipped_files()) {
    sources.shipped.push_back({std::string(shipped.name), std::string(shipped.text)});
  }
  return sources;
}

}  // namespace

Planned plan_for(const Options& options) {
  conf::Loaded loaded = conf::load(sources_of(options));
  return make_plan(std::move(loaded.config), std::move(loaded.problems), all_checks());
}

std::variant<std::shared_ptr<const Plan>, int> load_plan(const Options& options) {
  Planned planned = plan_for(options);
  tell(planned.problems);
  if (!planned.plan) return kBadConfig;
  return planned.plan;
}

int check_config(const Options& options) {
  const Planned planned = plan_for(options);
  tell(planned.problems);
  if (!planned.plan) return kBadConfig;
  const std::string& file = planned.plan->config.file;
  fmt::print("{}: fine; {} checks, {} symbols\n", file.empty() ? "built-in configuration" : file,
             planned.plan->checks.size(), planned.plan->symbols.size());
  return kFine;
}

}  // namespace xspamd
