#include "proto/mail/attachment.h"

#include <algorithm>
#include <iterator>

#include "proto/mail/file_type.h"
#include "proto/mail/ole.h"
#include "proto/mail/zip.h"
#include "proto/mail/zip_type.h"

namespace xspamd {

namespace {

// ZIP files that open as one thing: no reader unpacks them.
constexpr std::string_view kPackages[] = {
    "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xlsb", "xltx", "xltm", "pptx", "pptm", "potx", "ppsx",
    "ppsm", "odt",  "ods",  "odp",  "odg",  "epub", "jar",  "apk",  "xpi",  "vsdx", "oxps", "xps",  "kmz"};

bool is_package(std::string_view name) {
  return std::find(std::begin(kPackages), std::end(kPackages), extension_of(name)) != std::end(kPackages);
}

bool begins_as_zip(std::string_view bytes) {
  return bytes.starts_with("PK\3\4") || bytes.starts_with("PK\5\6");
}

// Lists an archive and those in it, as far as the limits go.
class Lister {
 public:
  Lister(const Limits& limits, Archive& archive)
      : most_entries_(limits.archive_files), budget_(limits.archive), archive_(archive) {}

  void list(std::string_view bytes) {
    const zip::Directory directory = zip::read_directory(bytes, most_entries_, bytes.size());
    archive_.broken = directory.broken;
    archive_.over_limit = directory.over_limit;
    for (const zip::Entry& entry : directory.entries) {
      if (!add(entry, 0)) return;
      if (!entry.encrypted && !is_package(archive_.entries.back().name)) look_inside(bytes, entry);
    }
  }

 private:
  // Whether there was room.
  bool add(const zip::Entry& entry, std::size_t depth) {
    if (archive_.entries.size() >= most_entries_) {
      archive_.over_limit = true;
      return false;
    }
    archive_.entries.push_back({entry.path(), entry.size, entry.encrypted, depth});
    archive_.encrypted = archive_.encrypted || entry.encrypted;
    return true;
  }

  void spend(std::size_t bytes) { budget_ -= std::min(budget_, bytes); }

  void look_inside(std::string_view bytes, const zip::Entry& entry) {
    // The first block has its tables in front, of a few hundred bytes. More is not looked at: a stream of
    // empty blocks costs its length and gives nothing.
    constexpr std::size_t kPeek = 1024;
    const std::string_view packed = zip::packed_bytes(bytes, entry);
    const bool deflated = entry.method == zip::kDeflated;
    if (!deflated && entry.method != zip::kStored) return;
    if (!begins_as_zip(deflated ? inflater_.inflate(packed.substr(0, kPeek), 4) : packed)) return;
    if (budget_ == 0) {
      archive_.over_limit = true;
    } else if (deflated) {
      const std::string inner = inflater_.inflate(packed.substr(0, budget_), budget_);
      const bool cut = inner.size() == budget_ || packed.size() > budget_;
      spend(std::max(inner.size(), std::min(packed.size(), budget_)));
      list_inner(inner, cut);
    } else {
      list_inner(packed, false);
    }
  }

  // What was cut off shows names only by its local headers, which were paid for when it was unpacked.
  void list_inner(std::string_view bytes, bool cut) {
    const std::size_t room = most_entries_ - archive_.entries.size();
    const zip::Directory directory = zip::read_directory(bytes, room, cut ? bytes.size() : budget_);
    archive_.broken = archive_.broken || (directory.broken && !cut);
    archive_.over_limit = archive_.over_limit || directory.over_limit || cut;
    spend(directory.read);
    for (const zip::Entry& entry : directory.entries)
      add(entry, 1);
  }

  std::size_t most_entries_;
  std::size_t budget_;  // bytes that may still be unpacked or searched
  Archive& archive_;
  zip::Inflater inflater_;
};

}  // namespace

std::string_view sniff_type(std::string_view bytes) {
  const std::string_view type = file_type(bytes);
  if (type == "application/zip") return zip_type(bytes);
  if (type == "application/x-ole-storage") return ole_type(bytes);
  return type;
}

Archive list_zip(std::string_view bytes, const Limits& limits) {
  Archive archive;
  Lister(limits, archive).list(bytes);
  return archive;
}

}  // namespace xspamd
