#include "server/spamd_log.h"

#include <fmt/format.h>

#include <string_view>

#include "proto/base/ip.h"
#include "proto/base/text.h"
#include "proto/spam_report.h"

namespace xspamd {

namespace {

constexpr std::string_view kUnknown = "(unknown)";
constexpr std::size_t kMostText = 250;     // of one value that others control
constexpr std::size_t kMostNames = 4'000;  // bytes of rule names

// As spamd does with message ids: what divides fields is '_', what is no ASCII '?'.
std::string as_word(std::string_view text) {
  std::string word;
  for (const char c : cut_utf8(text, kMostText)) {
    const bool divides = is_control(c) || c == ' ' || c == ',';
    word += divides ? '_' : static_cast<unsigned char>(c) >= 0x80 ? '?' : c;
  }
  return word;
}

std::string bracketed(std::string_view id) {
  if (id.empty()) return std::string(kUnknown);
  std::string word = as_word(id);
  for (char& c : word) {
    if (c == '<' || c == '>') c = '?';
  }
  return fmt::format("<{}>", word);
}

// "127.0.0.1:40122", "[::1]:40122", "unix"
struct Peer {
  std::string host = "localhost";
  std::string address = "127.0.0.1";
  std::string port = "0";
};
Peer peer_of(std::string_view text) {
  Peer peer;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return peer;
  std::string_view address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  peer.address = address;
  peer.port = text.substr(colon + 1);
  const bool here = address.starts_with("127.") || address == "::1";
  if (!here) peer.host = address;
  return peer;
}

std::string names(const Verdict& verdict) {
  const std::string all = rule_names(verdict.scores);
  return all.size() <= kMostNames ? all : all.substr(0, all.rfind(',', kMostNames));
}

}  // namespace

std::vector<std::string> spamd_lines(const ScanRecord& record, Points required, unsigned uid) {
  const Verdict& verdict = record.verdict;
  const Request& request = record.request;
  const bool spam = verdict.score >= required;
  const std::string user =
      request.profile_user.empty() ? std::string(kUnknown) : as_word(request.profile_user);
  const std::string id = bracketed(verdict.message_id);
  const std::string seconds =
      fmt::format("{:.1f}", static_cast<double>(verdict.timings.total.count()) / 1'000'000);
  const Peer peer = peer_of(record.peer);
  return {fmt::format("spamd: {} message {} for {}:{}",
                      request.command == Command::process ? "processing" : "checking", id, user, uid),
          fmt::format("spamd: {} ({}/{}) for {}:{} in {} seconds, {} bytes.",
                      spam ? "identified spam" : "clean message", to_tenths(verdict.score),
                      to_tenths(required), user, uid, seconds, record.size),
          fmt::format(
              "spamd: result: {} {:2d} - {} scantime={},size={},user={},uid={},required_score={},rhost={},"
              "raddr={},rport={},mid={},autolearn={}",
              spam ? 'Y' : '.', verdict.score.thousandths / 1000, names(verdict), seconds, record.size, user,
              uid, to_tenths(required), peer.host, peer.address, peer.port, id, verdict.autolearn)};
}

}  // namespace xspamd
