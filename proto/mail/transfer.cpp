#include "proto/mail/transfer.h"

#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "proto/mail/encoding.h"
#include "proto/mail/uuencode.h"
#include "proto/mail/yenc.h"

namespace xspamd {

namespace {

struct EncodingName {
  std::string_view name;
  TransferEncoding encoding;
};

// RFC 2045 §6.1, and what is written instead of it.
constexpr EncodingName kNames[] = {
    {"7bit", TransferEncoding::identity},
    {"8bit", TransferEncoding::identity},
    {"binary", TransferEncoding::identity},
    {"base64", TransferEncoding::base64},
    {"quoted-printable", TransferEncoding::quoted_printable},
    {"x-uuencode", TransferEncoding::uuencode},
    {"x-yencode", TransferEncoding::yenc},
    {"7-bit", TransferEncoding::identity},
    {"8-bit", TransferEncoding::identity},
    {"7bits", TransferEncoding::identity},
    {"8bits", TransferEncoding::identity},
    {"none", TransferEncoding::identity},
    {"base-64", TransferEncoding::base64},
    {"x-base64", TransferEncoding::base64},
    {"quotedprintable", TransferEncoding::quoted_printable},
    {"quoted_printable", TransferEncoding::quoted_printable},
    {"uuencode", TransferEncoding::uuencode},
    {"x-uue", TransferEncoding::uuencode},
    {"uue", TransferEncoding::uuencode},
    {"yencode", TransferEncoding::yenc},
    {"x-yenc", TransferEncoding::yenc},
    {"yenc", TransferEncoding::yenc},
};

// Of base64 and its white space.
const std::array<bool, 256> kForeign = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(i);
    table[i] = !mail::is_base64(c) && !is_space(c);
  }
  return table;
}();

constexpr std::size_t kBase64Slack =
    3;  // the last group of a cut text decodes to other bytes than in the whole

}  // namespace

std::string_view name(TransferEncoding encoding) {
  const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const EncodingName& entry) { return entry.encoding == encoding; });
  return found->name;
}

std::string decoded_body(const Part& part, std::size_t most) {
  if (part.encoding == TransferEncoding::identity || part.is_container() || part.is_multipart()) {
    return std::string(part.body.substr(0, most));
  }
  // First what decodes to `most` bytes in honest mail, up to a line end.
  const bool base64 = part.encoding == TransferEncoding::base64;
  const bool by_line = base64 || part.encoding == TransferEncoding::quoted_printable;
  std::string bytes;
  if (by_line && most < part.body.size()) {
    const std::size_t guess = base64 ? most + most / 2 + 4096 : most * 3 + most / 4 + 4096;
    const std::size_t line_end = part.body.find('\n', guess);
    if (line_end != std::string_view::npos) {
      bytes = mail::decode(part.body.substr(0, line_end + 1), part.encoding);
      if (bytes.size() < most + kBase64Slack) bytes.clear();
    }
  }
  if (bytes.empty()) bytes = mail::decode(part.body, part.encoding);
  if (bytes.size() > most) bytes.resize(most);
  return bytes;
}

namespace mail {

bool read_transfer_encoding(std::string_view name, TransferEncoding& encoding) {
  const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const EncodingName& entry) { return entry.name == name; });
  if (found == std::end(kNames)) return name.empty();
  encoding = found->encoding;
  return true;
}

std::string decode(std::string_view body, TransferEncoding encoding) {
  switch (encoding) {
    case TransferEncoding::identity:
      break;
    case TransferEncoding::base64:
      return decode_base64(body);
    case TransferEncoding::quoted_printable:
      return decode_quoted_printable(body);
    case TransferEncoding::uuencode:
      return decode_uuencode(body);
    case TransferEncoding::yenc:
      return decode_yenc(body);
  }
  return std::string(body);
}

bool is_bad_base64(std::string_view body) {
  const std::size_t padding = std::min(body.find('='), body.size());
  // No early end: the bytes are looked at four times as fast without one.
  bool bad = false;
  for (const char c : body.substr(0, padding))
    bad |= kForeign[static_cast<unsigned char>(c)];
  for (const char c : body.substr(padding))
    bad |= c != '=' && !is_space(c);
  return bad;
}

}  // namespace mail
}  // namespace xspamd
