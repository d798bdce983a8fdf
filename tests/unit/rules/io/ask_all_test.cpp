#include "rules/io/ask_all.h"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/support/run_task.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;

namespace {

// Answers no question before the last one of so many has come.
class SlowDns final : public Dns {
 public:
  explicit SlowDns(std::size_t questions) : missing_(questions) {}

  Task<DnsReply> ask(dns::Question question, Deadline) override {
    const auto executor = co_await asio::this_coro::executor;
    Event mine(executor);
    waiting_.push_back(&mine);
    if (waiting_.size() == missing_)
      for (Event* each : waiting_)
        each->signal();
    co_await mine.wait(Deadline::max());
    if (question.name == "broken.example") throw std::runtime_error("a bug");
    auto answer = std::make_shared<DnsAnswer>();
    answer->why = question.name;
    co_return answer;
  }
  std::chrono::milliseconds budget() const override { return {}; }

 private:
  std::size_t missing_;
  std::vector<Event*> waiting_;
};

std::string asked(Dns& dns, std::vector<std::string> names) {
  std::vector<dns::Question> questions;
  for (std::string& name : names)
    questions.push_back({std::move(name), dns::Type::txt});
  const auto replies = test::run_task(ask_all(dns, std::move(questions), Deadline::max()));
  std::string text;
  for (const DnsReply& reply : replies)
    text += (reply->texts.empty() ? reply->why : reply->texts.front()) + " ";
  return text;
}

}  // namespace

TEST_CASE("ask_all: answers come in the order of the questions, equal ones are asked once") {
  test::ZoneDns dns("a.example TXT first\nb.example TXT second\n");
  CHECK(asked(dns, {"b.example", "a.example", "b.example"}) == "second first second ");
  CHECK(dns.asked().size() == 2);
  CHECK(asked(dns, {"a.example"}) == "first ");
  CHECK(asked(dns, {}) == "");
}

TEST_CASE("ask_all: all questions are under way at once") {
  SlowDns dns(3);
  CHECK(asked(dns, {"a.example", "b.example", "c.example"}) == "a.example b.example c.example ");
}

TEST_CASE("ask_all: a bug in one question ends the others first, then is thrown") {
  SlowDns dns(2);
  CHECK_THROWS_WITH(asked(dns, {"broken.example", "a.example"}), "a bug");
}
