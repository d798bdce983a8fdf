#include "rules/store/read_only.h"

namespace xspamd {

using Entries = std::vector<std::optional<StoreEntry>>;

Task<Result<Entries>> ReadOnlyFile::get(std::vector<StoreKey> keys, Deadline) {
  Entries entries;
  entries.reserve(keys.size());
  for (const StoreKey& key : keys) {
    auto entry = reader_.get(key);
    if (!entry) co_return tl::unexpected<Error>(entry.error());
    entries.push_back(std::move(*entry));
  }
  co_return entries;
}

Task<Result<Store::Rows>> ReadOnlyFile::list(Range range, Deadline) {
  co_return reader_.list(range);
}

Task<Result<void>> ReadOnlyFile::for_each(Space space, Each each, Deadline) {
  co_return reader_.for_each(space, each);
}

}  // namespace xspamd
