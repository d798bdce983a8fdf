// DMARC on any bytes: the reader of records, evaluations in a zone that the input brings, and what a trusted
// sealer says. The words of the first line are domains of the From field; "s2:DOMAIN" is SPF's result 2 for
// that domain, "d0:DOMAIN" a DKIM signature's result 0. A line that begins with "v=" is a record of
// example.org, with "a=" the results of a sealer; any other is "NAME RECORD", with the record "?" a name that
// cannot be learned. Outcomes agree with themselves and do not depend on the order of records and signatures.
#include <algorithm>
#include <cstdint>

#include "proto/base/text.h"
#include "rules/auth/dmarc.h"
#include "rules/auth/sealer.h"
#include "tests/fuzz/require.h"
#include "tests/support/run_task.h"

using namespace xspamd;
using auth::DmarcPolicy;
using auth::DmarcResult;

namespace {

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

const Suffixes& suffixes() {
  static const Suffixes list("// ===BEGIN ICANN DOMAINS===\norg\nuk\nco.uk\n// ===END ICANN DOMAINS===\n");
  return list;
}

// The lines of the input as a DNS.
class LineDns final : public Dns {
 public:
  explicit LineDns(std::vector<std::string_view> lines) : lines_(std::move(lines)) {}

  Task<DnsReply> ask(dns::Question question, Deadline) override {
    ++asked;
    require(question.type == dns::Type::txt && question.name.starts_with("_dmarc."));
    auto answer = std::make_shared<DnsAnswer>();
    answer->status = DnsAnswer::Status::no_name;
    for (const std::string_view line : lines_) {
      const bool bare = line.starts_with("v=");
      const std::size_t blank = std::min(line.find(' '), line.size());
      const std::string_view name = bare ? "_dmarc.example.org" : line.substr(0, blank);
      if (name == question.name) add(*answer, bare ? line : line.substr(std::min(blank + 1, line.size())));
    }
    co_return answer;
  }
  std::chrono::milliseconds budget() const override { return {}; }

  std::size_t asked = 0;

 private:
  static void add(DnsAnswer& answer, std::string_view text) {
    if (text == "?") answer.status = DnsAnswer::Status::unknown;
    if (!answer.unknown()) answer.status = DnsAnswer::Status::found;
    answer.texts.emplace_back(text);
  }

  std::vector<std::string_view> lines_;
};

// The record in one spelling.
std::string written(const auth::DmarcRecord& record) {
  std::string text = "v=DMARC1;p=" + std::string(name(record.policy));
  if (record.subdomain_policy) text += ";sp=" + std::string(name(*record.subdomain_policy));
  if (record.strict_dkim) text += ";adkim=s";
  if (record.strict_spf) text += ";aspf=s";
  text += ";pct=" + std::to_string(record.percent);
  for (const auto& [tag, list] :
       {std::pair(";rua=", &record.aggregate_reports), std::pair(";ruf=", &record.failure_reports)}) {
    require(list->size() <= 20);
    text += tag;
    for (const std::string& address : *list) {
      require(is_printable(address) && address.find_first_of(",;") == std::string::npos);
      text += address + ',';
    }
  }
  return text;
}

void check_record(std::string_view text) {
  const auto parsed = auth::parse_dmarc(text);
  require(is_utf8(parsed.problem));
  require(auth::is_dmarc_record(text) == (parsed.record || !parsed.problem.empty()));
  if (!parsed.record) return;
  require(parsed.record->percent >= 0 && parsed.record->percent <= 100);
  if (!parsed.problem.empty())
    require(parsed.record->policy == DmarcPolicy::none && !parsed.record->aggregate_reports.empty());
  const std::string text_again = written(*parsed.record);
  const auto again = auth::parse_dmarc(text_again);
  require(again.record && again.problem.empty() && written(*again.record) == text_again);
}

// What the first line says.
struct Setting {
  std::vector<std::string> authors;
  auth::SpfOutcome spf;
  std::vector<auth::DkimOutcome> dkim;
};

Setting read_setting(std::string_view line) {
  Setting setting;
  for (const std::string_view word : split(line, ' ')) {
    const bool result = word.size() > 2 && is_digit(word[1]) && word[2] == ':';
    const int number = result ? word[1] - '0' : 0;
    if (result && word[0] == 's') {
      setting.spf.result = static_cast<auth::SpfResult>(number % 7);
      setting.spf.domain = word.substr(3);
    } else if (result && word[0] == 'd') {
      setting.dkim.emplace_back();
      setting.dkim.back().result = static_cast<auth::DkimResult>(number % 6);
      setting.dkim.back().domain = word.substr(3);
    } else {
      setting.authors.emplace_back(word);
    }
  }
  return setting;
}

void check_outcome(const auth::DmarcOutcome& outcome) {
  const bool pass = outcome.result == DmarcResult::pass;
  const bool fail = outcome.result == DmarcResult::fail;
  require(pass == (outcome.by_spf || outcome.by_dkim));
  require(!outcome.unknown || fail);
  require(!outcome.sampled_out || (fail && !outcome.unknown && outcome.policy != DmarcPolicy::none));
  require(is_utf8(outcome.problem) && is_utf8(outcome.domain) && (!pass || outcome.problem.empty()));
  require((pass || outcome.result == DmarcResult::none) || !outcome.problem.empty());
  require(outcome.record_domain.empty() || outcome.domain == outcome.record_domain ||
          outcome.domain.ends_with("." + outcome.record_domain));
  require(applied_policy(outcome) <= outcome.policy &&
          (fail || applied_policy(outcome) == DmarcPolicy::none));
}

auth::DmarcOutcome evaluate(const std::vector<std::string_view>& lines, const Setting& setting, double draw) {
  LineDns dns(lines);
  auth::DmarcInput input;
  input.from_domains = setting.authors;
  if (setting.spf.domain != "-") input.spf = &setting.spf;
  input.dkim = &setting.dkim;
  input.draw = draw;
  auto outcome = test::run_task(auth::check_dmarc(dns, std::move(input), suffixes(), Deadline::max()));
  require(dns.asked <= 20);
  check_outcome(outcome);
  return outcome;
}

void check_sealer(std::string_view text, const std::string& author) {
  auth::ArcOutcome arc;
  arc.result = auth::ArcResult::pass;
  arc.sealers = {"m.forwarder.org"};
  arc.results = parse_authentication_results(text);
  const std::string sealer = auth::vouching_sealer(arc, {"forwarder.org"}, author, suffixes());
  require(sealer.empty() || sealer == "m.forwarder.org");
  require(auth::vouching_sealer(arc, {"other.org"}, author, suffixes()).empty());
  if (sealer.empty()) return;
  for (AuthResult& result : arc.results->results)
    result.result = "fail";
  require(auth::vouching_sealer(arc, {"forwarder.org"}, author, suffixes()).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> lines = split(bytes, '\n');
  Setting setting = read_setting(lines.front());
  lines.erase(lines.begin());
  for (const std::string_view line : lines) {
    check_record(line);
    if (line.starts_with("a="))
      check_sealer(line.substr(2), setting.authors.empty() ? "" : setting.authors[0]);
  }
  const auto outcome = evaluate(lines, setting, 0);
  const auto last_drawn = evaluate(lines, setting, 0.999);
  require(outcome.result == last_drawn.result && applied_policy(last_drawn) <= applied_policy(outcome));
  std::reverse(lines.begin(), lines.end());
  std::reverse(setting.dkim.begin(), setting.dkim.end());
  const auto reversed = evaluate(lines, setting, 0);
  require(outcome.result == reversed.result && outcome.by_dkim == reversed.by_dkim &&
          outcome.unknown == reversed.unknown && applied_policy(outcome) == applied_policy(reversed));
  return 0;
}
