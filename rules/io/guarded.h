// guarded: runs what must not throw, into a C library or out of a handler of the loop. Only memory can fail
// there; what is lost then is an answer, and whoever waits for it has a deadline.
#pragma once

namespace xspamd {

template <class Function>
void guarded(Function function) noexcept {
  try {
    function();
  } catch (...) {  // nobody stands behind a handler
  }
}

}  // namespace xspamd
