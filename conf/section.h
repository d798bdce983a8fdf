// Section: a typed view of one table, for whoever owns its keys (a check its [checks.NAME]). Every get()
// names key, default and meaning at the place where the value is used: so unknown keys can be told, and a
// reference printed. A value of the wrong type is a Problem, and the default is returned. The table may be
// absent. Keeps a pointer to the table and a reference to the problems: both must outlive it.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "conf/value.h"
#include "proto/base/ip.h"
#include "proto/base/points.h"

namespace xspamd::conf {

// The member of a table, by dotted path without quotes ("checks.spf"); null if there is none.
const Value* find(const Value& tree, std::string_view path);

class Section {
 public:
  struct Option {
    std::string key;
    std::string preset;  // as TOML
    std::string about;
  };

  // `path` as in messages: "checks.spf".
  Section(std::string path, const Value* table, Problems& problems);

  bool get(std::string_view key, bool preset, std::string_view about);
  std::int64_t get(std::string_view key, std::int64_t preset, std::string_view about);
  double get(std::string_view key, double preset, std::string_view about);
  Points get(std::string_view key, Points preset, std::string_view about);
  std::chrono::milliseconds get(std::string_view key, std::chrono::milliseconds preset,
                                std::string_view about);
  std::string get(std::string_view key, const std::string& preset, std::string_view about);
  std::string get(std::string_view key, const char* preset, std::string_view about);
  std::vector<std::string> get(std::string_view key, const std::vector<std::string>& preset,
                               std::string_view about);
  std::vector<Network> get(std::string_view key, const std::vector<Network>& preset, std::string_view about);
  // Any other integer type: what does not fit into it is refused.
  template <class I>
  requires(std::integral<I> && !std::same_as<I, bool> && !std::same_as<I, std::int64_t>) I
      get(std::string_view key, I preset, std::string_view about) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<I>::max());
    constexpr std::int64_t kLeast = std::is_signed_v<I> ? std::int64_t{std::numeric_limits<I>::min()} : 0;
    return static_cast<I>(bounded(key, static_cast<std::int64_t>(preset), kLeast, kMost, about));
  }
  // Bytes, written "16KiB" or as an integer.
  std::size_t get_size(std::string_view key, std::size_t preset, std::string_view about);
  // A key whose value the caller reads itself; null if it is not set.
  const Value* get_value(std::string_view key, std::string_view about);

  // Reports what no get() asked for and the schema does not know, with the nearest known key.
  void finish();

  const std::string& path() const { return path_; }
  const Origin& origin() const { return origin_; }
  const std::vector<Option>& options() const { return options_; }

 private:
  const Value* look_up(std::string_view key, std::string preset, std::string_view about);
  std::int64_t bounded(std::string_view key, std::int64_t preset, std::int64_t least, std::uint64_t most,
                       std::string_view about);
  void refuse(std::string_view key, std::string_view expected, const Value& value, std::string_view why = {});

  std::string path_;
  Origin origin_;
  const Table* table_ = nullptr;
  Problems& problems_;
  std::vector<Option> options_;
};

// What every check says of its own options, by the name of the check.
using CheckOptions = std::map<std::string, std::vector<Section::Option>, std::less<>>;

}  // namespace xspamd::conf
