#include "server/admission.h"

#include <asio/this_coro.hpp>

namespace xspamd {

void Admission::Holding::tell(std::size_t bytes) {
  const bool less = bytes < bytes_;
  std::list<Holding*>& holders = admission_.holders_;
  if (bytes_ == 0 && bytes > 0) place_ = holders.insert(holders.end(), this);
  if (bytes_ > 0 && bytes == 0) holders.erase(place_);
  admission_.held_ += bytes - bytes_;
  bytes_ = bytes;
  if (less) admission_.wake();
}

void Admission::Holding::release() {
  tell(0);
}

Task<bool> Admission::Holding::pass_gate(Deadline deadline) {
  Waiter waiter{For::gate, this, nullptr};
  co_return co_await admission_.wait(waiter, deadline);
}

Task<bool> Admission::Holding::wait_for_memory(Deadline deadline) {
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
      return held_ <= limits_.memory || holders_.empty() || holders_.front() == waiter.holding;
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
  // Off the list also when the loop ends and destroys this coroutine while it waits.
  struct Place {
    std::list<Waiter*>& list;
    std::list<Waiter*>::iterator at;
    ~Place() { list.erase(at); }
  };
  const Place place{waiters_, waiters_.insert(waiters_.end(), &waiter)};
  co_await event.wait(deadline);
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
