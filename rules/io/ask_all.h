// ask_all: several questions asked at once. Loop thread; returns when all are answered, which is by the
// deadline, in the order of the questions. Equal questions are asked once.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "rules/io/all.h"
#include "rules/io/dns.h"

namespace xspamd {

inline Task<> ask_into(Dns& dns, dns::Question question, Deadline deadline, DnsReply& reply) {
  reply = co_await dns.ask(std::move(question), deadline);
}

inline Task<std::vector<DnsReply>> ask_all(Dns& dns, std::vector<dns::Question> questions,
                                           Deadline deadline) {
  std::vector<DnsReply> replies(questions.size());
  std::vector<std::size_t> first(questions.size());  // the place of the equal question that is asked
  std::vector<Task<>> tasks;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto equal = std::find(questions.begin(), questions.end(), questions[i]);
    first[i] = static_cast<std::size_t>(equal - questions.begin());
    if (first[i] == i) tasks.push_back(ask_into(dns, questions[i], deadline, replies[i]));
  }
  co_await all(std::move(tasks));
  for (std::size_t i = 0; i < questions.size(); ++i)
    replies[i] = replies[first[i]];
  co_return replies;
}

}  // namespace xspamd
