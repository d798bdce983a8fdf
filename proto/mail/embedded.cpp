#include "proto/mail/embedded.h"

#include "proto/mail/uuencode.h"
#include "proto/mail/yenc.h"

namespace xspamd::mail {

std::vector<EmbeddedFile> find_embedded(std::string_view text, std::size_t most) {
  std::vector<EmbeddedFile> found;
  EncodedFile uuencoded = find_uuencoded(text, 0);
  EncodedFile yenc = find_yenc(text, 0);
  std::size_t at = 0;
  while (found.size() < most) {
    // Each search begins where the last file ended, so that nothing is searched twice.
    if (uuencoded.length > 0 && uuencoded.begin < at) uuencoded = find_uuencoded(text, at);
    if (yenc.length > 0 && yenc.begin < at) yenc = find_yenc(text, at);
    if (uuencoded.length == 0 && yenc.length == 0) break;
    const bool is_uuencoded = yenc.length == 0 || (uuencoded.length > 0 && uuencoded.begin < yenc.begin);
    const EncodedFile& next = is_uuencoded ? uuencoded : yenc;
    found.push_back({is_uuencoded ? TransferEncoding::uuencode : TransferEncoding::yenc,
                     text.substr(next.begin, next.length), next.name});
    at = next.begin + next.length;
  }
  return found;
}

}  // namespace xspamd::mail
