// The runner of a check on the loop thread whose options all scans share.
#pragma once

#include <memory>
#include <utility>

#include "rules/check.h"

namespace xspamd {

template <class Options>
Runner io_runner(Task<void> (*run)(std::shared_ptr<const Options>, Scan&), std::shared_ptr<Options> options) {
  std::shared_ptr<const Options> shared = std::move(options);
  return IoCheck{[run, shared](Scan& scan) {
    return run(shared, scan);
  }};
}

}  // namespace xspamd
