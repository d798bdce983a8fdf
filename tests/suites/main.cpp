// Runs the conformance suites of others: all, or those named. Ends with "N passed, M failed, K skipped", a
// suite counting as one.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/suites/suite.h"

using namespace xspamd::suites;

namespace {

struct Entry {
  std::string_view name;
  void (*run)(Suite& suite);
};
constexpr Entry kSuites[] = {{"mime_structure", mime_structure},  {"mail_headers", mail_headers},
                             {"html_tokens", html_tokens},        {"html_visibility", html_visibility},
                             {"url_parsing", url_parsing},        {"url_finding", url_finding},
                             {"public_suffixes", public_suffixes}};

bool run(const Entry& entry) {
  Suite suite{std::string(entry.name)};
  try {
    entry.run(suite);
  } catch (const std::exception& error) {
    fmt::print("{}: {}\n", entry.name, error.what());
    return false;
  }
  return suite.finish();
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> wanted(argv + 1, argv + argc);
  if (!std::filesystem::is_directory(folder())) {
    fmt::print("{} is absent: its suites are skipped (XSPAMD_SHARED names the folder that holds them)\n",
               folder());
    fmt::print("0 passed, 0 failed, {} skipped\n", std::size(kSuites));
    return 0;
  }
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const Entry& entry : kSuites) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), entry.name) == wanted.end()) continue;
    (run(entry) ? passed : failed) += 1;
  }
  fmt::print("{} passed, {} failed, 0 skipped\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
