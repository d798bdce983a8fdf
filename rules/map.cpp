#include "rules/map.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "conf/file.h"
#include "proto/base/text.h"
#include "rules/values.h"

namespace xspamd {

namespace {

// More matched entries than these are not shown.
constexpr std::size_t kMostShown = 10;

struct BadLine {
  std::size_t line = 0;  // 0: the whole file
  Error error;
};
using Read = tl::expected<std::shared_ptr<const MapEntries>, BadLine>;

Result<FileStamp> stamp_of(const std::string& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0)
    return fail(Errc::unavailable, "cannot be read: " + std::generic_category().message(errno));
  // A pipe could keep its reader waiting for ever.
  if (!S_ISREG(status.st_mode)) return fail(Errc::unavailable, "is no regular file");
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return FileStamp{status.st_dev, status.st_ino, status.st_size,
                   status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

Read parse_entries(std::string_view text, const MapFormat& format) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  auto entries = std::make_shared<MapEntries>(format);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.size(), text.find('\n'));
    const auto added = entries->add(text.substr(0, end));
    if (!added) return tl::unexpected(BadLine{line, added.error()});
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  entries->finish();
  return entries;
}

Read read_entries(const std::string& file, const MapFormat& format) {
  const auto text = conf::read_file(file, format.max_bytes);
  if (text) return parse_entries(*text, format);
  Error error = text.error();
  if (error.code == Errc::limit) error.sentence += " (checks.maps.max_bytes)";
  return tl::unexpected(BadLine{0, std::move(error)});
}

std::string place(const std::string& file, std::size_t line) {
  return line == 0 ? file : fmt::format("{}:{}", file, line);
}

}  // namespace

MapSource::MapSource(std::string name, std::string file, const MapFormat& format)
    : name_(std::move(name)), file_(std::move(file)), format_(format) {
  auto none = std::make_shared<MapEntries>(format_);
  none->finish();
  data_ = std::move(none);
}

MapSource::MapSource(std::string name, std::shared_ptr<const MapEntries> data)
    : name_(std::move(name)), format_(), data_(std::move(data)) {}

void MapSource::load(const conf::Origin& told_at, conf::Problems& problems) {
  const auto stamp = stamp_of(file_);
  Read read = stamp ? read_entries(file_, format_) : Read(tl::unexpected(BadLine{0, stamp.error()}));
  if (read) {
    stamp_ = *stamp;
    return publish(std::move(*read));
  }
  const auto& [line, error] = read.error();
  if (error.code == Errc::invalid || error.code == Errc::limit) {
    const conf::Origin origin{file_, static_cast<int>(line), 0};
    return problems.error(origin, fmt::format("map {}: {}", name_, error.sentence));
  }
  problems.error(told_at, fmt::format("map {}: {}: {}", name_, file_, error.sentence));
}

void MapSource::refresh(MapNews& news) {
  if (file_.empty()) return;
  const auto stamp = stamp_of(file_);
  if (!stamp) {
    readable_ = false;
    return warn_once(fmt::format("map {}: {}: {}", name_, file_, stamp.error().sentence), news);
  }
  if (readable_ && *stamp == stamp_) return;
  Read read = read_entries(file_, format_);
  readable_ = read || read.error().error.code != Errc::unavailable;
  stamp_ = *stamp;
  if (!read) {
    const auto& [line, error] = read.error();
    return warn_once(fmt::format("map {}: {}: {}", name_, place(file_, line), error.sentence), news);
  }
  last_warning_.clear();
  news.notes.push_back(fmt::format("map {}: {} entries read from {}", name_, (*read)->size(), file_));
  publish(std::move(*read));
}

void MapSource::warn_once(std::string sentence, MapNews& news) {
  if (sentence == last_warning_) return;
  last_warning_ = std::move(sentence);
  news.warnings.push_back(last_warning_ + "; the entries read before stay in force");
}

std::shared_ptr<const MapEntries> MapSource::data() const {
  const std::scoped_lock lock(mutex_);
  return data_;
}

void MapSource::publish(std::shared_ptr<const MapEntries> data) {
  const std::scoped_lock lock(mutex_);
  data_.swap(data);
}

MapNews refresh_maps(std::span<const std::shared_ptr<MapSource>> sources) {
  MapNews news;
  for (const auto& source : sources)
    source->refresh(news);
  return news;
}

Hits MapSet::run(const Mail& mail, Deadline deadline) const {
  Hits hits;
  std::vector<std::optional<Values>> looked_at(selectors.size());
  for (const Map& map : maps) {
    if (mail.off.contains(map.symbol)) continue;
    if (Clock::now() >= deadline) {
      hits.add("CHECK_LATE", {"maps"});
      break;
    }
    if (mail.off.contains(map.symbol)) continue;
    auto& values = looked_at[map.look_at];
    if (!values) values = values_of(selectors[map.look_at], mail);
    const auto data = map.source->data();
    Hit hit;
    hit.symbol = map.symbol;
    bool found = false;
    for (const std::string_view value : *values) {
      auto match = data->find(value, deadline);
      if (!match) continue;
      found = true;
      const auto magnitude = [](const std::optional<Points>& points) {
        return points ? std::abs(points->thousandths) : -1;
      };
      if (magnitude(match->score) > magnitude(hit.value)) hit.value = match->score;
      auto& shown = hit.options;
      const bool told = std::find(shown.begin(), shown.end(), match->entry) != shown.end();
      if (!told && shown.size() < kMostShown) shown.push_back(std::move(match->entry));
    }
    if (!found) continue;
    hits.list.push_back(std::move(hit));
    if (map.action && !hits.decision) hits.decision = Decision{*map.action, map.symbol, map.message};
  }
  return hits;
}

}  // namespace xspamd
