#include "server/admission.h"

#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <optional>

#include "tests/support/run_task.h"

using namespace xspamd;

namespace {

const Deadline kPast = Clock::now() - std::chrono::seconds(1);
const Deadline kFuture = Clock::now() + std::chrono::hours(1);

Limits limits(std::size_t scans, std::size_t memory) {
  Limits limits;
  limits.scans = scans;
  limits.memory = memory;
  return limits;
}

// Tells when each of several waiting tasks went on, in the order they did.
class Order {
 public:
  explicit Order(asio::io_context& loop) : loop_(loop) {}
  void start(std::string name, Task<bool> task) {
    asio::co_spawn(loop_, std::move(task), [this, name](std::exception_ptr error, bool went) {
      if (error) std::rethrow_exception(error);
      text_ += (text_.empty() ? "" : " ") + name + (went ? "" : ":late");
    });
  }
  // What has happened so far, without waiting for anything.
  std::string now() {
    loop_.poll();
    return text_;
  }

 private:
  asio::io_context& loop_;
  std::string text_;
};

bool take(Admission::Slot& slot, Deadline deadline) {
  return test::run_task(slot.take(deadline));
}
bool hold(Admission::Holding& holding, std::size_t bytes, Deadline deadline) {
  holding.tell(bytes);
  return test::run_task(holding.wait_for_memory(deadline));
}
bool pass(Admission::Holding& holding, Deadline deadline) {
  return test::run_task(holding.pass_gate(deadline));
}

}  // namespace

TEST_CASE("admission: as many scans run as there are slots, and a slot comes back when its scan ends") {
  Admission admission(limits(2, 1000));
  Admission::Slot one(admission);
  std::optional<Admission::Slot> two(std::in_place, admission);
  Admission::Slot three(admission);
  CHECK(take(one, kPast));
  CHECK(take(*two, kPast));
  CHECK_FALSE(take(three, kPast));
  CHECK(admission.scanning() == 2);
  two.reset();
  CHECK(admission.scanning() == 1);
  CHECK(take(three, kPast));
  CHECK(admission.waiting() == 0);
}

TEST_CASE("admission: a slot that was never given is not given back") {
  Admission admission(limits(1, 1000));
  Admission::Slot one(admission);
  CHECK(take(one, kPast));
  {
    Admission::Slot refused(admission);
    CHECK_FALSE(take(refused, kPast));
  }
  CHECK(admission.scanning() == 1);
}

TEST_CASE("admission: who came first gets the slot that becomes free") {
  Admission admission(limits(1, 1000));
  asio::io_context loop(1);
  Order order(loop);
  std::optional<Admission::Slot> running(std::in_place, admission);
  CHECK(take(*running, kPast));
  std::optional<Admission::Slot> first(std::in_place, admission);
  Admission::Slot second(admission);
  order.start("first", first->take(kFuture));
  order.start("second", second.take(kFuture));
  CHECK(order.now() == "");
  CHECK(admission.waiting() == 2);
  running.reset();
  CHECK(order.now() == "first");
  first.reset();
  CHECK(order.now() == "first second");
}

TEST_CASE("admission: who waited too long leaves the queue to the others") {
  Admission admission(limits(1, 1000));
  asio::io_context loop(1);
  Order order(loop);
  std::optional<Admission::Slot> running(std::in_place, admission);
  CHECK(take(*running, kPast));
  Admission::Slot late(admission);
  Admission::Slot patient(admission);
  order.start("late", late.take(kPast));
  order.start("patient", patient.take(kFuture));
  loop.run_one_for(test::kNeverEnds);
  while (order.now().empty())
    loop.run_one_for(test::kNeverEnds);
  CHECK(order.now() == "late:late");
  CHECK(admission.waiting() == 1);
  running.reset();
  CHECK(order.now() == "late:late patient");
}

TEST_CASE("admission: the gate is shut while all slots are taken") {
  Admission admission(limits(1, 1000));
  Admission::Holding connection(admission);
  CHECK(pass(connection, kPast));
  std::optional<Admission::Slot> running(std::in_place, admission);
  CHECK(take(*running, kPast));
  CHECK_FALSE(pass(connection, kPast));
  running.reset();
  CHECK(pass(connection, kPast));
}

TEST_CASE("admission: complete requests that wait for a slot keep the gate shut") {
  Admission admission(limits(1, 1000));
  asio::io_context loop(1);
  Order order(loop);
  std::optional<Admission::Slot> running(std::in_place, admission);
  CHECK(take(*running, kPast));
  std::optional<Admission::Slot> complete(std::in_place, admission);
  Admission::Holding connection(admission);
  order.start("gate", connection.pass_gate(kFuture));
  CHECK(order.now() == "");
  order.start("scan", complete->take(kFuture));
  CHECK(order.now() == "");
  running.reset();
  CHECK(order.now() == "scan");
  complete.reset();
  CHECK(order.now() == "scan gate");
}

TEST_CASE("admission: the gate is shut while too much memory is held") {
  Admission admission(limits(8, 100));
  Admission::Holding eldest(admission);
  Admission::Holding next(admission);
  CHECK(hold(eldest, 100, kPast));
  CHECK_FALSE(pass(next, kPast));
  eldest.release();
  CHECK(pass(next, kPast));
}

TEST_CASE("admission: what is held is counted, not added up over and over") {
  Admission admission(limits(8, 100));
  {
    Admission::Holding one(admission);
    Admission::Holding two(admission);
    CHECK(hold(one, 30, kPast));
    CHECK(hold(one, 50, kPast));
    CHECK(hold(two, 40, kPast));
    CHECK(admission.held() == 90);
    CHECK(hold(one, 10, kPast));
    CHECK(admission.held() == 50);
    one.release();
    one.release();
    CHECK(admission.held() == 40);
  }
  CHECK(admission.held() == 0);
}

TEST_CASE("admission: over the memory limit all wait but the eldest, so that somebody always ends") {
  Admission admission(limits(8, 100));
  Admission::Holding eldest(admission);
  Admission::Holding next(admission);
  CHECK(hold(eldest, 10, kPast));
  CHECK(hold(next, 90, kPast));
  CHECK_FALSE(hold(next, 95, kPast));
  CHECK(hold(eldest, 500, kPast));
}

TEST_CASE("admission: an elder connection that holds nothing keeps nobody waiting") {
  Admission admission(limits(8, 100));
  Admission::Holding silent(admission);
  Admission::Holding one(admission);
  Admission::Holding two(admission);
  CHECK(hold(one, 90, kPast));
  CHECK(hold(one, 500, kPast));
  CHECK_FALSE(hold(two, 10, kPast));
}

TEST_CASE("admission: when the eldest goes the next one is the eldest and goes on") {
  Admission admission(limits(8, 100));
  asio::io_context loop(1);
  Order order(loop);
  std::optional<Admission::Holding> eldest(std::in_place, admission);
  std::optional<Admission::Holding> second(std::in_place, admission);
  Admission::Holding third(admission);
  CHECK(hold(*eldest, 90, kPast));
  CHECK(hold(*second, 5, kPast));
  // In the queue behind the third, and yet the next to go on.
  third.tell(200);
  order.start("third", third.wait_for_memory(kFuture));
  second->tell(200);
  order.start("second", second->wait_for_memory(kFuture));
  CHECK(order.now() == "");
  eldest.reset();
  CHECK(order.now() == "second");
  second.reset();
  CHECK(order.now() == "second third");
}

TEST_CASE("admission: memory that is given back lets all go on that it is enough for") {
  Admission admission(limits(8, 100));
  asio::io_context loop(1);
  Order order(loop);
  Admission::Holding eldest(admission);
  Admission::Holding second(admission);
  Admission::Holding third(admission);
  CHECK(hold(eldest, 90, kPast));
  second.tell(20);
  order.start("second", second.wait_for_memory(kFuture));
  third.tell(20);
  order.start("third", third.wait_for_memory(kFuture));
  CHECK(order.now() == "");
  eldest.release();
  CHECK(order.now() == "second third");
}

TEST_CASE("admission: a larger limit lets those go on that wait") {
  Admission admission(limits(1, 1000));
  asio::io_context loop(1);
  Order order(loop);
  Admission::Slot one(admission);
  Admission::Slot two(admission);
  CHECK(take(one, kPast));
  order.start("two", two.take(kFuture));
  CHECK(order.now() == "");
  admission.set_limits(limits(2, 1000));
  CHECK(order.now() == "two");
}

TEST_CASE("admission: who gives up waits no longer, and the others still do") {
  Admission admission(limits(1, 1000));
  asio::io_context loop(1);
  Order order(loop);
  Admission::Slot running(admission);
  CHECK(take(running, kPast));
  Admission::Holding one(admission);
  Admission::Holding two(admission);
  order.start("one", one.pass_gate(kFuture));
  order.start("two", two.pass_gate(kFuture));
  CHECK(order.now() == "");
  two.give_up();
  CHECK(order.now() == "two:late");
}

TEST_CASE("admission: once closed nobody waits for a slot, but who has one keeps it") {
  Admission admission(limits(1, 1000));
  asio::io_context loop(1);
  Order order(loop);
  Admission::Slot running(admission);
  Admission::Slot waiting(admission);
  Admission::Slot later(admission);
  CHECK(take(running, kPast));
  order.start("waiting", waiting.take(kFuture));
  CHECK(order.now() == "");
  admission.close();
  CHECK(order.now() == "waiting:late");
  CHECK_FALSE(take(later, kFuture));
  CHECK(admission.scanning() == 1);
}
