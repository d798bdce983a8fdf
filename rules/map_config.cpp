// From [maps.NAME] tables to Maps. The schema has checked names and types already; here stands what only a
// reader of maps can know: the entries, and where their file lies.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "conf/section.h"
#include "proto/base/text.h"
#include "rules/map.h"
#include "rules/symbols.h"

namespace xspamd {

namespace {

// Beside the main configuration file, unless the path is absolute.
std::string place_of_file(const std::string& file, const std::string& configuration) {
  return (std::filesystem::path(configuration).parent_path() / file).string();
}

// Free text may hold blanks; addresses, domains and the like never do.
bool is_free_text(const Selector& selector) {
  using Form = Selector::Form;
  using Source = Selector::Source;
  if (selector.source == Source::envelope || selector.source == Source::received) return false;
  return selector.form != Form::address && selector.form != Form::domain;
}

// One table being read; problems carry the place of the table.
class MapReader {
 public:
  MapReader(const std::string& name, const conf::Value& value, const MapFormat& limits, Services& services)
      : name_(name),
        value_(value),
        services_(services),
        format_(limits),
        section_("maps." + name, &value, services.problems) {}

  void add_to(MapSet& set) {
    Map map;
    map.symbol = name_;
    const bool enabled = section_.get("enabled", true, "Whether it is looked up");
    read_symbol();
    const std::string look_at = section_.get("look_at", "", "What is looked up");
    const std::string kind = section_.get("kind", "", "How entries are compared");
    const std::string action = section_.get("action", "", "The action that a hit decides");
    const std::string file = section_.get("file", "", "File of entries");
    const conf::Value* entries = section_.get_value("entries", "The entries themselves");
    map.message = section_.get("message", "", "Text for the SMTP reply");
    section_.finish();
    const std::size_t dot = std::min(look_at.size(), look_at.find('.'));
    const auto selector =
        parse_selector(look_at.substr(0, dot), look_at.substr(std::min(look_at.size(), dot + 1)));
    const auto known_kind = map_kind_from(kind);
    // Told already, at their place, when the table was checked.
    const bool used = enabled || services_.wanted.contains(name_);
    if (!used || !selector || !known_kind) return;
    if (!action.empty()) map.action = action_from(action);
    format_.kind = *known_kind;
    format_.blanks =
        format_.kind == MapKind::regex || (format_.kind != MapKind::cidr && is_free_text(*selector));
    map.source = file.empty() ? source_of_entries(entries) : source_of_file(file);
    add(set, std::move(map), *selector);
  }

 private:
  void read_symbol() {
    SymbolEntry entry = read_symbol_entry(section_, value_.origin, "maps", "An entry of a list of this site");
    if (services_.symbols.contains(name_)) {
      services_.problems.error(value_.origin,
                               fmt::format("map {}: another rule or check has this symbol", name_));
    } else if (!name_.starts_with("__")) {
      services_.symbols.emplace(name_, std::move(entry));
    }
  }

  std::shared_ptr<MapSource> source_of_file(const std::string& file) {
    const std::string path = place_of_file(file, services_.config.file);
    auto source = std::make_shared<MapSource>(name_, path, format_);
    const conf::Value* told = conf::find(value_, "file");
    conf::Problems read;
    source->load(told == nullptr ? value_.origin : told->origin, read);
    for (const conf::Problem& problem : read.list()) {
      if (services_.maps_may_fail) {
        services_.problems.warn(problem.origin, problem.sentence + "; the map is empty until it is sound");
      } else {
        services_.problems.error(problem.origin, problem.sentence);
      }
    }
    services_.maps.push_back(source);
    return source;
  }

  std::shared_ptr<MapSource> source_of_entries(const conf::Value* entries) {
    auto data = std::make_shared<MapEntries>(format_);
    if (entries != nullptr && entries->array() != nullptr) {
      for (const conf::Value& line : *entries->array())
        add_line(line, *data);
    }
    data->finish();
    return std::make_shared<MapSource>(name_, std::move(data));
  }

  void add_line(const conf::Value& line, MapEntries& data) {
    const std::string* text = line.string();
    if (text == nullptr) return;
    const auto added = data.add(*text);
    if (!added)
      services_.problems.error(line.origin, fmt::format("map {}: {}", name_, added.error().sentence));
  }

  static void add(MapSet& set, Map map, const Selector& selector) {
    const auto known = std::find(set.selectors.begin(), set.selectors.end(), selector);
    map.look_at = static_cast<std::size_t>(known - set.selectors.begin());
    if (known == set.selectors.end()) set.selectors.push_back(selector);
    set.maps.push_back(std::move(map));
  }

  const std::string& name_;
  const conf::Value& value_;
  Services& services_;
  MapFormat format_;
  conf::Section section_;
};

}  // namespace

std::shared_ptr<const MapSet> read_maps(const MapFormat& limits, Services& services) {
  auto set = std::make_shared<MapSet>();
  const conf::Value* tables = conf::find(services.config.tree, "maps");
  if (tables == nullptr || tables->table() == nullptr) return set;
  for (const auto& [name, value] : *tables->table())
    MapReader(name, value, limits, services).add_to(*set);
  return set;
}

}  // namespace xspamd
