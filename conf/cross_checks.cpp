#include "conf/cross_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "conf/units.h"
#include "proto/base/text.h"

namespace xspamd::conf {
namespace {

struct Threshold {
  Action action;
  std::string_view key;
};
// The mildest first.
constexpr Threshold kThresholds[] = {{Action::greylist, "actions.greylist"},
                                     {Action::add_header, "actions.add_header"},
                                     {Action::rewrite_subject, "actions.rewrite_subject"},
                                     {Action::soft_reject, "actions.soft_reject"},
                                     {Action::reject, "actions.reject"}};

// Of two settings the place of that which the user wrote.
Origin place_of_either(const Config& config, std::string_view first, std::string_view second) {
  const Origin place = place_of(config, first);
  return is_built_in(place) ? place_of(config, second) : place;
}

// The most severe action that the score reaches is taken: a milder one at the same score or above never is.
void check_order(const Config& config, Problems& problems) {
  const auto end = std::end(kThresholds);
  for (auto mild = std::begin(kThresholds); mild != end; ++mild) {
    const auto points = config.actions.threshold(mild->action);
    if (!points) continue;
    const auto severe = std::find_if(mild + 1, end, [&](const Threshold& other) {
      const auto reached = config.actions.threshold(other.action);
      return reached && *reached <= *points;
    });
    if (severe == end) continue;
    problems.warn(
        place_of_either(config, mild->key, severe->key),
        fmt::format("{} ({}) is not below {} ({}): \"{}\" is never chosen", mild->key, to_tenths(*points),
                    severe->key, to_tenths(*config.actions.threshold(severe->action)), name(mild->action)));
  }
}

void check_tls(const Config& config, Problems& problems) {
  const auto& listen = config.server.listen;
  const auto tls = std::find_if(listen.begin(), listen.end(),
                                [](const std::string& text) { return text.starts_with("tls:"); });
  if (tls == listen.end() || !config.server.tls_certificate.empty()) return;
  problems.error(place_of(config, "server.listen"),
                 fmt::format("server.listen: {} needs a certificate, server.tls_certificate", quoted(*tls)));
}

void check_times(const Config& config, Problems& problems) {
  constexpr std::chrono::seconds kEximGivesUp{120};
  const Limits& limits = config.limits;
  if (limits.queue + limits.scan >= limits.session) {
    Origin place = place_of(config, "limits.session");
    if (is_built_in(place)) place = place_of_either(config, "limits.queue", "limits.scan");
    problems.error(place, fmt::format("limits.queue ({}) and limits.scan ({}) together must stay below "
                                      "limits.session ({})",
                                      duration_text(limits.queue), duration_text(limits.scan),
                                      duration_text(limits.session)));
  }
  if (config.server.grace < limits.scan) {
    problems.warn(
        place_of_either(config, "server.grace", "limits.scan"),
        fmt::format("server.grace ({}) is shorter than limits.scan ({}): a scan that runs at a stop may "
                    "stay without an answer",
                    duration_text(config.server.grace), duration_text(limits.scan)));
  }
  if (limits.session >= kEximGivesUp) {
    problems.warn(
        place_of(config, "limits.session"),
        fmt::format("limits.session ({}): Exim gives up after 120s", duration_text(limits.session)));
  }
  if (config.dns.timeout > config.dns.budget) {
    problems.warn(place_of_either(config, "dns.timeout", "dns.budget"),
                  fmt::format("dns.timeout ({}) is above dns.budget ({}) and never reached",
                              duration_text(config.dns.timeout), duration_text(config.dns.budget)));
  }
}

}  // namespace

void cross_check(const Config& config, Problems& problems) {
  check_order(config, problems);
  check_tls(config, problems);
  check_times(config, problems);
  if (config.limits.message > config.limits.memory) {
    problems.warn(
        place_of_either(config, "limits.message", "limits.memory"),
        fmt::format("limits.message ({}) is above limits.memory ({}): such a message never finds room",
                    size_text(config.limits.message), size_text(config.limits.memory)));
  }
  if (!config.server.shutdown_workaround) {
    problems.warn(
        place_of(config, "server.shutdown_workaround"),
        "server.shutdown_workaround = false has no effect: a client that closes its sending half always "
        "gets its answer");
  }
}

}  // namespace xspamd::conf
