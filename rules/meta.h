// Meta: one [metas.NAME] table: a symbol that hits when its expression over other symbols is true. A symbol's
// value there is how often it hit: 0 when it did not, and when its rule, check or meta is disabled. A shadow
// is shown only, so it counts 0 too, except for metas that are shadows themselves. MetaSet: all of them, each
// behind those it uses. Compiled once; immutable and safe from several threads.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/check.h"
#include "rules/meta_expression.h"

namespace xspamd {

struct Meta {
  std::string symbol;
  Expression when;
  std::size_t slot = 0;             // of its own value
  std::vector<std::string> take;    // symbols that lose their score
  std::vector<std::string> remove;  // symbols that are dropped
  std::optional<Action> action;
  std::string message;
  bool shadow = false;  // shown; neither scored nor acting on other symbols or the action
};

class MetaSet {
 public:
  using IsOn = std::function<bool(std::string_view symbol)>;

  // The place of a symbol's value; made when it is asked for first.
  std::size_t slot_of(std::string_view symbol);
  void add(Meta meta);
  // Puts each meta behind those it uses, else in the order of add(). Returns every circle of metas that use
  // each other, as the chain of names; the metas are not usable then.
  std::vector<std::vector<std::string>> order();

  // The metas that hit, in order. Hits of symbols that are off must not be in `hits`; metas that are off are
  // not looked at. Symbols that are `unknown`, as their check could not learn what it needs, may or may not
  // have hit: a meta hits only where it does so either way.
  std::vector<const Meta*> hits(const std::vector<Hit>& hits, const IsOn& is_on,
                                const std::vector<std::string_view>& unknown = {}) const;
  std::size_t size() const { return metas_.size(); }

 private:
  std::vector<Meta> metas_;
  std::map<std::string, std::size_t, std::less<>> slots_;
};

// Reads every [metas.NAME], adds their symbols to services.symbols; mistakes go to services.problems with
// their place. Called when all other symbols are there.
MetaSet read_metas(Services& services);

// Hits that scores do for the metas: what they take has no points any more, what they remove is gone. What
// several take is told of the first.
void apply_metas(const std::vector<const Meta*>& metas, std::vector<Score>& scores);

// The meta whose action stands: the most severe, of several the first by name. Null if none has one.
const Meta* deciding(const std::vector<const Meta*>& metas);

}  // namespace xspamd
