#include "tests/suites/suite.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "proto/base/text.h"

namespace xspamd::suites {

namespace {

constexpr std::size_t kShown = 25;  // failing cases of a suite

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::map<std::string, std::string> read_exceptions(const std::string& name) {
  std::map<std::string, std::string> exceptions;
  std::ifstream file(std::string(XSPAMD_SUITES) + "/" + name + ".exceptions");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t colon = line.rfind(": ");
    if (colon == std::string::npos) throw std::runtime_error(name + ".exceptions: no reason: " + line);
    exceptions[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return exceptions;
}

}  // namespace

Suite::Suite(std::string name) : name_(std::move(name)), exceptions_(read_exceptions(name_)) {}

void Suite::check(const std::string& id, std::string_view got, std::string_view want) {
  const std::string shown = printable(id);
  const auto exception = exceptions_.find(shown);
  if (got == want) {
    ++passed_;
    if (exception == exceptions_.end()) return;
    ++stale_;
    fmt::print("{}: {} passes and is listed as an exception\n", name_, shown);
    return;
  }
  if (exception != exceptions_.end()) {
    ++excepted_;
    exceptions_.erase(exception);
    return;
  }
  if (++failed_ > kShown) return;
  fmt::print("{}: {}\n  got  {}\n  want {}\n", name_, shown, printable(got), printable(want));
}

bool Suite::finish() {
  const std::size_t all = passed_ + excepted_ + failed_;
  fmt::print("{}: {} of {} pass, {} listed exceptions, {} fail\n", name_, passed_, all, excepted_, failed_);
  const bool few = excepted_ * 100 < all * 3 || excepted_ == 0;
  if (!few) fmt::print("{}: 3 % of exceptions or more\n", name_);
  return failed_ == 0 && stale_ == 0 && few && all > 0;
}

std::string folder() {
  const char* shared = std::getenv("XSPAMD_SHARED");
  return std::string(shared ? shared : XSPAMD_SUITES "/../../../shared") + "/suites/";
}

std::string read(const std::string& path) {
  return contents(folder() + path);
}

}  // namespace xspamd::suites
