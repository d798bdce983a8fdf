// Fuzzy digests of any message, and what the store may hold of them: limits hold, reading twice gives the
// same, and what was written is read again.
#include <cstdint>

#include "rules/fuzzy/record.h"
#include "tests/fuzz/require.h"
#include "tests/support/parsing.h"

using namespace xspamd;

namespace {

void check_text(std::string_view text) {
  const fuzzy::TextShape shape = fuzzy::text_shape(text);
  require(shape.words <= text.size());
  require(!shape.shingles || shape.words >= fuzzy::kLeastWords);
  require(fuzzy::text_shape(text).shingles == shape.shingles);
  if (shape.shingles) require(fuzzy::common(*shape.shingles, *shape.shingles) == fuzzy::kShingles);
}

void check_message(const std::string& bytes) {
  const auto message = test::parsed(bytes);
  const auto digests = fuzzy::digests_of(*message);
  require(digests.size() <= 1 + fuzzy::kMostFiles);
  for (const fuzzy::Digest& digest : digests) {
    require(digest.id.size() == fuzzy::kDigest && !name(digest.kind).empty());
    if (digest.shingles) require(fuzzy::place_keys(*digest.shingles).size() == fuzzy::kPlaces);
    require(fuzzy::record_key(digest.id).id.size() == 1 + fuzzy::kDigest);
  }
}

void check_stored(std::string_view bytes) {
  using std::chrono::seconds;
  const std::string id(fuzzy::kDigest, 'x');
  const std::string ids = fuzzy::with_id(bytes, id);
  require(fuzzy::ids_from(ids).size() <= fuzzy::kMostIds && fuzzy::ids_from(ids).front() == id);
  require(fuzzy::with_id(ids, id) == ids);
  const auto record = fuzzy::record_from(bytes);
  if (!record) return;
  const double weight =
      fuzzy::weight_at(*record, std::chrono::sys_seconds(seconds(1'750'000'000)), seconds(7'776'000));
  require(weight >= 0 && weight <= FuzzyOrder::kMostWeight);
  const auto again = fuzzy::record_from(fuzzy::to_bytes(*record));
  require(again && again->flag == record->flag && again->shingles == record->shingles &&
          again->taught == record->taught);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check_text(bytes);
  check_message(bytes);
  check_stored(bytes);
  const auto order = fuzzy_order_from(bytes);
  require(!order || (!name(*order->flag).empty() && order->weight <= FuzzyOrder::kMostWeight));
  return 0;
}
