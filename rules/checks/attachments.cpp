// Attached files by their names, types and, of ZIP archives, the names inside. Which extensions are how bad
// and which types go with which names is configuration.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conf/section.h"
#include "proto/base/text.h"
#include "proto/base/utf8.h"
#include "proto/mail/message.h"
#include "rules/check.h"
#include "rules/checks/finding.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 7> kSymbols{
    {{"MIME_BAD_ATTACHMENT", Points{4000}, "A file says it is of another type than its name or content"},
     {"MIME_BAD_EXTENSION", Points{2000}, "An attached file is a program, or starts one when it is opened"},
     {"MIME_DOUBLE_BAD_EXTENSION", Points{3000}, "An attached program is named as if it were a document"},
     {"MIME_BAD_UNICODE", Points{8000}, "The name of a file is shown otherwise than it is written"},
     {"MIME_ENCRYPTED_ARCHIVE", Points{2000}, "An archive needs a password, so that nobody can look inside"},
     {"MIME_ARCHIVE_IN_ARCHIVE", Points{5000}, "An archive holds another archive"},
     // An archive that was damaged on its way looks the same: not rspamd's 8.0.
     {"MIME_OBFUSCATED_ARCHIVE", Points{4000}, "An archive is damaged, or hides what it holds"}}};

// The types that files of an extension may have: "image/png", or "image/" for all of a family.
struct TypeRow {
  std::string extension;
  std::vector<std::string> types;
  double weight;
};

struct Options {
  std::vector<std::string> worst;     // extensions that nobody sends for a good reason
  std::vector<std::string> doubtful;  // those that people do send now and then
  std::vector<std::string> sources;   // what programmers send to each other
  std::vector<std::string> archives;
  std::vector<std::string> programs;  // types, as the first bytes tell them
  std::vector<TypeRow> types;
};

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// UAX 9 §2.2: overrides show letters in another order than they are written. No name needs them.
bool has_override(std::string_view name) {
  constexpr std::string_view kOverrides[] = {"\xE2\x80\xAD", "\xE2\x80\xAE"};  // U+202D, U+202E
  return name.find(kOverrides[0]) != std::string_view::npos ||
         name.find(kOverrides[1]) != std::string_view::npos;
}

class Files {
 public:
  explicit Files(const Options& options) : options_(options) {}

  void look_at(const Attachment& file) {
    look_at_name(file.name, 1.0);
    look_at_type(file);
    if (file.encrypted) encrypted_.add(file.name, 1.0);
    if (file.broken_archive) broken_.add(file.name, 1.0);
    // Whole programs and sources are sent as archives of many files; a trap is one file, or a few.
    constexpr std::size_t kFew = 3;
    const double weight = file.entries.size() > kFew ? 0.2 : 1.0;
    for (const ArchiveEntry& entry : file.entries) {
      if (++names_ > kMostNames) break;
      look_at_name(entry.name, weight);
      const std::string extension = extension_of(entry.name);
      if (entry.depth > 0 || has(options_.archives, extension)) nested_.add(extension, weight);
    }
  }

  Hits hits() {
    Hits hits;
    wrong_type_.tell("MIME_BAD_ATTACHMENT", hits);
    program_.tell("MIME_BAD_EXTENSION", hits);
    double_.tell("MIME_DOUBLE_BAD_EXTENSION", hits);
    override_.tell("MIME_BAD_UNICODE", hits);
    encrypted_.tell("MIME_ENCRYPTED_ARCHIVE", hits);
    nested_.tell("MIME_ARCHIVE_IN_ARCHIVE", hits);
    broken_.tell("MIME_OBFUSCATED_ARCHIVE", hits);
    return hits;
  }

 private:
  void look_at_name(std::string_view name, double weight) {
    if (name.empty()) return;
    if (has_override(name)) override_.add(std::string(name), 1.0);
    const std::string extension = extension_of(name);
    if (has_double_extension(name)) {
      double_.add(std::string(name), 1.0);
    } else if (has(options_.worst, extension)) {
      program_.add(extension, 2.0 * weight);
    } else if (is_executable_extension(extension) && !has(options_.sources, extension)) {
      program_.add(extension, has(options_.doubtful, extension) ? 0.25 * weight : weight);
    }
  }

  void look_at_type(const Attachment& file) {
    // Its bytes are a program's, its name or its type those of something else.
    if (has(options_.programs, file.sniffed)) {
      const bool told = is_executable_extension(file.extension) || has(options_.archives, file.extension);
      const bool is_shown = file.type.starts_with("image/") || file.type.starts_with("text/") ||
                            file.type.starts_with("audio/") || file.type.starts_with("video/");
      if (is_shown || (!told && !file.extension.empty()))
        return wrong_type_.add(fmt::format("{}:{}", file.sniffed, file.type), 1.0);
    }
    if (file.extension.empty() || file.type == "application/octet-stream") return;
    for (const TypeRow& row : options_.types) {
      if (row.extension != file.extension) continue;
      const bool fits = std::any_of(row.types.begin(), row.types.end(), [&](const std::string& type) {
        return type.ends_with('/') ? file.type.starts_with(type) : file.type == type;
      });
      if (!fits) wrong_type_.add(fmt::format("{}:{}", file.extension, file.type), row.weight);
      return;
    }
  }

  static constexpr std::size_t kMostNames = 5000;  // in all archives of a message

  const Options& options_;
  std::size_t names_ = 0;
  Finding wrong_type_, program_, double_, override_, encrypted_, nested_, broken_;
};

// "jpg image/jpeg": the extension and the types that fit.
bool add_rows(const std::vector<std::string>& lines, double weight, std::vector<TypeRow>& rows) {
  for (const std::string& line : lines) {
    const auto words = split(line, ' ');
    if (words.size() < 2) return false;
    rows.push_back({std::string(words[0]), {words.begin() + 1, words.end()}, weight});
  }
  return true;
}

Result<Runner> make(conf::Section& section, Services&) {
  auto options = std::make_shared<Options>();
  const std::vector<std::string> none;
  options->worst = section.get("worst", none, "Extensions that nobody sends for a good reason");
  options->doubtful = section.get("doubtful", none, "Extensions that people do send now and then");
  options->sources = section.get("sources", none, "Extensions of sources, which programmers send");
  options->archives = section.get("archives", none, "Extensions of archives");
  options->programs = section.get("programs", none, "Types of programs, as the first bytes of a file tell");
  constexpr std::string_view kForm = "An extension and the types that fit, such as \"png image/png\"";
  if (!add_rows(section.get("types", none, kForm), 1.0, options->types) ||
      !add_rows(section.get("other_types", none, "As types, for names that are less certain"), 0.4,
                options->types))
    return fail(Errc::invalid, "types: each is an extension and the types that fit, with one blank between");
  std::shared_ptr<const Options> shared = std::move(options);
  return Runner{CpuCheck{[shared](const Mail& mail, Deadline) {
    Files files(*shared);
    for (const Attachment& file : mail.message.attachments())
      files.look_at(file);
    return files.hits();
  }}};
}

}  // namespace

extern const Check attachments_check;
const Check attachments_check{.name = "attachments",
                              .group = "attachments",
                              .about = "The names, types and archives of attached files",
                              .phase = Phase::scan,
                              .after = {},
                              .symbols = kSymbols,
                              .make = make};

}  // namespace xspamd
