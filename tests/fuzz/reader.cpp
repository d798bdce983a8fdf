// The Reader of SPAMC and RSPAMC on any bytes in any pieces, and the writers on what came of them: how the
// bytes are cut changes nothing, limits hold, a reply is well-formed whatever foreign text stands in it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "proto/base/text.h"
#include "proto/first_line.h"
#include "proto/reader.h"
#include "proto/rspamc.h"
#include "proto/spamc.h"
#include "proto/symbol_list.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

constexpr std::size_t kMostReply = 600;

// Takes numbers from the end of the input, so that its beginning stays the request.
class Choices {
 public:
  explicit Choices(std::string_view& bytes) : bytes_(bytes) {}
  std::size_t below(std::size_t bound) {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(bytes_.back());
    bytes_.remove_suffix(1);
    return byte % bound;
  }

 private:
  std::string_view& bytes_;
};

Limits small_limits() {
  Limits limits;
  limits.message = 64;
  limits.head = 300;
  return limits;
}

// What a request came to, as text that two readings can be compared by.
std::string rendered(const Incoming& incoming) {
  const Request& request = incoming.request;
  const Envelope& envelope = request.envelope;
  std::string text =
      fmt::format("{} {}.{} {} {} {}\n", name(request.dialect), request.version.major, request.version.minor,
                  static_cast<int>(request.command), static_cast<int>(incoming.refusal), incoming.detail);
  for (const std::string& value :
       {envelope.sender, envelope.helo, envelope.hostname, envelope.queue_id, envelope.user,
        request.profile_user, request.body, envelope.client ? envelope.client->to_string() : ""})
    text += quoted(value);
  for (const std::string& recipient : envelope.recipients)
    text += quoted(recipient);
  return text;
}

Incoming read(std::string_view bytes, std::size_t piece, Reader::End end, const Limits& limits) {
  Reader reader(limits);
  while (!bytes.empty()) {
    const std::size_t taken = std::min(piece, bytes.size());
    reader.feed(bytes.substr(0, taken));
    while (reader.behind())
      reader.catch_up();
    bytes.remove_prefix(taken);
    require(reader.held() <= 2 * limits.message + Inflate::kMemory + limits.head + kMaxFirstLine + 4);
  }
  reader.end(end);
  require(reader.done());
  return reader.take();
}

Verdict made_verdict(const Incoming& incoming, std::string_view foreign, Choices& choices) {
  Verdict verdict;
  verdict.action = static_cast<Action>(choices.below(8));
  verdict.required = Points{15'000};
  verdict.reject_at = Points{15'000};
  const std::size_t count = choices.below(40);
  for (std::size_t i = 0; i < count; ++i) {
    Score score;
    score.symbol = fmt::format("SYMBOL_{}", i);
    score.value = Points{static_cast<std::int64_t>(choices.below(200)) * 37 - 3'000};
    score.options = {std::string(foreign.substr(0, choices.below(250))), incoming.request.envelope.helo};
    verdict.score += score.value;
    verdict.scores.push_back(std::move(score));
  }
  const Points sum = verdict.score;
  verdict.score = floor_to_tenth(sum);
  verdict.scores.push_back({"ROUNDING", "", "", verdict.score - sum, {}});
  verdict.message = foreign.substr(0, choices.below(250));
  verdict.subject = foreign;
  verdict.message_id = incoming.request.envelope.sender;
  return verdict;
}

// Every line ends in CRLF and holds no other control character.
void require_lines(std::string_view reply) {
  require(reply.ends_with("\r\n"));
  for (std::size_t at = 0; at < reply.size();) {
    const std::size_t end = reply.find("\r\n", at);
    require(end != std::string_view::npos);
    const std::string_view line = reply.substr(at, end - at);
    require(is_utf8(line) && std::none_of(line.begin(), line.end(), is_control));
    at = end + 2;
  }
}

// The value in the parentheses of a symbol, in thousandths.
std::int64_t value_of(std::string_view symbol) {
  const std::size_t open = symbol.find('(');
  std::string_view number = symbol.substr(open + 1, symbol.find(')') - open - 1);
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  const std::size_t point = number.find('.');
  std::string decimals(number.substr(point + 1));
  decimals.resize(3, '0');
  const auto value = static_cast<std::int64_t>(parse_unsigned(number.substr(0, point)).value() * 1000 +
                                               parse_unsigned(decimals).value());
  return negative ? -value : value;
}

void check_rspamc(const Incoming& incoming, const Verdict& verdict) {
  const rspamc::ReplyOptions options{kMostReply, {{Action::rewrite_subject, Action::add_header}}};
  const std::string reply = rspamc::write(incoming.request, verdict, options);
  require(reply.size() <= kMostReply);
  require_lines(reply);
  require(reply.starts_with("RSPAMD/1.") && reply.find(" 0 EX_OK\r\nMetric: default; ") == 10);
  std::int64_t sum = 0;
  constexpr std::string_view kSymbol = "\r\nSymbol: ";
  for (std::size_t at = reply.find(kSymbol); at != std::string::npos; at = reply.find(kSymbol, at + 1))
    sum += value_of(std::string_view(reply).substr(at + kSymbol.size()));
  require(sum == verdict.score.thousandths);
  require_lines(rspamc::write_pong(incoming.request));
}

// Reports have LF line ends, as spamd's do; what is announced is what comes.
void check_spamc(const Incoming& incoming, const Verdict& verdict) {
  spamc::ReplyOptions options;
  options.required = verdict.required;
  const std::string reply = spamc::write(incoming.request, verdict, options);
  const std::size_t blank = reply.find("\r\n\r\n");
  require(blank != std::string::npos);
  const std::string_view head = std::string_view(reply).substr(0, blank + 2);
  const std::string_view body = std::string_view(reply).substr(blank + 4);
  require_lines(head);
  require(is_utf8(body));
  const std::string length = fmt::format("\r\nContent-length: {}\r\n", body.size());
  require(head.find("Content-length") == std::string::npos || head.find(length) != std::string::npos);
  require_lines(spamc::write_pong());
}

// A body that nobody will scan is read to its end all the same, and not kept.
void check_forgotten(std::string_view bytes, const Limits& limits) {
  Reader reader(limits);
  reader.forget_body();
  reader.feed(bytes);
  reader.end(Reader::End::input);
  require(reader.received() <= bytes.size());
  require(reader.take().request.body.empty());
}

void check_symbols(const Verdict& verdict) {
  for (const Score& score : verdict.scores) {
    const std::string options = options_text(score.options);
    require(options.size() <= 900 && options.find_first_of("[]\r\n") == std::string::npos);
  }
  require(symbols_on_one_line(verdict.scores, kMostReply).size() <= kMostReply + 20);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Limits limits = small_limits();
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Choices choices(bytes);
  const auto end = choices.below(2) == 0 ? Reader::End::input : Reader::End::idle;
  const std::size_t piece = 1 + choices.below(20);
  const std::size_t foreign = choices.below(200);
  const Incoming incoming = read(bytes, bytes.size() + 1, end, limits);
  require(rendered(incoming) == rendered(read(bytes, piece, end, limits)));
  require(incoming.request.body.size() <= limits.message);
  check_forgotten(bytes, limits);

  const Verdict verdict = made_verdict(incoming, bytes.substr(0, foreign), choices);
  check_symbols(verdict);
  if (incoming.request.dialect == Dialect::rspamc && incoming.refusal != Refusal::unknown_protocol)
    check_rspamc(incoming, verdict);
  check_spamc(incoming, verdict);
  if (!incoming.detail.empty()) require_lines(spamc::write_error(spamc::kProtocol, incoming.detail));
  return 0;
}
