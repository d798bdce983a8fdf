// Files that stand encoded in a text without being parts of their own: uuencoded (uuencode.h) and yEncoded
// (yenc.h). Linear, views into the text.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "proto/mail/mime.h"

namespace xspamd::mail {

struct EmbeddedFile {
  TransferEncoding encoding = TransferEncoding::uuencode;
  std::string_view block;  // from its first line to its last
  std::string_view name;   // as it stands there
};

// The first `most`, in the order of the text.
std::vector<EmbeddedFile> find_embedded(std::string_view text, std::size_t most);

}  // namespace xspamd::mail
