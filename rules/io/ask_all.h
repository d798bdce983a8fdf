// ask_all: several questions asked at once. Loop thread; returns when all are answered, which is by the
// deadline, in the order of the questions. Equal questions are asked once.
#pragma once

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "rules/io/dns.h"
#include "rules/io/event.h"

namespace xspamd {

// What is shared with the questions that run: it lives as long as the last of them.
struct Asked {
  explicit Asked(const asio::any_io_executor& executor) : answered(executor) {}

  std::vector<DnsReply> replies;
  std::size_t running = 0;
  std::exception_ptr broken;
  Event answered;
};

inline Task<> ask_into(Dns& dns, dns::Question question, Deadline deadline, std::shared_ptr<Asked> asked,
                       std::size_t place) {
  DnsReply reply = co_await dns.ask(question, deadline);
  asked->replies[place] = std::move(reply);
}

inline Task<std::vector<DnsReply>> ask_all(Dns& dns, std::vector<dns::Question> questions,
                                           Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  const auto asked = std::make_shared<Asked>(executor);
  asked->replies.resize(questions.size());
  if (questions.size() == 1) {
    co_await ask_into(dns, questions.front(), deadline, asked, 0);
    co_return std::move(asked->replies);
  }
  std::vector<std::size_t> first(questions.size());  // the place of the equal question that is asked
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto equal = std::find(questions.begin(), questions.end(), questions[i]);
    first[i] = static_cast<std::size_t>(equal - questions.begin());
    if (first[i] != i) continue;
    const auto ended = [asked](std::exception_ptr error) {
      if (error) asked->broken = error;
      --asked->running;
      asked->answered.signal();
    };
    ++asked->running;
    asio::co_spawn(executor, ask_into(dns, questions[i], deadline, asked, i), ended);
  }
  while (asked->running > 0)
    co_await asked->answered.wait(Deadline::max());
  if (asked->broken) std::rethrow_exception(asked->broken);
  for (std::size_t i = 0; i < questions.size(); ++i)
    asked->replies[i] = asked->replies[first[i]];
  co_return std::move(asked->replies);
}

}  // namespace xspamd
