#include "proto/mail/zip_type.h"

#include <algorithm>
#include <iterator>

#include "proto/mail/zip.h"

namespace xspamd {

namespace {

constexpr std::string_view kZip = "application/zip";

// ECMA-376 part 2: packages of Office have this part, and a folder of their program.
constexpr std::string_view kContentTypes = "[Content_Types].xml";

struct Package {
  std::string_view folder, plain, with_macros;
};

constexpr Package kPackages[] = {
    {"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     "application/vnd.ms-word.document.macroEnabled.12"},
    {"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     "application/vnd.ms-excel.sheet.macroEnabled.12"},
    {"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
     "application/vnd.ms-powerpoint.presentation.macroEnabled.12"},
    {"visio/", "application/vnd.ms-visio.drawing.main+xml",
     "application/vnd.ms-visio.drawing.macroEnabled.main+xml"},
};

// OpenDocument 1.3 part 2 §3.3, EPUB OCF 3.3 §4.3: a stored first entry "mimetype" holds the type.
constexpr std::string_view kMimetypes[] = {
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.text-template",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.spreadsheet-template",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.presentation-template",
    "application/vnd.oasis.opendocument.graphics",
    "application/vnd.oasis.opendocument.formula",
    "application/vnd.oasis.opendocument.base",
    "application/vnd.sun.xml.writer",
    "application/vnd.sun.xml.calc",
    "application/vnd.sun.xml.impress",
    "application/epub+zip",
};

struct Sign {
  std::string_view name, type;
};

// Names that only files of the type have. Earlier ones win: an Android package is a Java archive too.
constexpr Sign kSigns[] = {
    {"AndroidManifest.xml", "application/vnd.android.package-archive"},
    {"install.rdf", "application/x-xpinstall"},
    {"META-INF/mozilla.rsa", "application/x-xpinstall"},
    {"AppxManifest.xml", "application/appx"},
    {"AppxMetadata/AppxBundleManifest.xml", "application/appxbundle"},
    {"FixedDocSeq.fdseq", "application/vnd.ms-xpsdocument"},
    {"FixedDocumentSequence.fdseq", "application/oxps"},
    {"META-INF/MANIFEST.MF", "application/java-archive"},
    {"doc.kml", "application/vnd.google-earth.kmz"},
};

std::string_view by_mimetype(std::string_view bytes, const zip::Directory& directory) {
  const zip::Entry& first = directory.entries.front();
  if (first.name != "mimetype" || first.method != zip::kStored) return {};
  const std::string_view type = zip::packed_bytes(bytes, first);
  const auto* found = std::find(std::begin(kMimetypes), std::end(kMimetypes), type);
  return found == std::end(kMimetypes) ? std::string_view() : *found;
}

std::string_view by_package(const zip::Directory& directory) {
  bool package = false, macros = false, binary = false;
  const Package* program = std::end(kPackages);
  for (const zip::Entry& entry : directory.entries) {
    package = package || entry.name == kContentTypes;
    macros = macros || entry.name.ends_with("/vbaProject.bin");
    binary = binary || entry.name == "xl/workbook.bin";
    program =
        std::min(program, std::find_if(std::begin(kPackages), std::end(kPackages),
                                       [&](const Package& p) { return entry.name.starts_with(p.folder); }));
  }
  if (!package || program == std::end(kPackages)) return {};
  if (binary) return "application/vnd.ms-excel.sheet.binary.macroEnabled.12";
  return macros ? program->with_macros : program->plain;
}

std::string_view by_sign(const zip::Directory& directory) {
  const Sign* best = std::end(kSigns);
  for (const zip::Entry& entry : directory.entries) {
    best = std::min(best, std::find_if(std::begin(kSigns), std::end(kSigns),
                                       [&](const Sign& sign) { return sign.name == entry.name; }));
  }
  return best == std::end(kSigns) ? std::string_view() : best->type;
}

}  // namespace

std::string_view zip_type(std::string_view bytes) {
  // Documents have tens of entries; a Java archive may have thousands, its manifest among the first.
  constexpr std::size_t kMostEntries = 2000;
  constexpr std::size_t kMostSearched = 1024 * 1024;
  const zip::Directory directory = zip::read_directory(bytes, kMostEntries, kMostSearched);
  if (directory.entries.empty()) return kZip;
  for (const std::string_view type :
       {by_mimetype(bytes, directory), by_package(directory), by_sign(directory)}) {
    if (!type.empty()) return type;
  }
  return kZip;
}

}  // namespace xspamd
