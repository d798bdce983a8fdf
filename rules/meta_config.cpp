// From [metas.NAME] tables to a MetaSet. The schema has checked names and types already; here stands what
// needs all symbols: the names in expressions, take and remove, and that no meta uses itself on some way.
#include <fmt/format.h>

#include "conf/section.h"
#include "proto/base/text.h"
#include "rules/meta.h"
#include "rules/symbols.h"

namespace xspamd {

namespace {

class MetaReader {
 public:
  explicit MetaReader(Services& services)
      : services_(services),
        tables_(tables_of(services.config.tree, "metas")),
        parts_(parts_of(services.config.tree)) {}

  MetaSet run() {
    for (const auto& [name, value] : tables_)
      add_symbol(name, value);
    known_ = names_of(services_.symbols, parts_);
    for (const auto& [name, value] : tables_)
      read(name, value);
    refuse_circles();
    return std::move(metas_);
  }

 private:
  conf::Section section(const std::string& name, const conf::Value& value) {
    return conf::Section("metas." + name, &value, services_.problems);
  }

  // At the place of the key, where it stands.
  void complain(const std::string& name, std::string_view key, std::string_view sentence) {
    const conf::Value& table = tables_.find(name)->second;
    const conf::Value* value = conf::find(table, key);
    const conf::Origin& place = value == nullptr ? table.origin : value->origin;
    services_.problems.error(place, fmt::format("meta {}: {}: {}", name, key, sentence));
  }

  void add_symbol(const std::string& name, const conf::Value& value) {
    conf::Section options = section(name, value);
    SymbolEntry entry = read_symbol_entry(options, value.origin, "", "A combination of symbols of this site");
    const bool is_rule_too = tables_of(services_.config.tree, "rules").contains(name);
    const bool is_new = is_part(name) || services_.symbols.emplace(name, std::move(entry)).second;
    if (is_new && !is_rule_too) return;
    services_.problems.error(value.origin,
                             fmt::format("meta {}: a rule, map or check has a symbol of this name", name));
  }

  void read(const std::string& name, const conf::Value& value) {
    conf::Section options = section(name, value);
    Meta meta;
    meta.symbol = name;
    const std::string when = options.get("when", "", "Expression of symbols that hits");
    meta.message = options.get("message", "", "Text for the SMTP reply");
    meta.shadow = options.get("shadow", false, "Shown, never scored");
    meta.action = action_from(options.get("action", "", "The action that a hit decides"));
    meta.take = targets(options, name, "take");
    meta.remove = targets(options, name, "remove");
    const bool enabled = options.get("enabled", true, "Whether it is looked at");
    options.finish();
    auto compiled = Expression::compile(when, [this](std::string_view symbol) { return slot_of(symbol); });
    if (!compiled) return complain(name, "when", compiled.error().sentence);
    meta.when = std::move(*compiled);
    if (enabled || services_.wanted.contains(name)) metas_.add(std::move(meta));
  }

  Result<std::size_t> slot_of(std::string_view symbol) {
    if (services_.symbols.contains(symbol) || parts_.contains(symbol)) return metas_.slot_of(symbol);
    if (const std::string* instead = conf::retired(services_.config, symbol))
      return fail(Errc::not_found, fmt::format("{} is gone: {}", quoted(symbol), *instead));
    return fail(Errc::not_found, no_such_symbol(symbol, known_));
  }

  std::vector<std::string> targets(conf::Section& options, const std::string& name, std::string_view key) {
    auto symbols = options.get(key, std::vector<std::string>{}, "Symbols it acts upon");
    for (const std::string& symbol : symbols) {
      if (symbol == name) {
        complain(name, key, "it names itself");
      } else if (parts_.contains(symbol)) {
        complain(name, key, fmt::format("{} is a part, which is never shown or scored", symbol));
      } else if (!services_.symbols.contains(symbol)) {
        complain(name, key, no_such_symbol(symbol, names_of(services_.symbols)));
      }
    }
    return symbols;
  }

  void refuse_circles() {
    for (const auto& chain : metas_.order())
      complain(chain.front(), "when", fmt::format("metas use each other: {}", fmt::join(chain, " -> ")));
  }

  Services& services_;
  const conf::Table& tables_;
  const SymbolNames parts_;
  std::vector<std::string_view> known_;  // what an expression may name
  MetaSet metas_;
};

}  // namespace

MetaSet read_metas(Services& services) {
  return MetaReader(services).run();
}

}  // namespace xspamd
