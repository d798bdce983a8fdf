#include "server/admission.h"

#include <asio/this_coro.hpp>

namespace xspamd {

Admission::Holding::Holding(Admission& admission)
    : admission_(admission), place_(admission.holders_.insert(admission.holders_.end(), this)) {}

Admission::Holding::~Holding() {
  release();
  admission_.holders_.erase(place_);
  admission_.wake();  // somebody else is the eldest now
}

void Admission::Holding::release() {
  admission_.held_ -= bytes_;
  bytes_ = 0;
  admission_.wake();
}

Task<bool> Admission::Holding::pass_gate(Deadline deadline) {
  Waiter waiter{For::gate, this, nullptr};
  co_return co_await admission_.wait(waiter, deadline);
}

Task<bool> Admission::Holding::hold(std::size_t bytes, Deadline deadline) {
  admission_.held_ += bytes - bytes_;
  bytes_ = bytes;
  Waiter waiter{For::memory, this, nullptr};
  co_return co_await admission_.wait(waiter, deadline);
}

void Admission::Holding::give_up() {
  for (Waiter* waiter : admission_.waiters_) {
    if (waiter->holding == this) waiter->event->signal();
  }
}

Admission::Slot::~Slot() {
  if (!taken_) return;
  --admission_.scanning_;
  admission_.wake();
}

Task<bool> Admission::Slot::take(Deadline deadline) {
  Waiter waiter{For::slot, nullptr, nullptr};
  taken_ = co_await admission_.wait(waiter, deadline);
  co_return taken_;
}

void Admission::set_limits(const Limits& limits) {
  limits_ = limits;
  wake();
}

void Admission::close() {
  closed_ = true;
  for (Waiter* waiter : waiters_) {
    if (waiter->what == For::slot) waiter->event->signal();
  }
}

bool Admission::may_go(const Waiter& waiter) const {
  switch (waiter.what) {
    case For::slot:
      return scanning_ < limits_.scans;
    case For::memory:
      return held_ <= limits_.memory || is_eldest(*waiter.holding);
    case For::gate: {
      // Complete requests that wait for a slot count as scans, or the gate would let the whole queue in.
      std::size_t complete = 0;
      for (const Waiter* other : waiters_)
        complete += other->what == For::slot && !other->granted ? 1 : 0;
      return scanning_ + complete < limits_.scans && held_ < limits_.memory;
    }
  }
  return true;
}

// Of those that hold anything: who has sent nothing yet, or has been answered, is in nobody's way.
bool Admission::is_eldest(const Holding& holding) const {
  for (const Holding* holder : holders_) {
    if (holder->bytes_ > 0) return holder == &holding;
  }
  return true;
}

void Admission::grant(Waiter& waiter) {
  waiter.granted = true;
  if (waiter.what == For::slot) ++scanning_;
}

Task<bool> Admission::wait(Waiter& waiter, Deadline deadline) {
  if (may_go(waiter)) {
    grant(waiter);
    co_return true;
  }
  if (closed_ && waiter.what == For::slot) co_return false;
  const auto executor = co_await asio::this_coro::executor;
  Event event(executor);
  waiter.event = &event;
  const auto place = waiters_.insert(waiters_.end(), &waiter);
  co_await event.wait(deadline);
  waiters_.erase(place);
  // A slot granted at the very moment of the deadline is taken all the same.
  co_return waiter.granted;
}

void Admission::wake() {
  for (const For what : {For::slot, For::memory, For::gate}) {
    for (Waiter* waiter : waiters_) {
      if (waiter->what != what || waiter->granted) continue;
      if (!may_go(*waiter)) {
        if (what == For::memory) continue;  // the eldest may stand further back
        break;
      }
      grant(*waiter);
      waiter->event->signal();
    }
  }
}

}  // namespace xspamd
