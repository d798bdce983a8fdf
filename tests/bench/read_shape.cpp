// Reads one message and ends: what an instruction counter measures.
//   read_shape              the names of the shapes
//   read_shape NAME BYTES   a message of that shape
#include <fmt/format.h>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "tests/support/shapes.h"

using namespace xspamd;

namespace {

// The functions below stand alone so that the counter can tell making from reading.
[[gnu::noinline]] std::size_t read_message(std::string bytes, const Suffixes& suffixes) {
  const auto message = parse_message(std::move(bytes), Limits{}, suffixes);
  return message->texts().size() + message->urls().size();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    for (const test::Shape& shape : test::shapes())
      fmt::print("{}\n", shape.name);
    return argc == 1 ? 0 : 64;
  }
  const auto bytes = parse_unsigned(argv[2]);
  for (const test::Shape& shape : test::shapes()) {
    if (shape.name != argv[1] || !bytes) continue;
    const Suffixes suffixes;
    fmt::print("{}\n", read_message(shape.make(*bytes), suffixes));
    return 0;
  }
  fmt::print(stderr, "read_shape: no shape {}\n", argv[1]);
  return 64;
}
