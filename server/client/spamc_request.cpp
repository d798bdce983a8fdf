#include "server/client/spamc_request.h"

#include <fmt/format.h>

#include <string_view>

#include "proto/first_line.h"

namespace xspamd::client {

namespace {

std::string places(std::string_view header, bool local, bool remote) {
  if (!local && !remote) return {};
  return fmt::format("{}: {}{}{}\r\n", header, local ? "local" : "", local && remote ? "," : "",
                     remote ? "remote" : "");
}

std::string tell_lines(const Tell& tell) {
  std::string lines;
  if (tell.set_local || tell.set_remote)
    lines = fmt::format("Message-class: {}\r\n", tell.which == Tell::Class::spam ? "spam" : "ham");
  lines += places("Set", tell.set_local, tell.set_remote);
  lines += places("Remove", tell.remove_local, tell.remove_remote);
  if (!tell.fuzzy.flag) return lines;
  const std::string weight = tell.set_remote ? fmt::format("; weight={}", tell.fuzzy.weight) : "";
  return lines + fmt::format("Fuzzy: {}{}\r\n", name(*tell.fuzzy.flag), weight);
}

}  // namespace

std::string spamc_head(const SpamcRequest& request) {
  std::string head = fmt::format("{} SPAMC/1.5\r\n", name(request.command));
  if (request.command == Command::ping) return head + "\r\n";
  if (request.tell) head += tell_lines(*request.tell);
  if (!request.user.empty()) head += fmt::format("User: {}\r\n", request.user);
  if (request.zlib) head += "Compress: zlib\r\n";
  return head + fmt::format("Content-length: {}\r\n\r\n", request.bytes);
}

}  // namespace xspamd::client
