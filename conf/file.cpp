#include "conf/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "conf/units.h"

namespace xspamd::conf {
namespace {

struct Descriptor {
  int number = -1;
  ~Descriptor() {
    if (number >= 0) close(number);
  }
};

tl::unexpected<Error> failed(int error) {
  const Errc code = error == ENOENT ? Errc::not_found : Errc::unavailable;
  return fail(code, "cannot be read: " + std::generic_category().message(error));
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  // Opening a fifo that nobody writes to must not block; reading one that somebody writes to must wait.
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0) return failed(errno);
  if (fcntl(file.number, F_SETFL, 0) != 0) return failed(errno);
  struct stat status {};
  if (fstat(file.number, &status) != 0) return failed(errno);
  if (S_ISDIR(status.st_mode)) return fail(Errc::unavailable, "is a directory, not a file");
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t count = read(file.number, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > max_bytes) {
      return fail(Errc::limit, fmt::format("is larger than {}", size_text(max_bytes)));
    }
  }
}

namespace {

// What editors and packages leave beside a file, and what explains it: nobody expects these to be read.
bool is_bystander(std::string_view name) {
  if (name.starts_with('.') || name.starts_with('#') || name.starts_with("README")) return true;
  for (const std::string_view end : {"~", ".bak", ".swp", ".orig", ".dpkg-old", ".dpkg-dist", ".dpkg-new"}) {
    if (name.ends_with(end)) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<std::string>> toml_files(const std::string& folder, std::vector<std::string>& unread) {
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  if (error == std::errc::no_such_file_or_directory) return paths;
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (is_bystander(name)) continue;
    (name.ends_with(".toml") ? paths : unread).push_back(entry->path().string());
  }
  if (error) return failed(error.value());
  std::sort(paths.begin(), paths.end());
  std::sort(unread.begin(), unread.end());
  return paths;
}

}  // namespace xspamd::conf
