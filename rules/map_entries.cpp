#include "rules/map_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "proto/base/text.h"

namespace xspamd {

namespace {

constexpr std::size_t kLongestEntry = 1000;
// Longer values are no address, domain or word; globs are tried on their beginning.
constexpr std::size_t kLongestGlobbed = 4096;
// How many globs or patterns are tried between two looks at the clock.
constexpr std::size_t kTriesALook = 16;

constexpr std::array<std::pair<std::string_view, MapKind>, 5> kKinds{{{"exact", MapKind::exact},
                                                                      {"suffix", MapKind::suffix},
                                                                      {"cidr", MapKind::cidr},
                                                                      {"glob", MapKind::glob},
                                                                      {"regex", MapKind::regex}}};

// FNV-1a over the text in lower case.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(to_lower(c));
    hash *= 0x100000001b3;
  }
  return hash ^ hash >> 32;
}

std::uint32_t v4_bits(const IpAddress& address, int prefix) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i)
    bits = bits << 8 | address.bytes()[i];
  return prefix == 0 ? 0 : bits & ~std::uint32_t{0} << (32 - prefix);
}

std::array<std::uint8_t, 16> v6_bits(const IpAddress& address, int prefix) {
  auto bits = address.bytes();
  const auto whole = static_cast<std::size_t>(prefix / 8);
  if (whole < bits.size()) bits[whole] &= static_cast<std::uint8_t>(~(0xffU >> prefix % 8));
  for (std::size_t i = whole + 1; i < bits.size(); ++i)
    bits[i] = 0;
  return bits;
}

IpAddress base_of(const IpAddress& address, int prefix) {
  if (!address.is_v4()) return IpAddress::v6(v6_bits(address, prefix));
  const std::uint32_t bits = v4_bits(address, prefix);
  const auto byte = [bits](int place) {
    return static_cast<std::uint8_t>(bits >> (24 - 8 * place));
  };
  return IpAddress::v4({byte(0), byte(1), byte(2), byte(3)});
}

template <class Row>
void sort_rows(std::vector<Row>& rows) {
  const auto less = [](const Row& a, const Row& b) {
    return a.bits < b.bits;
  };
  const auto same = [](const Row& a, const Row& b) {
    return a.bits == b.bits;
  };
  std::stable_sort(rows.begin(), rows.end(), less);
  rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
  rows.shrink_to_fit();
}

template <class Row, class Bits>
const Row* find_row(const std::vector<Row>& rows, const Bits& bits) {
  const auto less = [](const Row& row, const Bits& wanted) {
    return row.bits < wanted;
  };
  const auto found = std::lower_bound(rows.begin(), rows.end(), bits, less);
  return found != rows.end() && found->bits == bits ? &*found : nullptr;
}

// What may stand around an address in a header field.
std::string_view without_brackets(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  return istarts_with(text, "IPv6:") ? text.substr(5) : text;
}

// The value itself, then what follows each of its dots, once with the dot and once without it: the longest
// entry first. In an address only the domain has such parts.
std::optional<MapMatch> find_suffix(const WordEntries& words, std::string_view value) {
  if (value.ends_with('.')) value.remove_suffix(1);
  if (auto found = words.find(value)) return found;
  const std::size_t at = value.rfind('@');
  if (at != std::string_view::npos) {
    value.remove_prefix(at + 1);
    if (auto found = words.find(value)) return found;
  }
  for (std::size_t dot = value.find('.', 1); dot < value.size(); dot = value.find('.', dot + 1)) {
    if (auto found = words.find(value.substr(dot))) return found;
    if (auto found = words.find(value.substr(dot + 1))) return found;
  }
  return std::nullopt;
}

std::optional<MapMatch> find_glob(const EntryTexts& globs, std::string_view value, Deadline deadline) {
  value = value.substr(0, kLongestGlobbed);
  for (std::size_t i = 0; i < globs.size(); ++i) {
    if (glob_matches(globs.text(i), value)) return globs.match(i);
    if (i % kTriesALook == 0 && Clock::now() >= deadline) break;
  }
  return std::nullopt;
}

std::optional<MapMatch> find_pattern(const PatternEntries& patterns, std::string_view value,
                                     Deadline deadline) {
  for (std::size_t i = 0; i < patterns.compiled.size(); ++i) {
    if (patterns.compiled[i].count(value, 1).hits > 0) return patterns.texts.match(i);
    if (i % kTriesALook == 0 && Clock::now() >= deadline) break;
  }
  return std::nullopt;
}

// "# ..." at the start of a line or behind a blank.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || is_blank(line[at - 1])) return line.substr(0, at);
  }
  return line;
}

}  // namespace

std::optional<MapKind> map_kind_from(std::string_view name) {
  for (const auto& [word, kind] : kKinds) {
    if (word == name) return kind;
  }
  return std::nullopt;
}

bool glob_matches(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last one met, and where what follows it was tried
  std::size_t tried = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      tried = t;
    } else if (g < glob.size() && (glob[g] == '?' || to_lower(glob[g]) == to_lower(text[t]))) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++tried;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

void EntryTexts::add(std::string_view text, OwnScore score) {
  all_ += text;
  ends_.push_back(static_cast<std::uint32_t>(all_.size()));
  scores_.push_back(score);
}

std::string_view EntryTexts::text(std::size_t place) const {
  const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
  return std::string_view(all_).substr(begin, ends_[place] - begin);
}

void EntryTexts::shrink() {
  all_.shrink_to_fit();
  ends_.shrink_to_fit();
  scores_.shrink_to_fit();
}

// The slot of the word, or the free one where it belongs.
std::size_t WordEntries::slot_of(std::string_view word) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = static_cast<std::size_t>(hash_of(word)) & mask;
  while (slots_[slot] != 0 && !iequals(texts_.text(slots_[slot] - 1), word))
    slot = (slot + 1) & mask;
  return slot;
}

void WordEntries::finish() {
  texts_.shrink();
  slots_.assign(std::bit_ceil(2 * texts_.size() + 1), 0);
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    std::uint32_t& slot = slots_[slot_of(texts_.text(i))];
    if (slot == 0) slot = static_cast<std::uint32_t>(i + 1);
  }
}

std::optional<MapMatch> WordEntries::find(std::string_view word) const {
  if (slots_.empty() || word.empty() || word.size() > kLongestEntry) return std::nullopt;
  const std::uint32_t found = slots_[slot_of(word)];
  if (found == 0) return std::nullopt;
  return texts_.match(found - 1);
}

void NetworkEntries::add(const Network& network, OwnScore score) {
  const auto prefix = static_cast<std::size_t>(network.prefix);
  if (network.address.is_v4()) {
    v4_[prefix].push_back({v4_bits(network.address, network.prefix), score});
  } else {
    v6_[prefix].push_back({v6_bits(network.address, network.prefix), score});
  }
}

void NetworkEntries::finish() {
  for (auto& rows : v4_)
    sort_rows(rows);
  for (auto& rows : v6_)
    sort_rows(rows);
}

std::optional<MapMatch> NetworkEntries::find(const IpAddress& address) const {
  for (int prefix = address.bits(); prefix >= 0; --prefix) {
    const auto place = static_cast<std::size_t>(prefix);
    std::optional<OwnScore> score;
    if (address.is_v4()) {
      if (const V4* row = find_row(v4_[place], v4_bits(address, prefix))) score = row->score;
    } else if (!v6_[place].empty()) {
      if (const V6* row = find_row(v6_[place], v6_bits(address, prefix))) score = row->score;
    }
    if (!score) continue;
    return MapMatch{Network{base_of(address, prefix), prefix}.to_string(), score->points()};
  }
  return std::nullopt;
}

std::size_t NetworkEntries::size() const {
  std::size_t size = 0;
  for (const auto& rows : v4_)
    size += rows.size();
  for (const auto& rows : v6_)
    size += rows.size();
  return size;
}

MapEntries::MapEntries(const MapFormat& format) : format_(format) {
  if (format.kind == MapKind::cidr) entries_.emplace<NetworkEntries>();
  if (format.kind == MapKind::glob) entries_.emplace<GlobEntries>();
  if (format.kind == MapKind::regex) entries_.emplace<PatternEntries>();
}

Result<void> MapEntries::add(std::string_view line) {
  line = trim(without_comment(line));
  if (line.empty()) return {};
  if (!is_utf8(line) ||
      std::any_of(line.begin(), line.end(), [](char c) { return is_control(c) && c != '\t'; }))
    return fail(Errc::invalid, fmt::format("{} is no text in UTF-8", quoted(line.substr(0, 100))));
  const std::size_t blank = line.find_last_of(" \t");
  if (blank == std::string_view::npos) return add_entry(line, OwnScore());
  const std::string_view last = line.substr(blank + 1);
  const auto number = parse_double(last);
  if (!number && format_.blanks) return add_entry(line, OwnScore());
  if (!number) return fail(Errc::invalid, fmt::format("{} is no score such as 2.5", quoted(last)));
  const auto score = points_from(*number);
  if (!score)
    return fail(Errc::invalid, fmt::format("{} is no score: {}", quoted(last), score.error().sentence));
  const std::string_view entry = trim(line.substr(0, blank));
  if (!format_.blanks && entry.find_first_of(" \t") != std::string_view::npos)
    return fail(Errc::invalid, fmt::format("{} has blanks: one entry a line", quoted(entry)));
  return add_entry(entry, OwnScore(*score));
}

Result<void> MapEntries::add_entry(std::string_view entry, OwnScore score) {
  if (entry.size() > kLongestEntry)
    return fail(Errc::limit, fmt::format("the entry is longer than {} bytes", kLongestEntry));
  const bool tried = format_.kind == MapKind::glob || format_.kind == MapKind::regex;
  const std::size_t most = tried ? std::min(format_.max_patterns, format_.max_entries) : format_.max_entries;
  if (added_ >= most) {
    return fail(Errc::limit, fmt::format("more than {} entries (checks.maps.{})", most,
                                         tried ? "max_patterns" : "max_entries"));
  }
  if (auto* words = std::get_if<WordEntries>(&entries_)) {
    if (format_.kind == MapKind::suffix && (entry == "." || entry.ends_with('@')))
      return fail(Errc::invalid, fmt::format("{} is no ending", quoted(entry)));
    if (format_.kind == MapKind::suffix && entry.size() > 1 && entry.ends_with('.')) entry.remove_suffix(1);
    words->add(entry, score);
  } else if (auto* networks = std::get_if<NetworkEntries>(&entries_)) {
    const auto network = Network::parse(entry);
    if (!network) return tl::unexpected(network.error());
    networks->add(*network, score);
  } else if (auto* globs = std::get_if<GlobEntries>(&entries_)) {
    globs->texts.add(entry, score);
  } else if (auto* patterns = std::get_if<PatternEntries>(&entries_)) {
    auto compiled = Regex::compile(entry, "", Regex::Mode::text);
    if (!compiled)
      return fail(Errc::invalid, fmt::format("{}: {}", quoted(entry), compiled.error().sentence));
    patterns->texts.add(entry, score);
    patterns->compiled.push_back(std::move(*compiled));
  }
  ++added_;
  return {};
}

void MapEntries::finish() {
  if (auto* words = std::get_if<WordEntries>(&entries_)) words->finish();
  if (auto* networks = std::get_if<NetworkEntries>(&entries_)) networks->finish();
}

std::optional<MapMatch> MapEntries::find(std::string_view value, Deadline deadline) const {
  if (const auto* words = std::get_if<WordEntries>(&entries_))
    return format_.kind == MapKind::suffix ? find_suffix(*words, value) : words->find(value);
  if (const auto* globs = std::get_if<GlobEntries>(&entries_))
    return find_glob(globs->texts, value, deadline);
  if (const auto* patterns = std::get_if<PatternEntries>(&entries_))
    return find_pattern(*patterns, value, deadline);
  const auto address = IpAddress::parse(without_brackets(value));
  return address ? std::get<NetworkEntries>(entries_).find(*address) : std::nullopt;
}

std::size_t MapEntries::size() const {
  if (const auto* words = std::get_if<WordEntries>(&entries_)) return words->size();
  if (const auto* networks = std::get_if<NetworkEntries>(&entries_)) return networks->size();
  if (const auto* globs = std::get_if<GlobEntries>(&entries_)) return globs->texts.size();
  return std::get<PatternEntries>(entries_).compiled.size();
}

}  // namespace xspamd
