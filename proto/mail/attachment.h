// What an attached file is: its name, its type by its first bytes, and, for ZIP archives, what is inside.
// Nothing is unpacked but archives within archives, once, within limits. Never fails, linear.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/limits.h"

namespace xspamd {

struct ArchiveEntry {
  std::string name;  // UTF-8, controls replaced; path with "/"
  std::size_t size = 0;
  bool encrypted = false;
  std::size_t depth = 0;  // 1: inside an archive of the archive
};

struct Attachment {
  std::size_t part = 0;    // index in Message::parts()
  std::string name;        // UTF-8; empty if it has none
  std::string extension;   // lower case, without the dot; empty if there is none
  std::string type;        // as declared
  std::string sniffed;     // by its bytes, empty if they are no known type
  std::size_t size = 0;    // decoded
  bool is_inline = false;  // shown within the message (an image with a Content-ID, disposition inline)
  std::vector<ArchiveEntry> entries;  // of a ZIP archive
  bool encrypted = false;             // an entry needs a password
  bool broken_archive = false;
};

// The media type that the first bytes show ("application/zip", "application/x-dosexec", "image/png", ...), or
// empty. Office documents inside ZIP and OLE are told apart by the names in them.
std::string_view sniff_type(std::string_view bytes);

struct Archive {
  std::vector<ArchiveEntry> entries;
  bool encrypted = false, broken = false, over_limit = false;
};
// The central directory of a ZIP file (APPNOTE 6.3.10 §4.3.12), or its local headers where that is broken.
// Folders are left out. ZIP files inside, stored or deflated, are listed behind their own entry (once;
// Limits::archive bytes unpacked and searched in all), but not documents that are ZIP files themselves.
// `broken` also when the directory tells other names than the local headers.
Archive list_zip(std::string_view bytes, const Limits& limits);

// "exe" of "Invoice.PDF .exe": blanks, dots and invisible characters at the end do not count.
std::string extension_of(std::string_view name);
// Whether a file of that extension runs when it is opened (on Windows, mostly).
bool is_executable_extension(std::string_view extension);
// Archives and images of disks: what is inside may run, and comes without the mark of the web.
bool is_container_extension(std::string_view extension);
// "pdf.exe": a harmless extension hides in front of an executable one, also with blanks or invisible
// characters between; or the name reads so when U+202E has turned it round.
bool has_double_extension(std::string_view name);

}  // namespace xspamd
