#include "server/client/mail_input.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace xspamd::client {

Result<MailInput> read_input(std::size_t most_bytes) {
  std::array<char, 65'536> buffer;
  MailInput input;
  // One byte more than it may have shows that it is too large.
  while (input.text.size() <= most_bytes) {
    const std::size_t room = std::min(buffer.size(), most_bytes + 1 - input.text.size());
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(Errc::unavailable,
                  fmt::format("standard input: {}", std::generic_category().message(errno)));
    if (got == 0) return input;
    input.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  input.too_large = true;
  return input;
}

}  // namespace xspamd::client
