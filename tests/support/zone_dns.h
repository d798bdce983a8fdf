// ZoneDns: a DNS in memory for tests. Answers at once and never waits: a name that "times out" is `unknown`
// with the reason "timeout". CNAMEs are followed; a name without records of its own that others stand below
// is no_data, not no_name. Counts what it is asked. Text form, one record a line ("#" begins a comment line):
//   example.org TXT v=spf1 -all            the rest of the line is the text
//   example.org MX 10 mx.example.org       "MX 0 ." is the null MX
//   slow.example.org TIMEOUT               a mark: what has no record here is unknown; also SERVFAIL
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rules/io/dns.h"

namespace xspamd::test {

class ZoneDns final : public Dns {
 public:
  ZoneDns() = default;
  // Throws on a line that it does not understand.
  explicit ZoneDns(std::string_view zone);

  // Types: A AAAA MX TXT PTR NS CNAME; values as in the text form, TXT any bytes. Throws when it is none.
  void add(std::string_view name, std::string_view type, std::string_view value);
  // Questions for this name that no record of it answers are unknown, for this reason.
  void mark(std::string_view name, std::string_view why);

  Task<DnsReply> ask(dns::Question question, Deadline deadline) override;
  std::chrono::milliseconds budget() const override { return budget_; }
  void set_budget(std::chrono::milliseconds budget) { budget_ = budget; }
  bool has_found() const override { return has_found_; }
  void set_has_found(bool found) { has_found_ = found; }

  // "example.org TXT", in the order asked; the links of a CNAME chain are not questions.
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  struct Node {
    std::vector<dns::Record> records;
    std::string why;  // of the mark
  };

  DnsAnswer answer(const dns::Question& question) const;
  const Node* find(const std::string& name) const;
  bool has_names_below(const std::string& name) const;

  std::map<std::string, Node> zone_;  // names in lower case, without the final dot
  std::vector<std::string> asked_;
  std::chrono::milliseconds budget_{4'000};
  bool has_found_ = true;
};

}  // namespace xspamd::test
