#include "rules/meta.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace xspamd {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Which metas each one uses, as places in the list; symbols that are no metas are left out.
std::vector<std::vector<std::size_t>> uses_of(const std::vector<Meta>& metas, std::size_t slots) {
  std::vector<std::size_t> meta_in(slots, kNone);
  for (std::size_t i = 0; i < metas.size(); ++i)
    meta_in[metas[i].slot] = i;
  std::vector<std::vector<std::size_t>> uses(metas.size());
  for (std::size_t i = 0; i < metas.size(); ++i) {
    for (const std::size_t slot : metas[i].when.slots()) {
      if (meta_in[slot] != kNone) uses[i].push_back(meta_in[slot]);
    }
    std::sort(uses[i].begin(), uses[i].end());
    uses[i].erase(std::unique(uses[i].begin(), uses[i].end()), uses[i].end());
  }
  return uses;
}

// Orders places so that each stands behind what it uses; what is in a circle, or uses one, is left over.
class Sorter {
 public:
  explicit Sorter(const std::vector<std::vector<std::size_t>>& uses)
      : uses_(uses), used_by_(uses.size()), missing_(uses.size()) {
    for (std::size_t i = 0; i < uses.size(); ++i) {
      missing_[i] = uses[i].size();
      for (const std::size_t used : uses[i])
        used_by_[used].push_back(i);
      if (uses[i].empty()) ready_.insert(i);
    }
  }

  void run() {
    while (!ready_.empty()) {
      const std::size_t next = *ready_.begin();
      ready_.erase(ready_.begin());
      settle(next);
      sorted_.push_back(next);
    }
  }

  // A circle among those left over, each behind the one that uses it; they count as settled then. Empty when
  // nothing is left.
  std::vector<std::size_t> take_circle() {
    const auto left = std::find_if(missing_.begin(), missing_.end(),
                                   [](std::size_t count) { return count != 0 && count != kNone; });
    if (left == missing_.end()) return {};
    // Whoever is left over uses one that is left over, so this walk comes back to where it has been.
    std::vector<std::size_t> walk{static_cast<std::size_t>(left - missing_.begin())};
    std::vector<bool> seen(missing_.size(), false);
    while (!seen[walk.back()]) {
      seen[walk.back()] = true;
      const auto& uses = uses_[walk.back()];
      walk.push_back(*std::find_if(uses.begin(), uses.end(), [&](std::size_t i) { return is_left(i); }));
    }
    const auto first = std::find(walk.begin(), walk.end(), walk.back());
    std::vector<std::size_t> circle(first, walk.end());
    for (auto place = circle.begin() + 1; place != circle.end(); ++place)
      missing_[*place] = 0;
    for (auto place = circle.begin() + 1; place != circle.end(); ++place)
      settle(*place);
    run();
    return circle;
  }

  const std::vector<std::size_t>& sorted() const { return sorted_; }

 private:
  bool is_left(std::size_t place) const { return missing_[place] != 0 && missing_[place] != kNone; }

  void settle(std::size_t place) {
    missing_[place] = kNone;
    for (const std::size_t user : used_by_[place]) {
      if (is_left(user) && --missing_[user] == 0) ready_.insert(user);
    }
  }

  const std::vector<std::vector<std::size_t>>& uses_;
  std::vector<std::vector<std::size_t>> used_by_;
  std::vector<std::size_t> missing_;  // how many it still waits for; kNone: settled
  std::set<std::size_t> ready_;
  std::vector<std::size_t> sorted_;
};

}  // namespace

std::size_t MetaSet::slot_of(std::string_view symbol) {
  const auto found = slots_.find(symbol);
  if (found != slots_.end()) return found->second;
  return slots_.emplace(symbol, slots_.size()).first->second;
}

void MetaSet::add(Meta meta) {
  meta.slot = slot_of(meta.symbol);
  metas_.push_back(std::move(meta));
}

std::vector<std::vector<std::string>> MetaSet::order() {
  const auto uses = uses_of(metas_, slots_.size());
  Sorter sorter(uses);
  sorter.run();
  std::vector<std::vector<std::string>> circles;
  for (auto circle = sorter.take_circle(); !circle.empty(); circle = sorter.take_circle()) {
    std::vector<std::string>& names = circles.emplace_back();
    for (const std::size_t place : circle)
      names.push_back(metas_[place].symbol);
  }
  if (!circles.empty()) return circles;
  std::vector<Meta> ordered;
  ordered.reserve(metas_.size());
  for (const std::size_t place : sorter.sorted())
    ordered.push_back(std::move(metas_[place]));
  metas_ = std::move(ordered);
  return {};
}

std::vector<const Meta*> MetaSet::hits(const std::vector<Hit>& hits, const IsOn& is_on,
                                       const std::vector<std::string_view>& unknown) const {
  std::vector<const Meta*> met;
  if (metas_.empty()) return met;
  constexpr Expression::Range kUnknown{0, 1};
  std::vector<Expression::Range> values(slots_.size());
  for (const std::string_view symbol : unknown) {
    const auto slot = slots_.find(symbol);
    if (slot != slots_.end()) values[slot->second] = kUnknown;
  }
  const auto count = [this](const Hit& hit, std::vector<Expression::Range>& into) {
    const auto slot = slots_.find(hit.symbol);
    if (slot == slots_.end()) return;
    Expression::Range& value = into[slot->second];
    value.low += static_cast<std::int64_t>(hit.count);
    value.high = value.low;
  };
  for (const Hit& hit : hits) {
    if (!hit.shadow) count(hit, values);
  }
  std::vector<Expression::Range> with_shadows = values;
  for (const Hit& hit : hits) {
    if (hit.shadow) count(hit, with_shadows);
  }
  std::vector<Expression::Range> stack;
  for (const Meta& meta : metas_) {
    if (!is_on(meta.symbol)) continue;
    const auto value = meta.when.value(meta.shadow ? with_shadows : values, stack);
    if (value.certainly_false()) continue;
    const bool certain = value.certainly_true();
    const Expression::Range own = certain ? Expression::Range{1, 1} : kUnknown;
    if (!meta.shadow) values[meta.slot] = own;
    with_shadows[meta.slot] = own;
    if (certain) met.push_back(&meta);
  }
  return met;
}

void apply_metas(const std::vector<const Meta*>& metas, std::vector<Score>& scores) {
  std::set<std::string_view> taken;
  std::set<std::string_view> removed;
  for (const Meta* meta : metas) {
    if (meta->shadow) continue;
    removed.insert(meta->remove.begin(), meta->remove.end());
    for (const std::string& symbol : meta->take) {
      const auto found =
          std::find_if(scores.begin(), scores.end(), [&](const Score& s) { return s.symbol == symbol; });
      if (found == scores.end() || !taken.insert(symbol).second) continue;
      found->value = {};
      found->options.push_back(fmt::format("taken by {}", meta->symbol));
    }
  }
  std::erase_if(scores, [&](const Score& score) { return removed.contains(score.symbol); });
}

const Meta* deciding(const std::vector<const Meta*>& metas) {
  const Meta* best = nullptr;
  for (const Meta* meta : metas) {
    if (meta->shadow || !meta->action) continue;
    const bool stronger = best == nullptr || *meta->action > *best->action;
    const bool before = best != nullptr && *meta->action == *best->action && meta->symbol < best->symbol;
    if (stronger || before) best = meta;
  }
  return best;
}

}  // namespace xspamd
