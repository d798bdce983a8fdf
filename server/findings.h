// Findings of `doctor`: what was looked at, how it is, what to do about it. Each examination adds to the
// list; none of them changes anything on the machine.
#pragma once

#include <string>
#include <vector>

#include "rules/plan.h"

namespace xspamd {

struct Finding {
  enum class Level { ok, warn, problem };
  Level level = Level::ok;
  std::string text;  // "user xspamd: there is none"
  std::string help;  // what to do; empty for ok
};

class Findings {
 public:
  void ok(std::string text) { list_.push_back({Finding::Level::ok, std::move(text), {}}); }
  void warn(std::string text, std::string help) {
    list_.push_back({Finding::Level::warn, std::move(text), std::move(help)});
  }
  void problem(std::string text, std::string help) {
    list_.push_back({Finding::Level::problem, std::move(text), std::move(help)});
  }
  const std::vector<Finding>& list() const { return list_; }

 private:
  std::vector<Finding> list_;
};

// Of this machine: listeners, user, store, clock, limits.
void examine_machine(const conf::Config& config, Findings& findings);
// Of the Exim that is installed.
void examine_exim(Findings& findings);

}  // namespace xspamd
