#include "server/client/file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "server/unique_fd.h"

namespace xspamd::client {

namespace {

std::string why(int error) {
  return std::generic_category().message(error);
}

class FileSource : public ByteSource {
 public:
  FileSource(UniqueFd fd, std::atomic<std::uint64_t>& bytes_read)
      : fd_(std::move(fd)), bytes_read_(bytes_read) {}

  Result<std::size_t> read(std::span<char> into) override {
    for (;;) {
      const ssize_t got = ::read(fd_.get(), into.data(), into.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(Errc::unavailable, why(errno));
      bytes_read_ += static_cast<std::uint64_t>(got);
      return static_cast<std::size_t>(got);
    }
  }

 private:
  UniqueFd fd_;
  std::atomic<std::uint64_t>& bytes_read_;
};

int open_descriptor(const FoundFile& file) {
  if (!file.in_folder && file.path == kStandardInput) return ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  // What lay in a folder was a file when it was listed: neither a link nor a pipe may have taken its place.
  const int careful = file.in_folder ? O_NOFOLLOW | O_NONBLOCK : 0;
  return ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | careful);
}

}  // namespace

Result<Bytes> open_file(const FoundFile& file, std::atomic<std::uint64_t>& bytes_read) {
  UniqueFd fd(open_descriptor(file));
  if (!fd && errno == ENOENT && file.in_folder) return fail(Errc::not_found, why(errno));
  if (!fd) return fail(Errc::unavailable, why(errno));
  return std::make_unique<FileSource>(std::move(fd), bytes_read);
}

std::optional<std::uint64_t> size_of_all(const std::vector<std::string>& arguments) {
  std::uint64_t bytes = 0;
  FolderWalk walk(arguments);
  while (const auto file = walk.next()) {
    if (!*file) continue;
    struct stat status {};
    const bool standard_input = !(*file)->in_folder && (*file)->path == kStandardInput;
    const int error =
        standard_input ? ::fstat(STDIN_FILENO, &status) : ::stat((*file)->path.c_str(), &status);
    if (error != 0) continue;
    if (!S_ISREG(status.st_mode)) return std::nullopt;
    bytes += static_cast<std::uint64_t>(status.st_size);
  }
  return bytes;
}

}  // namespace xspamd::client
