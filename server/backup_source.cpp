#include "server/backup_source.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace xspamd {

namespace {

constexpr std::size_t kPiece = 64 * 1024;

tl::unexpected<Error> cannot(const std::string& name, std::string_view what) {
  const int error = errno;
  return fail(Errc::unavailable,
              fmt::format("{} cannot be {}: {}", name, what, std::generic_category().message(error)));
}

}  // namespace

Result<BackupSource> BackupSource::open(const std::string& file) {
  const bool is_input = file == "-";
  const std::string name = is_input ? "standard input" : file;
  File opened(is_input ? fdopen(dup(STDIN_FILENO), "rb") : std::fopen(file.c_str(), "rb"));
  if (!opened) return cannot(name, "opened");
  struct stat status {};
  if (fstat(fileno(opened.get()), &status) == 0 && S_ISREG(status.st_mode) && !is_input)
    return BackupSource(name, std::move(opened));
  auto kept = keep(name, std::move(opened));
  if (!kept) return tl::unexpected<Error>(kept.error());
  return BackupSource(name, std::move(*kept));
}

Result<BackupSource::File> BackupSource::keep(const std::string& name, File from) {
  File kept(std::tmpfile());
  if (!kept) return cannot("a temporary file", "made");
  std::array<char, kPiece> piece{};
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), from.get()))
    if (std::fwrite(piece.data(), 1, count, kept.get()) != count)
      return cannot("a temporary file", "written");
  if (std::ferror(from.get()) != 0) return cannot(name, "read");
  if (std::fflush(kept.get()) != 0) return cannot("a temporary file", "written");
  std::rewind(kept.get());
  return kept;
}

Result<bool> BackupSource::next(std::vector<BackupEntry>& entries) {
  entries.clear();
  std::array<char, kPiece> piece{};
  while (!ended_ && entries.empty()) {
    const std::size_t count = std::fread(piece.data(), 1, piece.size(), file_.get());
    if (count < piece.size() && std::ferror(file_.get()) != 0) return cannot(name_, "read");
    ended_ = count == 0;
    const auto read = ended_ ? reader_.finish(entries) : reader_.feed({piece.data(), count}, entries);
    if (!read) return fail(read.error().code, fmt::format("{}: {}", name_, read.error().sentence));
  }
  return !entries.empty();
}

Result<void> BackupSource::rewind() {
  if (std::fseek(file_.get(), 0, SEEK_SET) != 0) return cannot(name_, "read again");
  reader_ = BackupReader();
  ended_ = false;
  return {};
}

}  // namespace xspamd
