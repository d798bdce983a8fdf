// MapEntries: what one map holds, read from lines and made ready to be asked. Words (exact, suffix) are a
// hash table, networks sorted tables by prefix length, globs and patterns a list that is tried in order.
// ASCII case does not matter, except in patterns. Of equal entries the first stands. Entries lie compactly:
// about 20 bytes beside its text for a word, 8 for an IPv4 network. Built by one thread, then immutable and
// shared.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/base/ip.h"
#include "proto/base/points.h"
#include "proto/base/result.h"
#include "rules/check.h"
#include "rules/match/regex.h"

namespace xspamd {

enum class MapKind { exact, suffix, cidr, glob, regex };
std::optional<MapKind> map_kind_from(std::string_view name);

// How the lines of a map are read.
struct MapFormat {
  MapKind kind = MapKind::exact;
  bool blanks = false;                  // entries may hold blanks: what is looked at is free text
  std::size_t max_bytes = 64ULL << 20;  // of a file
  std::size_t max_entries = 2'000'000;
  std::size_t max_patterns = 10'000;  // globs and patterns: each is tried
};

struct MapMatch {
  std::string entry;
  std::optional<Points> score;  // the entry's own
};

// The score that stands behind an entry, in four bytes.
class OwnScore {
 public:
  OwnScore() = default;
  explicit OwnScore(std::optional<Points> score)
      : thousandths_(score ? static_cast<std::int32_t>(score->thousandths) : kNone) {}
  std::optional<Points> points() const {
    return thousandths_ == kNone ? std::nullopt : std::optional(Points{thousandths_});
  }

 private:
  static constexpr std::int32_t kNone = std::numeric_limits<std::int32_t>::min();
  std::int32_t thousandths_ = kNone;
};

// Texts one behind the other, each with its score.
class EntryTexts {
 public:
  void add(std::string_view text, OwnScore score);
  std::size_t size() const { return ends_.size(); }
  std::string_view text(std::size_t place) const;
  MapMatch match(std::size_t place) const { return {std::string(text(place)), scores_[place].points()}; }
  void shrink();

 private:
  std::string all_;
  std::vector<std::uint32_t> ends_;
  std::vector<OwnScore> scores_;
};

class WordEntries {
 public:
  void add(std::string_view word, OwnScore score) { texts_.add(word, score); }
  void finish();
  std::optional<MapMatch> find(std::string_view word) const;
  std::size_t size() const { return texts_.size(); }

 private:
  std::size_t slot_of(std::string_view word) const;

  EntryTexts texts_;
  std::vector<std::uint32_t> slots_;  // place in texts_ + 1; 0: free. A power of two, at most half full
};

class NetworkEntries {
 public:
  void add(const Network& network, OwnScore score);
  void finish();
  // The narrowest network that holds the address.
  std::optional<MapMatch> find(const IpAddress& address) const;
  std::size_t size() const;

 private:
  struct V4 {
    std::uint32_t bits;
    OwnScore score;
  };
  struct V6 {
    std::array<std::uint8_t, 16> bits;
    OwnScore score;
  };
  std::array<std::vector<V4>, 33> v4_;  // by prefix length, sorted
  std::array<std::vector<V6>, 129> v6_;
};

struct GlobEntries {
  EntryTexts texts;
};

struct PatternEntries {
  EntryTexts texts;
  std::vector<Regex> compiled;
};

class MapEntries {
 public:
  explicit MapEntries(const MapFormat& format);

  // One line: ENTRY [SCORE] [# comment]; an empty one says nothing. The error names what is wrong.
  Result<void> add(std::string_view line);
  // After the last add() and before the first find().
  void finish();

  // Globs and patterns give up at the deadline: the caller looks at the clock.
  std::optional<MapMatch> find(std::string_view value, Deadline deadline) const;
  std::size_t size() const;

 private:
  Result<void> add_entry(std::string_view entry, OwnScore score);

  MapFormat format_;
  std::size_t added_ = 0;
  std::variant<WordEntries, NetworkEntries, GlobEntries, PatternEntries> entries_;
};

// `*` stands for any text, `?` for one byte.
bool glob_matches(std::string_view glob, std::string_view text);

}  // namespace xspamd
