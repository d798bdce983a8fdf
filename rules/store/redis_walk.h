// walk_redis: the entries of a space in the order of their ids, in pieces. Tokens bucket by bucket; the
// history by its index; of all other spaces the ids are gathered by SCAN, which looks at every key of the
// database. `each` is called on the loop thread, and not after the return; false ends it. Errc::limit: more
// ids than can be sorted.
#pragma once

#include <memory>

#include "rules/store/store.h"

namespace xspamd {

class RedisCore;

// range.most says how many will be wanted, and no more.
Task<Result<void>> walk_redis(std::shared_ptr<RedisCore> core, Store::Range range, Store::Each each,
                              Deadline deadline);

}  // namespace xspamd
