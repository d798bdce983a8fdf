#include "proto/mail/zip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "proto/base/little_endian.h"

namespace xspamd::zip {

namespace {

constexpr auto npos = std::string_view::npos;

// APPNOTE §4.3: each record begins with its signature, which is counted here.
constexpr std::string_view kLocalHeader = "PK\3\4";
constexpr std::size_t kLocalHeaderSize = 30;
constexpr std::string_view kCentralHeader = "PK\1\2";
constexpr std::size_t kCentralHeaderSize = 46;
constexpr std::string_view kEnd = "PK\5\6";
constexpr std::size_t kEndSize = 22;
constexpr std::string_view kEnd64 = "PK\6\6";
constexpr std::size_t kEnd64Size = 56;
constexpr std::string_view kLocator64 = "PK\6\7";
constexpr std::size_t kLocator64Size = 20;
constexpr std::size_t kLongestComment = 65535;

constexpr std::uint16_t kMax16 = 0xFFFF;
constexpr std::uint32_t kMax32 = 0xFFFFFFFF;

// APPNOTE §4.4.4, general purpose bits.
constexpr unsigned kEncrypted = 1U << 0 | 1U << 6;
constexpr unsigned kSizesBehind = 1U << 3;
constexpr unsigned kUtf8 = 1U << 11;
constexpr unsigned kMasked = 1U << 13;
constexpr std::uint16_t kAes = 99;

bool stands_at(std::string_view bytes, std::uint64_t at, std::string_view signature) {
  return at < bytes.size() && bytes.substr(at).starts_with(signature);
}

// The bytes of the extra field `id` (APPNOTE §4.5).
std::string_view extra_field(std::string_view extra, std::uint16_t id) {
  while (extra.size() >= 4) {
    const std::size_t length = little_endian_16(extra, 2);
    if (little_endian_16(extra, 0) == id) return extra.substr(4, length);
    extra.remove_prefix(std::min(extra.size(), 4 + length));
  }
  return {};
}

// APPNOTE §4.5.3: the values that do not fit into 32 bits, in this order.
void take_zip64(std::string_view extra, Entry& entry, std::uint64_t& header) {
  constexpr std::uint16_t kZip64 = 0x0001;
  const std::string_view field = extra_field(extra, kZip64);
  std::size_t at = 0;
  for (std::uint64_t* value : {&entry.size, &entry.packed, &header}) {
    if (*value != kMax32 || field.size() < at + 8) continue;
    *value = little_endian_64(field, at);
    at += 8;
  }
}

// APPNOTE §4.6.9: a name in UTF-8 beside the other, if it belongs to that.
void take_unicode_path(std::string_view extra, Entry& entry) {
  constexpr std::uint16_t kUnicodePath = 0x7075;
  const std::string_view field = extra_field(extra, kUnicodePath);
  if (field.size() < 6 || field[0] != 1) return;
  const auto* name = reinterpret_cast<const Bytef*>(entry.name.data());
  if (crc32(0, name, static_cast<uInt>(entry.name.size())) != little_endian_32(field, 1)) return;
  entry.name = field.substr(5);
  entry.utf8 = true;
}

// Where the central directory stands.
struct Place {
  std::size_t begin = 0, end = 0;
  std::size_t shift = 0;  // what stands in front of the archive, to be added to its offsets
  std::uint64_t entries = 0;
};

// What the end record at `at` says, if there is a directory where it says.
std::optional<Place> place_of(std::string_view archive, std::size_t at) {
  std::uint64_t size = little_endian_32(archive, at + 12);
  std::uint64_t offset = little_endian_32(archive, at + 16);
  Place place;
  place.entries = little_endian_16(archive, at + 10);
  place.end = at;
  const bool saturated = place.entries == kMax16 || size == kMax32 || offset == kMax32;
  if (saturated && at >= kLocator64Size && stands_at(archive, at - kLocator64Size, kLocator64)) {
    const std::size_t locator = at - kLocator64Size;
    std::uint64_t record = little_endian_64(archive, locator + 8);
    if (!stands_at(archive, record, kEnd64) && locator >= kEnd64Size) record = locator - kEnd64Size;
    if (!stands_at(archive, record, kEnd64) || record > locator) return std::nullopt;
    place.entries = little_endian_64(archive, record + 32);
    size = little_endian_64(archive, record + 40);
    offset = little_endian_64(archive, record + 48);
    place.end = record;
  }
  if (size <= place.end && stands_at(archive, place.end - size, size == 0 ? "PK" : kCentralHeader)) {
    place.begin = place.end - size;
    // Offsets that point behind their directory are nonsense, and then nothing is shifted.
    place.shift = place.begin >= offset ? place.begin - offset : 0;
    return place;
  }
  if (offset >= place.end || !stands_at(archive, offset, kCentralHeader)) return std::nullopt;
  place.begin = offset;
  return place;
}

// The last end record that leads to a directory: behind it stands only its comment, which may hold more of
// them.
std::optional<Place> find_place(std::string_view archive, std::size_t& read) {
  if (archive.size() < kEndSize) return std::nullopt;
  const std::size_t last = archive.size() - kEndSize;
  const std::size_t first = last - std::min(last, kLongestComment);
  const std::string_view tail = archive.substr(first);
  for (std::size_t at = tail.rfind(kEnd); at != npos; at = at == 0 ? npos : tail.rfind(kEnd, at - 1)) {
    read = tail.size() - at;
    if (tail.size() - at < kEndSize) continue;
    if (const auto place = place_of(archive, first + at)) return place;
  }
  read = tail.size();
  return std::nullopt;
}

// Whether there was room. Folders need none.
bool add(const Entry& entry, std::size_t most, Directory& directory) {
  if (entry.is_folder()) return true;
  directory.over_limit = directory.entries.size() >= most;
  if (!directory.over_limit) directory.entries.push_back(entry);
  return !directory.over_limit;
}

bool matches_local_header(std::string_view archive, const Entry& entry, std::string_view name) {
  if (!stands_at(archive, entry.header, kLocalHeader)) return false;
  const std::size_t length = little_endian_16(archive, entry.header + 26);
  return archive.substr(entry.header).substr(0, kLocalHeaderSize + length).substr(kLocalHeaderSize) == name;
}

// Whether there was an entry.
bool read_central(std::string_view archive, const Place& place, std::size_t most, Directory& directory) {
  std::size_t at = place.begin;
  std::uint64_t count = 0;
  for (; at < place.end && stands_at(archive, at, kCentralHeader); ++count) {
    const std::string_view record = archive.substr(at, place.end - at);
    const std::size_t name = little_endian_16(record, 28), extra = little_endian_16(record, 30);
    const std::size_t length = kCentralHeaderSize + name + extra + little_endian_16(record, 32);
    if (record.size() < kCentralHeaderSize + name) break;
    const unsigned flags = little_endian_16(record, 8);
    Entry entry;
    entry.method = little_endian_16(record, 10);
    entry.encrypted = (flags & kEncrypted) != 0 || entry.method == kAes;
    entry.utf8 = (flags & kUtf8) != 0;
    entry.packed = little_endian_32(record, 20);
    entry.size = little_endian_32(record, 24);
    entry.name = record.substr(kCentralHeaderSize, name);
    std::uint64_t header = little_endian_32(record, 42);
    const std::string_view extras = record.substr(kCentralHeaderSize + name).substr(0, extra);
    take_zip64(extras, entry, header);
    const std::uint64_t room = archive.size() - place.shift;
    entry.header = header < room ? header + place.shift : archive.size();
    if ((flags & kMasked) == 0 && !matches_local_header(archive, entry, entry.name)) directory.broken = true;
    take_unicode_path(extras, entry);
    at += length;
    if (!add(entry, most, directory)) return true;
  }
  directory.read += at - place.begin;
  // The number has 16 bits in archives that were written without Zip64.
  if ((count & kMax16) != (place.entries & kMax16)) directory.broken = true;
  return count > 0;
}

// The entry of the local header at `at`; nothing if the signature stood there by chance.
std::optional<Entry> local_entry(std::string_view archive, std::size_t at) {
  constexpr std::uint16_t kNewestVersion = 63;
  constexpr std::size_t kLongestName = 4096;
  const std::string_view record = archive.substr(at);
  const std::size_t name = little_endian_16(record, 26);
  const unsigned version = little_endian_16(record, 4) & 0xFF;
  if (record.size() < kLocalHeaderSize + name || name == 0 || name > kLongestName || version > kNewestVersion)
    return std::nullopt;
  const unsigned flags = little_endian_16(record, 6);
  Entry entry;
  entry.method = little_endian_16(record, 8);
  if (entry.method > kAes) return std::nullopt;
  entry.encrypted = (flags & kEncrypted) != 0 || entry.method == kAes;
  entry.utf8 = (flags & kUtf8) != 0;
  entry.packed = little_endian_32(record, 18);
  entry.size = little_endian_32(record, 22);
  entry.name = record.substr(kLocalHeaderSize, name);
  entry.header = at;
  std::uint64_t header = 0;
  take_zip64(record.substr(kLocalHeaderSize + name).substr(0, little_endian_16(record, 28)), entry, header);
  // What has its sizes behind it reaches to wherever the next header is.
  if ((flags & kSizesBehind) != 0 && entry.packed == 0) entry.packed = record.size();
  return entry;
}

void read_local(std::string_view archive, std::size_t most, Directory& directory) {
  std::size_t at = 0;
  while ((at = archive.find(kLocalHeader, at)) != npos) {
    const auto entry = local_entry(archive, at);
    if (!entry) {
      at += kLocalHeader.size();
      continue;
    }
    if (!add(*entry, most, directory)) return;
    const std::string_view packed = packed_bytes(archive, *entry);
    const std::size_t data = static_cast<std::size_t>(packed.data() - archive.data());
    // Where the size leads to a record it is right; else the next header is searched.
    at = packed.size() == entry->packed && stands_at(archive, data + packed.size(), "PK")
             ? data + packed.size()
             : data;
  }
}

}  // namespace

std::string_view packed_bytes(std::string_view archive, const Entry& entry) {
  const std::size_t at = entry.header;
  const std::size_t data =
      at + kLocalHeaderSize + little_endian_16(archive, at + 26) + little_endian_16(archive, at + 28);
  if (!stands_at(archive, at, kLocalHeader) || data > archive.size()) return archive.substr(archive.size());
  return archive.substr(data, std::min<std::uint64_t>(entry.packed, npos));
}

Directory read_directory(std::string_view archive, std::size_t most_entries, std::size_t most_bytes) {
  Directory directory;
  if (const auto place = find_place(archive, directory.read)) {
    if (read_central(archive, *place, most_entries, directory) || place->entries == 0) return directory;
  }
  directory.broken = true;
  const std::string_view searched = archive.substr(0, most_bytes);
  directory.read += searched.size();
  read_local(searched, most_entries, directory);
  return directory;
}

struct Inflater::Stream {
  z_stream z{};
  bool open = false;
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {
  constexpr int kRaw = -15;  // the largest window, neither header nor trailer
  stream_->open = inflateInit2(&stream_->z, kRaw) == Z_OK;
}

Inflater::~Inflater() {
  if (stream_->open) inflateEnd(&stream_->z);
}

std::string Inflater::inflate(std::string_view deflated, std::size_t most) {
  std::string bytes;
  if (!stream_->open || inflateReset(&stream_->z) != Z_OK) return bytes;
  constexpr std::size_t kChunk = 16 * 1024;
  constexpr std::size_t kMostInput = std::numeric_limits<uInt>::max();
  z_stream& z = stream_->z;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(deflated.data()));  // zlib does not write there
  z.avail_in = static_cast<uInt>(std::min(deflated.size(), kMostInput));
  int status = Z_OK;
  while (status == Z_OK && bytes.size() < most) {
    const std::size_t done = bytes.size();
    const std::size_t room = std::min(most - done, std::max(kChunk, done));
    bytes.resize(done + room);
    z.next_out = reinterpret_cast<Bytef*>(bytes.data() + done);
    z.avail_out = static_cast<uInt>(std::min(room, kMostInput));
    status = ::inflate(&z, Z_NO_FLUSH);
    bytes.resize(bytes.size() - z.avail_out);
  }
  return bytes;
}

}  // namespace xspamd::zip
