#include "rules/hosts/inquiry.h"

#include <fmt/format.h>

#include <algorithm>

namespace xspamd {

namespace {

const DnsAnswer kNotAsked;  // unknown

}  // namespace

const DnsAnswer& Inquiry::answer(const std::string& name, dns::Type type) {
  const dns::Question question{name, type};
  const auto known = std::find_if(asked_.begin(), asked_.end(),
                                  [&](const Asked& asked) { return asked.question == question; });
  if (known != asked_.end()) return known->reply ? *known->reply : kNotAsked;
  if (asked_.size() < most_) {
    asked_.push_back({question, nullptr});
  } else {
    exhausted_ = true;
  }
  return kNotAsked;
}

std::vector<dns::Question> Inquiry::take_wanted() {
  std::vector<dns::Question> wanted;
  for (; taken_ < asked_.size(); ++taken_)
    wanted.push_back(asked_[taken_].question);
  return wanted;
}

void Inquiry::add(std::vector<DnsReply> replies) {
  const std::size_t first = taken_ - replies.size();
  for (std::size_t i = 0; i < replies.size(); ++i)
    asked_[first + i].reply = std::move(replies[i]);
}

std::string Inquiry::first_failure() const {
  for (const Asked& asked : asked_) {
    if (asked.reply && asked.reply->unknown())
      return fmt::format("{} of {} could not be learned: {}", dns::name(asked.question.type),
                         asked.question.name, asked.reply->why);
  }
  return {};
}

}  // namespace xspamd
