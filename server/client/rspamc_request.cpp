#include "server/client/rspamc_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "proto/base/ip.h"
#include "proto/base/text.h"

namespace xspamd::client {

namespace {

struct Row {
  std::string_view option;
  std::string_view header;
  std::string GivenEnvelope::*value;
};

constexpr std::array<Row, 6> kRows{{
    {"--queue-id", "Queue-Id", &GivenEnvelope::queue_id},
    {"--from", "From", &GivenEnvelope::sender},
    {"--helo", "Helo", &GivenEnvelope::helo},
    {"--hostname", "Hostname", &GivenEnvelope::hostname},
    {"--ip", "IP", &GivenEnvelope::ip},
    {"--user", "User", &GivenEnvelope::user},
}};

Result<void> check_text(std::string_view option, std::string_view value) {
  if (std::ranges::none_of(value, is_control)) return {};
  return fail(Errc::invalid, fmt::format("{}: {} has control characters", option, quoted(value)));
}

}  // namespace

Result<void> check(const GivenEnvelope& envelope) {
  for (const Row& row : kRows) {
    if (auto fine = check_text(row.option, envelope.*row.value); !fine) return fine;
  }
  for (const std::string& recipient : envelope.recipients) {
    if (auto fine = check_text("--rcpt", recipient); !fine) return fine;
  }
  if (!envelope.ip.empty() && !IpAddress::parse(envelope.ip))
    return fail(Errc::invalid, fmt::format("--ip: {} is no IP address", quoted(envelope.ip)));
  return {};
}

std::string rspamc_head(const GivenEnvelope& envelope, std::size_t message_bytes) {
  std::string head = fmt::format("CHECK RSPAMC/1.3\r\nContent-length: {}\r\n", message_bytes);
  for (const Row& row : kRows) {
    if (const std::string& value = envelope.*row.value; !value.empty())
      head += fmt::format("{}: {}\r\n", row.header, value);
  }
  for (const std::string& recipient : envelope.recipients)
    head += fmt::format("Rcpt: {}\r\n", recipient);
  return head + "\r\n";
}

}  // namespace xspamd::client
