// Seven-bit East Asian text as its eight-bit sibling, which holds the same characters: ISO-2022-JP (RFC 1468,
// with the further sets that mail uses) as EUC-JP, ISO-2022-KR (RFC 1557) as EUC-KR, HZ (RFC 1843) as EUC-CN.
// So iconv meets no charset with a state, and vendors' rows are read as everywhere else. What is no escape
// and no pair stays as it stands. Linear; at most two bytes come out for each.
#pragma once

#include <string>
#include <string_view>

namespace xspamd::mail {

std::string unshift_iso_2022_jp(std::string_view bytes);
std::string unshift_iso_2022_kr(std::string_view bytes);
std::string unshift_hz(std::string_view bytes);

}  // namespace xspamd::mail
