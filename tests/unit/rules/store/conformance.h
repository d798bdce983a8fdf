// What every store does, whatever it is made of: the contract of rules/store/store.h as a test. An adapter's
// test calls it within a TEST_CASE, with what makes an empty store on a loop.
#pragma once

#include <memory>

#include "tests/unit/rules/store/store_loop.h"

namespace xspamd::test {

using MakeStore = std::function<std::shared_ptr<Store>(StoreLoop& loop)>;

void check_conformance(const MakeStore& make);

}  // namespace xspamd::test
