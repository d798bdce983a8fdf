// SPF on any bytes: the reader of records, macros, and evaluations in a zone that the input brings. The first
// line names client, sender and greeting; a line that begins with "v=" is a record of example.org, any other
// is "NAME TYPE VALUE", TYPE "?" a name that cannot be learned. Evaluations end, ask no more than the limits
// allow, and do not depend on the order of answers.
#include <algorithm>
#include <cstdint>

#include "proto/base/text.h"
#include "rules/auth/spf.h"
#include "rules/auth/spf_identity.h"
#include "rules/auth/spf_macro.h"
#include "rules/auth/spf_record.h"
#include "tests/fuzz/require.h"
#include "tests/support/run_task.h"

using namespace xspamd;

namespace {

bool inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

// The lines of the input as a DNS.
class LineDns final : public Dns {
 public:
  LineDns(std::vector<std::string_view> lines, bool reversed) : lines_(std::move(lines)) {
    if (reversed) std::reverse(lines_.begin(), lines_.end());
  }

  Task<DnsReply> ask(dns::Question question, Deadline) override {
    ++asked;
    auto answer = std::make_shared<DnsAnswer>();
    answer->status = DnsAnswer::Status::no_name;
    for (const std::string_view line : lines_)
      add(*answer, question, line);
    if (has_records(*answer)) answer->status = DnsAnswer::Status::found;
    co_return answer;
  }
  std::chrono::milliseconds budget() const override { return {}; }

  std::size_t asked = 0;

 private:
  static bool has_records(const DnsAnswer& answer) {
    return !answer.texts.empty() || !answer.names.empty() || !answer.exchanges.empty() ||
           !answer.addresses.empty();
  }

  static void add(DnsAnswer& answer, const dns::Question& question, std::string_view line) {
    const bool bare = istarts_with(line, "v=");
    const std::string_view name = bare ? "example.org" : take_word(line);
    const std::string_view type = bare ? "TXT" : take_word(line);
    if (!iequals(name, question.name)) return;
    if (type == "?") {
      answer.why = "lost";
      answer.status = DnsAnswer::Status::unknown;
    }
    if (!answer.unknown()) answer.status = DnsAnswer::Status::no_data;
    if (type != dns::name(question.type)) return;
    const auto address = IpAddress::parse(line);
    if (question.type == dns::Type::txt) answer.texts.emplace_back(line);
    if (question.type == dns::Type::ptr) answer.names.push_back(to_lower(line));
    if (question.type == dns::Type::mx) answer.exchanges.push_back({0, to_lower(line)});
    if (question.type == dns::Type::a && address && address->is_v4()) answer.addresses.push_back(*address);
    if (question.type == dns::Type::aaaa && address && !address->is_v4())
      answer.addresses.push_back(*address);
  }

  std::vector<std::string_view> lines_;
};

void check_record(std::string_view text) {
  if (!auth::is_spf_record(text)) return;
  const auto record = auth::parse_spf_record(text);
  if (!record) {
    require(!record.error().sentence.empty() && is_utf8(record.error().sentence));
    return;
  }
  std::string again = "v=spf1";
  for (const auth::SpfTerm& term : record->terms) {
    require(inside(term.text, text) && inside(term.domain, term.text) && is_printable(term.text));
    require(term.prefix4 >= 0 && term.prefix4 <= 32 && term.prefix6 >= 0 && term.prefix6 <= 128);
    require(term.domain.empty() || auth::check_domain_spec(term.domain));
    again += " " + std::string(term.text);
  }
  for (const std::string_view spec : {record->redirect, record->exp})
    require(inside(spec, text) && (spec.empty() || auth::check_domain_spec(spec)));
  const auto same = auth::parse_spf_record(again);
  require(same && same->terms.size() == record->terms.size());
}

void check_macros(std::string_view text, const auth::SpfInput& input) {
  auth::SpfMacros macros;
  macros.client = input.client;
  macros.local = input.sender.substr(0, 64);
  macros.sender_domain = macros.domain = "example.org";
  macros.helo = input.helo;
  macros.receiver = macros.validated = "unknown";
  const bool sound = auth::check_domain_spec(text).has_value();
  require(!sound || auth::check_macro_string(text));
  const std::string name = auth::expand_domain(text, macros);
  require(name.empty() || (auth::is_complete_name(name) && name == to_lower(name)));
  const auto explanation = auth::expand_explanation(text, macros);
  require(!explanation || (explanation->size() <= 1'000 && is_printable(*explanation)));
  require(!sound || !is_printable(input.sender + input.helo) || explanation);
}

void check_outcome(const auth::SpfOutcome& outcome) {
  using auth::SpfResult;
  const bool error = outcome.result == SpfResult::temperror || outcome.result == SpfResult::permerror;
  require(error == !outcome.problem.empty() && is_utf8(outcome.problem));
  require((error || outcome.result == SpfResult::none) == outcome.mechanism.empty());
  require(is_printable(outcome.mechanism) && is_printable(outcome.explanation) && is_utf8(outcome.domain));
  require(outcome.explanation.empty() || outcome.result == SpfResult::fail);
  require(!outcome.plus_all || outcome.result == SpfResult::pass);
  for (const std::string& step : outcome.via)
    require(is_printable(step));
}

auth::SpfOutcome evaluate(const std::vector<std::string_view>& lines, const auth::SpfInput& input,
                          bool reversed) {
  LineDns dns(lines, reversed);
  auth::SpfLimits limits;
  limits.explain = !reversed;
  auto outcome = test::run_task(auth::check_spf(dns, input, limits, Deadline::max()));
  // A term asks for itself and ten names more, and so does the macro p; then the explanation.
  const std::size_t most = 1 + 10 * (1 + 10) + 12 + 12;
  require(dns.asked <= most);
  check_outcome(outcome);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> lines = split(bytes, '\n');
  std::string_view first = lines.front();
  lines.erase(lines.begin());
  auth::SpfInput input;
  input.client = IpAddress::parse(take_word(first)).value_or(IpAddress::v4({192, 0, 2, 3}));
  input.sender = take_word(first);
  input.helo = first;
  for (const std::string_view line : lines) {
    check_record(line);
    check_macros(line, input);
  }
  const auto outcome = evaluate(lines, input, false);
  const auto reversed = evaluate(lines, input, true);
  require(outcome.result == reversed.result && outcome.mechanism == reversed.mechanism);
  require(outcome.via == reversed.via && outcome.plus_all == reversed.plus_all);
  return 0;
}
