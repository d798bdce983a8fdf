// The check `rules`: every [rules.NAME] of the configuration, shipped and the user's own.
#include "rules/rule.h"

namespace xspamd {

namespace {

Result<Runner> make(conf::Section&, Services& services) {
  std::shared_ptr<const RuleSet> rules = read_rules(services);
  return Runner{CpuCheck{[rules](const Mail& mail, Deadline deadline) {
    return rules->run(mail, deadline);
  }}};
}

}  // namespace

extern const Check rules_check;
const Check rules_check{.name = "rules",
                        .group = "rules",
                        .about = "Rules on header, envelope and message, as configured",
                        .phase = Phase::scan,
                        .after = {},
                        .symbols = {},
                        .make = make};

}  // namespace xspamd
