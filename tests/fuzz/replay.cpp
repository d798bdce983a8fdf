// Runs a fuzz target on inputs without a fuzzer: replay_NAME FILE...
// Prints each path before the target sees the input, so that the last one is the one that ended it.
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::optional<std::vector<std::uint8_t>> bytes_of(const char* path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "rb"), std::fclose);
  if (!file) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  std::array<std::uint8_t, 65536> piece{};
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), file.get()))
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
  // No spare room behind the input: reading past its end is seen.
  bytes.shrink_to_fit();
  return bytes;
}

}  // namespace

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    fmt::print("{}\n", arguments[i]);
    std::fflush(stdout);
    const auto bytes = bytes_of(arguments[i]);
    if (!bytes) return 1;
    LLVMFuzzerTestOneInput(bytes->data(), bytes->size());
  }
  return 0;
}
