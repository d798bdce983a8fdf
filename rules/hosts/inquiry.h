// Inquiry: what a check wants to know of the DNS, without asking it. Conclusions are plain functions that
// look answers up; what has not been asked yet is `unknown` to them and wanted from then on. Whoever asks
// puts all that is wanted at once, hands the answers in, and draws the conclusions again, until nothing is
// wanted any more. Beyond the limit of questions, answers stay `unknown`.
#pragma once

#include <string>
#include <vector>

#include "rules/io/dns.h"

namespace xspamd {

class Inquiry {
 public:
  explicit Inquiry(std::size_t most_questions) : most_(most_questions) {}

  const DnsAnswer& answer(const std::string& name, dns::Type type);

  // What conclusions wanted since the last call; empty when they are final.
  std::vector<dns::Question> take_wanted();
  // The answers to what was taken last, in the same order.
  void add(std::vector<DnsReply> replies);

  // The first question whose answer could not be learned, as a sentence; empty if all could be.
  std::string first_failure() const;
  // Whether a question was not asked because there were too many.
  bool is_exhausted() const { return exhausted_; }

 private:
  struct Asked {
    dns::Question question;
    DnsReply reply;  // null: not answered yet
  };

  const std::size_t most_;
  std::vector<Asked> asked_;
  std::size_t taken_ = 0;  // of asked_
  bool exhausted_ = false;
};

}  // namespace xspamd
