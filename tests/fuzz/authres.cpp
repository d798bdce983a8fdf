// Authentication-Results, on any bytes: what is read is UTF-8 on one line and survives being written; what is
// written, from any values, holds no line that mail does not allow and is read back as it stands.
#include <cstdint>

#include "proto/authres.h"
#include "proto/base/text.h"
#include "proto/mail/header.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

bool is_line(const std::string& text) {
  return is_utf8(text) && text.find_first_of("\r\n") == std::string::npos;
}

void check_lines(const std::string& text) {
  require(is_utf8(text) && text.find('\r') == std::string::npos);
  const auto lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    require(lines[i].size() <= 998);
    require(i == 0 || (lines[i].size() > 1 && lines[i].front() == '\t' && lines[i][1] != '\t'));
  }
}

void check_read(std::string_view bytes) {
  const auto results = parse_authentication_results(bytes);
  if (!results) return;
  require(is_line(results->server) && is_line(results->version));
  for (const AuthResult& result : results->results) {
    require(is_line(result.method) && is_line(result.result) && is_line(result.reason) &&
            is_line(result.comment));
    for (const AuthProperty& property : result.properties)
      require(is_line(property.type) && is_line(property.name) && is_line(property.value));
  }
  const std::string text = format_authentication_results(*results);
  check_lines(text);
  require(parse_authentication_results(text) == results);
}

// The bytes as values, divided by NULs.
void check_written(std::string_view bytes) {
  const auto parts = split(bytes, '\0');
  const auto part = [&](std::size_t i) {
    return std::string(i < parts.size() ? parts[i] : std::string_view());
  };
  AuthenticationResults results{part(0), part(1), {}};
  for (std::size_t i = 2; i < parts.size(); i += 7) {
    AuthResult result{part(i), part(i + 1), part(i + 2), part(i + 3), {}};
    result.properties.push_back({part(i + 4), part(i + 5), part(i + 6)});
    results.results.push_back(std::move(result));
  }
  const std::string text = format_authentication_results(results);
  check_lines(text);
  if (text.empty()) return;
  const auto read = parse_authentication_results(text);
  require(read && format_authentication_results(*read) == text);
  require(parse_authentication_results(mail::unfold(text)) == read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_read(bytes);
  check_written(bytes);
  return 0;
}
