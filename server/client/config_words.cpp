#include "server/client/config_words.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "proto/base/text.h"
#include "server/unique_fd.h"

namespace xspamd::client {

std::vector<std::string> config_words(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with('#')) continue;
    for (std::string_view rest = trim(line); !rest.empty();) {
      const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r"));
      words.emplace_back(word);
      rest = trim(rest.substr(word.size()));
    }
  }
  return words;
}

Result<std::vector<std::string>> read_config_words(const std::string& path) {
  const auto refused = [&path](Errc code, const std::string& reason) {
    return fail(code, fmt::format("{}: {}", printable(path), reason));
  };
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file)
    return refused(errno == ENOENT ? Errc::not_found : Errc::unavailable,
                   std::generic_category().message(errno));
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refused(Errc::unavailable, std::generic_category().message(errno));
    if (got == 0) return config_words(text);
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMostConfigBytes)
      return refused(Errc::limit, fmt::format("has more than {} bytes", kMostConfigBytes));
  }
}

}  // namespace xspamd::client
