// Planted mistakes as files: tests/data/mistakes/NN-name.toml is refused with the lines of NN-name.want, for
// the reason of NN-name.why.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "conf/shipped.h"
#include "rules/plan.h"
#include "tests/unit/conf/loading.h"

using namespace xspamd;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The problems of the text with the shipped rules below it, as they are told at the start.
std::string told(const std::string& text) {
  const conf::Folder folder;
  folder.write("xspamd.toml", text);
  conf::Sources sources;
  sources.file = folder.path("xspamd.toml");
  for (const conf::Shipped& shipped : conf::shipped_files()) {
    sources.shipped.push_back({std::string(shipped.name), std::string(shipped.text)});
  }
  conf::Loaded loaded = conf::load(sources);
  const Planned planned = make_plan(std::move(loaded.config), std::move(loaded.problems), all_checks());
  CHECK(planned.plan == nullptr);
  std::string lines;
  for (const conf::Problem& problem : planned.problems.list()) {
    std::string line = to_string(problem);
    const std::size_t at = line.find(sources.file);
    if (at != std::string::npos) line.replace(at, sources.file.size(), "xspamd.toml");
    lines += line + "\n";
  }
  return lines;
}

}  // namespace

TEST_CASE("mistakes: every planted one is refused with its place, the reason and the nearest name") {
  std::vector<std::filesystem::path> cases;
  for (const auto& entry : std::filesystem::directory_iterator(XSPAMD_TEST_DATA "/mistakes")) {
    if (entry.path().extension() == ".toml") cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  CHECK(cases.size() >= 40);
  for (std::filesystem::path path : cases) {
    INFO(path.string());
    const std::string text = content(path);
    CHECK_FALSE(content(path.replace_extension(".why")).empty());
    CHECK(told(text) == content(path.replace_extension(".want")));
  }
}
