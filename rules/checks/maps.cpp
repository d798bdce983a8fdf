// The check `maps`: every [maps.NAME] of the configuration. It runs before the scan, so that a map with an
// action decides without one.
#include "rules/map.h"

namespace xspamd {

namespace {

// EntryTexts counts bytes in 32 bits.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

Result<Runner> make(conf::Section& options, Services& services) {
  MapFormat limits;
  limits.max_bytes = options.get_size("max_bytes", limits.max_bytes, "Largest file of a map");
  limits.max_entries = options.get("max_entries", limits.max_entries, "Most entries of a map");
  limits.max_patterns =
      options.get("max_patterns", limits.max_patterns, "Most globs or patterns of a map: each is tried");
  if (limits.max_bytes > kMostBytes) return fail(Errc::limit, "max_bytes is more than 1GiB");
  std::shared_ptr<const MapSet> maps = read_maps(limits, services);
  return Runner{CpuCheck{[maps](const Mail& mail, Deadline deadline) {
    return maps->run(mail, deadline);
  }}};
}

}  // namespace

extern const Check maps_check;
const Check maps_check{.name = "maps",
                       .group = "maps",
                       .about = "Lists of addresses, domains, networks and patterns, as configured",
                       .phase = Phase::before,
                       .after = {},
                       .symbols = {},
                       .make = make};

}  // namespace xspamd
