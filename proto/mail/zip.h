// The directory of a ZIP archive (APPNOTE 6.3.10 §4.3), and the deflated bytes of an entry (RFC 1951). Reads
// what unpackers read: the central directory, found from the back, in front of it whatever there may be;
// where it is broken the local headers. Views point into the archive. Never fails; bounded by what the caller
// says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd::zip {

struct Entry {
  std::string_view name;  // as it is written
  bool utf8 = false;      // whether it says that its name is UTF-8
  bool encrypted = false;
  std::uint16_t method = 0;
  std::uint64_t size = 0;    // as it says
  std::uint64_t packed = 0;  // as it says
  std::size_t header = 0;    // where the local header is said to be

  bool is_folder() const;
  // The name as UTF-8 on one line with "/" between its parts; of very long ones the end.
  std::string path() const;
};

inline constexpr std::uint16_t kStored = 0;
inline constexpr std::uint16_t kDeflated = 8;

struct Directory {
  std::vector<Entry> entries;  // without folders
  bool broken = false;         // the directory is missing, cut, or tells other than the local headers
  bool over_limit = false;     // there are more entries
  std::size_t read = 0;        // bytes that were looked at
};

// At most `most_entries`; where local headers must be searched, at most the first `most_bytes`.
Directory read_directory(std::string_view archive, std::size_t most_entries, std::size_t most_bytes);

// The bytes of the entry, packed; cut off where the archive ends.
std::string_view packed_bytes(std::string_view archive, const Entry& entry);

// Keeps its memory from one use to the next.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // At most `most` bytes; of broken data those before the break.
  std::string inflate(std::string_view deflated, std::size_t most);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace xspamd::zip
