// What the name of a file says that it is. Declared in proto/mail/attachment.h.
#include <algorithm>
#include <iterator>

#include "proto/base/text.h"
#include "proto/base/utf8.h"
#include "proto/mail/attachment.h"
#include "proto/mail/character.h"

namespace xspamd {

namespace {

// Sources: what Outlook blocks by default, as help pages list it, and the bad extensions in rspamd's
// mime_types.lua, both read in November 2026, and what desktops run besides. Left out is what those lists
// have for other reasons: certificates, mailboxes, databases, web pages. Sorted.
// clang-format off
constexpr std::string_view kExecutable[] = {
    "accda", "accde", "ade", "adp", "apk", "app", "appcontent-ms", "application", "appref-ms", "appx", "appxbundle",
    "bas", "bash", "bat", "cdxml", "chm", "cmd", "cnt", "com", "command", "cpl", "csh", "deb", "desktop",
    "diagcab", "diagcfg", "diagpkg", "dll", "ex", "ex_", "exe", "fxp", "gadget", "grp", "hlp", "hpj", "hta", "htc",
    "inf", "ins", "inx", "isp", "isu", "jar", "jnl", "jnlp", "job", "js", "jse", "jsx", "ksh", "lib", "library-ms",
    "lnk", "mad", "maf", "mag", "mam", "maq", "mar", "mas", "mat", "mau", "mav", "maw", "mcf", "mda", "mde", "mdz",
    "mjs", "msc", "msh", "msh1", "msh1xml", "msh2", "msh2xml", "mshxml", "msi", "msix", "msixbundle", "msp", "mst",
    "msu", "nsh", "ocx", "ops", "osd", "paf", "pcd", "pif", "pkg", "pl", "plg", "prg", "printerexport", "ps1",
    "ps1xml", "ps2", "ps2xml", "psc1", "psc2", "psd1", "psdm1", "psm1", "pssc", "py", "pyc", "pyo", "pyw", "pyz",
    "pyzw", "reg", "rgs", "rpm", "run", "scf", "scpt", "scr", "sct", "search-ms", "searchconnector-ms",
    "settingcontent-ms", "sh", "shb", "shs", "sys", "theme", "themepack", "udl", "url", "vb", "vbe", "vbp", "vbs",
    "vbscript", "vsmacros", "vsw", "vxd", "webpnp", "website", "workflow", "ws", "wsb", "wsc", "wsf", "wsh", "xbap",
    "xll", "xnk",
};

constexpr std::string_view kContainers[] = {
    "7z", "ace", "arc", "arj", "bz", "bz2", "cab", "daa", "dmg", "egg", "gz", "img", "iso", "isz", "lha", "lz", "lz4",
    "lzh", "nrg", "rar", "rev", "tar", "tbz", "tbz2", "tgz", "txz", "udf", "uu", "uue", "vhd", "vhdx", "vmdk", "wim",
    "xar", "xxe", "xz", "z", "zip", "zipx", "zst",
};

// What people open without a thought.
constexpr std::string_view kHarmless[] = {
    "7z", "avi", "bmp", "csv", "doc", "docm", "docx", "dwg", "eml", "epub", "gif", "gz", "heic", "htm", "html", "ics",
    "jpe", "jpeg", "jpg", "json", "log", "m4a", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "msg", "odp", "ods", "odt",
    "pdf", "png", "pps", "ppsx", "ppt", "pptm", "pptx", "psd", "rar", "rtf", "svg", "tif", "tiff", "txt", "vcf", "wav",
    "webp", "wma", "wmv", "wps", "xls", "xlsb", "xlsm", "xlsx", "xml", "zip",
};
// clang-format on

static_assert(std::is_sorted(std::begin(kExecutable), std::end(kExecutable)));
static_assert(std::is_sorted(std::begin(kContainers), std::end(kContainers)));
static_assert(std::is_sorted(std::begin(kHarmless), std::end(kHarmless)));

template <std::size_t size>
bool is_among(const std::string_view (&sorted)[size], std::string_view extension) {
  constexpr std::size_t kLongest = 32;
  if (extension.size() > kLongest) return false;
  return std::binary_search(std::begin(sorted), std::end(sorted), std::string_view(to_lower(extension)));
}

// Windows runs "name.{CLSID}" with the program of that class and shows neither dot nor class.
bool is_class(std::string_view extension) {
  constexpr std::size_t kClass = 38;
  return extension.size() == kClass && extension.front() == '{' && extension.back() == '}';
}

// Whether the character counts for nothing at the end of a name.
bool is_idle(char32_t code) {
  const CharacterKind kind = character_kind(code);
  return code < 0x20 || code == '.' || kind == CharacterKind::space || kind == CharacterKind::line_end ||
         kind == CharacterKind::zero_width || kind == CharacterKind::joiner ||
         kind == CharacterKind::selector || kind == CharacterKind::bidi;
}

std::string_view without_idle_end(std::string_view name) {
  while (!name.empty()) {
    std::size_t last = name.size() - 1;
    for (int back = 0; back < 3 && last > 0 && (static_cast<unsigned char>(name[last]) & 0xC0) == 0x80;
         ++back)
      --last;
    const CodePoint character = code_point_at(name, last);
    if (last + character.length != name.size() || !is_idle(character.value)) break;
    name.remove_suffix(character.length);
  }
  return name;
}

struct SplitName {
  std::string_view stem, extension;
};

SplitName split_name(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  constexpr auto npos = std::string_view::npos;
  name = without_idle_end(name);
  const std::size_t folder = name.find_last_of("/\\");
  if (folder != npos) name.remove_prefix(folder + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == npos) return {name, {}};
  const std::string_view extension = trim(name.substr(dot + 1));
  // A sentence with a full stop in it has no extension.
  const bool plausible = extension.size() <= kLongest && extension.find_first_of(" \t\r\n") == npos;
  return {name.substr(0, dot), plausible ? extension : std::string_view()};
}

bool is_double(std::string_view name) {
  const SplitName outer = split_name(name);
  if (!is_executable_extension(outer.extension)) return false;
  std::string_view stem = without_idle_end(outer.stem);
  while (!stem.empty() && (stem.back() == '_' || stem.back() == '-'))
    stem = without_idle_end(stem.substr(0, stem.size() - 1));
  return is_among(kHarmless, split_name(stem).extension);
}

constexpr std::string_view kOverride = "\xE2\x80\xAE";  // U+202E, right-to-left override
constexpr std::string_view kPop = "\xE2\x80\xAC";       // U+202C, its end

// The name as it is shown: what stands behind the override is turned round.
std::string shown(std::string_view name, std::size_t turn) {
  const std::string_view behind = name.substr(turn + kOverride.size());
  const std::size_t end = std::min(behind.find(kPop), behind.size());
  std::string turned(behind.substr(0, end));
  // Bytes first, then those of each character back into their order.
  std::reverse(turned.begin(), turned.end());
  for (std::size_t at = 0; at < turned.size();) {
    std::size_t length = 1;
    while (at + length < turned.size() && length < 4 &&
           (static_cast<unsigned char>(turned[at + length - 1]) & 0xC0) == 0x80)
      ++length;
    std::reverse(turned.begin() + static_cast<std::ptrdiff_t>(at),
                 turned.begin() + static_cast<std::ptrdiff_t>(at + length));
    at += length;
  }
  return std::string(name.substr(0, turn)) + turned + std::string(behind.substr(end));
}

}  // namespace

std::string extension_of(std::string_view name) {
  return to_lower(split_name(name).extension);
}

bool is_executable_extension(std::string_view extension) {
  return is_among(kExecutable, extension) || is_class(extension);
}

bool is_container_extension(std::string_view extension) {
  return is_among(kContainers, extension);
}

bool has_double_extension(std::string_view name) {
  if (is_double(name)) return true;
  const std::size_t turn = name.find(kOverride);
  if (turn == std::string_view::npos) return false;
  return is_executable_extension(split_name(name).extension) ||
         is_executable_extension(split_name(shown(name, turn)).extension);
}

}  // namespace xspamd
