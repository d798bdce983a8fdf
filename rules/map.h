// Maps: [maps.NAME] tables, each a list of addresses, domains, networks or patterns that a value of the
// message is looked up in. The entries stand in the configuration or in a file of one entry a line:
// ENTRY [SCORE] [# comment]. A wrong line refuses the start. A file is read again when it has changed; what
// is wrong then, or a file that is gone, leaves the old entries in force and is told once.
// A MapSource is shared: checks on pool threads read data(), one pool thread at a time calls refresh().
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "rules/map_entries.h"
#include "rules/selector.h"

namespace xspamd {

// What a file must differ in to be read again.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed_ns = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct MapNews {
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
};

class MapSource {
 public:
  MapSource(std::string name, std::string file, const MapFormat& format);
  // A map whose entries do not change.
  MapSource(std::string name, std::shared_ptr<const MapEntries> data);

  // The first reading: a wrong line is an error at its place, a file that cannot be read one at `told_at`.
  void load(const conf::Origin& told_at, conf::Problems& problems);
  // Reads the file if it has changed since, and tells what came of it.
  void refresh(MapNews& news);

  std::shared_ptr<const MapEntries> data() const;  // never null

 private:
  void publish(std::shared_ptr<const MapEntries> data);
  // Tells it unless it was the last thing told.
  void warn_once(std::string sentence, MapNews& news);

  const std::string name_;
  const std::string file_;
  const MapFormat format_;
  FileStamp stamp_;       // of what was read last, sound or not
  bool readable_ = true;  // at the last look
  std::string last_warning_;
  mutable std::mutex mutex_;  // guards the pointer alone
  std::shared_ptr<const MapEntries> data_;
};

// Looks at the files of all sources. Pool thread; never two at once for the same sources.
MapNews refresh_maps(std::span<const std::shared_ptr<MapSource>> sources);

// One map as configured.
struct Map {
  std::string symbol;
  std::size_t look_at = 0;  // place in MapSet::selectors
  std::shared_ptr<MapSource> source;
  std::optional<Action> action;
  std::string message;
};

// All maps, sharing what they look at; immutable but for the entries behind the sources.
struct MapSet {
  std::vector<Selector> selectors;
  std::vector<Map> maps;

  // One hit for each map that knows a value, with the entries that matched. Of several entries with scores of
  // their own the one furthest from 0 counts; of several maps with an action the first by name decides.
  Hits run(const Mail& mail, Deadline deadline) const;
};

// `limits` gives the limits alone. Reads every [maps.NAME], adds their symbols to services.symbols and those
// with a file to services.maps; mistakes go to services.problems with their place.
std::shared_ptr<const MapSet> read_maps(const MapFormat& limits, Services& services);

}  // namespace xspamd
