// Addresses of Bitcoin in text, with their checksums verified: Base58Check (P2PKH, P2SH: version 0 or 5, 20
// bytes, the first four of a double SHA-256), and Bech32 and Bech32m of the main net (BIP 173, BIP 350). Pure
// and linear; of one text a thousand words are tried.
#pragma once

#include <string_view>

namespace xspamd {

// A word of letters and digits.
bool is_bitcoin_address(std::string_view word);

// The first one in the text; empty if there is none.
std::string_view find_bitcoin_address(std::string_view text);

}  // namespace xspamd
