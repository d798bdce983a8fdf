#include "rules/checks/bitcoin.h"

#include <catch2/catch.hpp>

using namespace xspamd;

TEST_CASE("bitcoin: addresses whose checksum is right") {
  // The first one ever, and the examples of BIP 16, BIP 173 and BIP 350.
  const std::pair<std::string_view, bool> kTable[] = {
      {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", true},
      {"3P14159f73E4gFr7JterCCQh9QjiTjiZrG", true},
      {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", true},
      {"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", true},
      {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", true},
      {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", false},
      {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0", false},
      {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", false},
      {"bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", false},
      {"bc1bw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", false},
      {"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", false},  // of the test network
      {"1111111111111111111111111111111111", false},
      {"3333333333333333333333333333333333333333333333333333333333333333333", false},
      {"1", false},
      {"", false},
  };
  for (const auto& [word, is_address] : kTable) {
    CAPTURE(word);
    CHECK(is_bitcoin_address(word) == is_address);
  }
}

TEST_CASE("bitcoin: an address is found wherever it stands") {
  const std::string address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
  for (std::size_t before = 0; before < 60; ++before) {
    CAPTURE(before);
    CHECK(find_bitcoin_address(std::string(before, ' ') + address) == address);
    CHECK(find_bitcoin_address(std::string(before, '.') + address + ".") == address);
    // Part of a longer word it is none.
    if (before > 0) CHECK(find_bitcoin_address(std::string(before, 'x') + address) == "");
    CHECK(find_bitcoin_address(address + "x" + std::string(before, ' ')) == "");
  }
  CHECK(find_bitcoin_address("bitcoin:" + address + "?amount=1") == address);
  CHECK(find_bitcoin_address(std::string(100'000, '1')) == "");
  CHECK(find_bitcoin_address(std::string(100'000, 'b') + " " + address) == address);
}
