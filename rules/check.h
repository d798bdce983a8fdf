// Check: something that runs on a message. Symbol: something that scores. A check is one file in
// rules/checks/ and one line in rules/checks.cpp; it declares its symbols, what must have ended before it,
// and a maker that reads its options from [checks.NAME] and returns what runs.
// A CpuCheck runs on a pool thread and cannot see the Scan, so it cannot race; an IoCheck runs on the loop
// thread, may await, and must return by scan.deadline.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conf/config.h"
#include "conf/section.h"
#include "proto/base/points.h"
#include "proto/base/suffix.h"
#include "proto/verdict.h"
#include "rules/io/task.h"
#include "rules/origin.h"

namespace xspamd {

class MapSource;
struct ListSet;
class Message;
class Scan;

using SymbolNames = std::set<std::string, std::less<>>;
inline const SymbolNames kNoNames;

enum class Phase { before, scan, after };

struct Symbol {
  std::string_view name;
  Points score;
  std::string_view about;  // a sentence that an end user understands
};

// A symbol that hit; its value is score x weight. `symbol` views a literal or the Plan.
struct Hit {
  std::string_view symbol;
  double weight = 1;
  std::vector<std::string> options = {};
  std::optional<Points> value = std::nullopt;  // instead of score x weight: an entry's own score
  std::size_t count = 1;                       // how often, for metas
  bool shadow = false;                         // shown only; metas that are no shadows do not see it
};

// Ends the scan at once with this action.
struct Decision {
  Action action = Action::no_action;
  std::string_view by;  // the symbol
  std::string message;  // for the SMTP reply
};

struct Hits {
  std::vector<Hit> list;
  std::optional<Decision> decision;

  void add(std::string_view symbol, std::vector<std::string> options = {}, double weight = 1) {
    list.push_back({symbol, weight, std::move(options)});
  }
};

// What a check looks at; immutable while checks run.
struct Mail {
  const Request& request;
  const Message& message;
  const Origin& origin;
  std::chrono::sys_seconds now{};  // when the scan began
  // Symbols that a profile switched off: to look for them is in vain.
  const SymbolNames& off = kNoNames;
};

using IoCheck = std::function<Task<void>(Scan&)>;
using CpuCheck = std::function<Hits(const Mail&, Deadline)>;
using Runner = std::variant<IoCheck, CpuCheck>;

// A symbol as configured: what list-symbols shows and the score() arithmetic uses.
struct SymbolEntry {
  Points score;
  std::string group;
  std::string about;
  conf::Origin origin;
};
// Node-based: the names stay where they are, so hits may view them.
using SymbolTable = std::map<std::string, SymbolEntry, std::less<>>;
// Maps that the server looks at again while it runs (rules/map.h).
using MapSources = std::vector<std::shared_ptr<MapSource>>;

// What a maker may use.
struct Services {
  const conf::Config& config;
  SymbolTable& symbols;      // a check whose symbols are configuration adds them here
  conf::Problems& problems;  // what is wrong with its configuration, with its place
  MapSources& maps;          // those read from files
  // Checks and symbols that a profile switches on: what makes them is kept though it is disabled.
  const SymbolNames& wanted = kNoNames;
  // A map file that cannot be read or is wrong: refuses the plan, or leaves the map empty until it is sound.
  bool maps_may_fail = false;
  std::shared_ptr<const Suffixes> suffixes = {};  // of the plan
  std::shared_ptr<const ListSet> lists = {};      // of the plan
};

struct Check {
  std::string_view name;
  std::string_view group;
  std::string_view about;
  Phase phase = Phase::scan;
  std::span<const std::string_view>
      after;  // checks that must have ended first; a disabled one counts as ended
  std::span<const Symbol> symbols;
  Result<Runner> (*make)(conf::Section& options, Services& services);
};

// Every check there is, in the order of list-checks.
std::span<const Check* const> all_checks();

}  // namespace xspamd
