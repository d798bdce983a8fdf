#include "proto/mail/ole.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include "proto/base/little_endian.h"

namespace xspamd {

namespace {

struct Stream {
  std::string_view name, type;
};

// Earlier ones win: a message holds attachments, whose names do not stand at its top, but an encrypted
// document is nothing else whatever stands beside.
constexpr Stream kStreams[] = {
    {"EncryptedPackage", "application/encrypted"},
    {"__properties_version1.0", "application/vnd.ms-outlook"},
    {"PowerPoint Document", "application/vnd.ms-powerpoint"},
    {"Workbook", "application/vnd.ms-excel"},
    {"Book", "application/vnd.ms-excel"},
    {"WordDocument", "application/msword"},
    {"VisioDocument", "application/vnd.visio"},
    {"Quill", "application/vnd.ms-publisher"},
    {"Props14", "application/vnd.ms-project"},
    {"Props12", "application/vnd.ms-project"},
    {"Props9", "application/vnd.ms-project"},
};

constexpr std::size_t kEntrySize = 128;
constexpr std::string_view kInstallerClass{"\x84\x10\x0C\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", 16};

// The sectors of the directory: [MS-CFB] §2.3 (allocation table) and §2.6.
class Directory {
 public:
  explicit Directory(std::string_view bytes) : bytes_(bytes) {
    const unsigned shift = little_endian_16(bytes, 30);
    if (shift >= 7 && shift <= 16) sector_size_ = std::size_t{1} << shift;
    sector_ = little_endian_32(bytes, 48);
  }

  // The next sector of it, empty at its end. Bounded: the directory of a document has a few sectors.
  std::string_view next() {
    constexpr std::size_t kMostSectors = 256;
    if (sector_size_ == 0 || ++read_ > kMostSectors) return {};
    const std::string_view sector = at(sector_);
    sector_ = following(sector_);
    return sector;
  }

 private:
  std::string_view at(std::uint64_t sector) const {
    const std::uint64_t begin = (sector + 1) * sector_size_;
    return begin < bytes_.size() ? bytes_.substr(begin, sector_size_) : std::string_view();
  }

  // The header names the first 109 sectors of the allocation table, enough for 6.8 MB in sectors of 512
  // bytes; directories lie near the front.
  std::uint64_t following(std::uint64_t sector) const {
    constexpr std::size_t kInHeader = 109;
    const std::size_t per_sector = sector_size_ / 4;
    if (sector / per_sector >= kInHeader) return kNone;
    const std::uint32_t table = little_endian_32(bytes_, 76 + 4 * (sector / per_sector));
    const std::string_view entries = at(table);
    return entries.empty() ? kNone : little_endian_32(entries, 4 * (sector % per_sector));
  }

  static constexpr std::uint64_t kNone = 0xFFFFFFFF;
  std::string_view bytes_;
  std::size_t sector_size_ = 0;
  std::uint64_t sector_ = 0;
  std::size_t read_ = 0;
};

// The name of a directory entry, as far as it is ASCII.
std::string entry_name(std::string_view entry) {
  const std::size_t length = std::min<std::size_t>(little_endian_16(entry, 64), 64);
  std::string name;
  for (std::size_t at = 0; at + 2 < length; at += 2) {
    const std::uint16_t unit = little_endian_16(entry, at);
    name += unit < 0x80 ? static_cast<char>(unit) : '?';
  }
  return name;
}

}  // namespace

std::string_view ole_type(std::string_view bytes) {
  constexpr std::string_view kOther = "application/x-ole-storage";
  constexpr char kRoot = 5;
  const Stream* best = std::end(kStreams);
  Directory directory(bytes);
  for (std::string_view sector = directory.next(); !sector.empty(); sector = directory.next()) {
    for (; sector.size() >= kEntrySize; sector.remove_prefix(kEntrySize)) {
      if (sector[66] == kRoot && sector.substr(80, 16) == kInstallerClass) return "application/x-msi";
      const std::string name = entry_name(sector);
      best = std::min(best, std::find_if(std::begin(kStreams), std::end(kStreams),
                                         [&](const Stream& stream) { return stream.name == name; }));
    }
  }
  return best == std::end(kStreams) ? kOther : best->type;
}

}  // namespace xspamd
