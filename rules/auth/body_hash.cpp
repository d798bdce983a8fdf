#include "rules/auth/body_hash.h"

#include <algorithm>
#include <vector>

namespace xspamd::auth {

namespace {

// One pass. `wanted` have one form and one hash and are sorted by length.
void hash_in_one_pass(std::string_view body, char line_end, const std::vector<BodyHash*>& wanted) {
  Digest digest(wanted.front()->hash);
  std::uint64_t size = 0;
  std::size_t next = 0;
  const auto add = [&](std::string_view bytes) {
    digest.add(bytes);
    size += bytes.size();
  };
  Funnel funnel([&](std::string_view piece) {
    for (; next < wanted.size() && wanted[next]->length <= size + piece.size(); ++next) {
      const auto rest = static_cast<std::size_t>(wanted[next]->length - size);
      add(piece.substr(0, rest));
      piece.remove_prefix(rest);
      wanted[next]->digest = Digest(digest).finish();
    }
    add(piece);
  });
  put_body(funnel, wanted.front()->form, body, line_end);
  funnel.flush();
  const std::string whole = digest.finish();
  for (BodyHash* each : wanted) {
    each->size = size;
    if (each->length == BodyHash::kWhole || each->length == size) each->digest = whole;
  }
}

}  // namespace

void hash_body(std::string_view body, char line_end, std::span<BodyHash> wanted) {
  for (const Canonicalization form : {Canonicalization::simple, Canonicalization::relaxed}) {
    for (const Hash hash : {Hash::sha1, Hash::sha256}) {
      std::vector<BodyHash*> group;
      for (BodyHash& each : wanted)
        if (each.form == form && each.hash == hash) group.push_back(&each);
      if (group.empty()) continue;
      std::sort(group.begin(), group.end(),
                [](const BodyHash* a, const BodyHash* b) { return a->length < b->length; });
      hash_in_one_pass(body, line_end, group);
    }
  }
}

}  // namespace xspamd::auth
