// TELL: teaching what a message is, from the request to the reply. Loop thread; messages are read on the
// pool.
#pragma once

#include <memory>
#include <string>

#include "proto/request.h"
#include "rules/io/pool.h"
#include "rules/learn/learner.h"
#include "rules/plan.h"
#include "server/log.h"

namespace xspamd {

// Whether this peer ("127.0.0.1:4711", "[::1]:4711", "unix") may teach.
bool may_teach(const conf::Learn& learn, std::string_view peer);

struct Teaching {
  Pool& pool;
  Learner& learner;
  std::shared_ptr<Store> store;  // of fuzzy digests
  Log& log;
  std::string_view peer;
};

// The reply's bytes. The body moves out of `request`.
Task<std::string> teach(Teaching teaching, Request request, std::shared_ptr<const Plan> plan);

}  // namespace xspamd
