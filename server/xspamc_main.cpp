#include <utility>
#include <variant>

#include "server/client/options.h"

int main(int argc, char** argv) {
  using namespace xspamd::client;
  auto order = parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&order)) return *status;
  return learn(std::get<LearnOptions>(std::move(order)));
}
