#include "tests/unit/conf/loading.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace xspamd::conf {

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "xspamd-conf-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  root_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

void Folder::write(const std::string& name, std::string_view text) const {
  std::filesystem::create_directories((root_ / name).parent_path());
  const int file = open(path(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  const ssize_t written = ::write(file, text.data(), text.size());
  close(file);
  REQUIRE(written == static_cast<ssize_t>(text.size()));
}

Sources Folder::sources(std::vector<std::string> options) const {
  Sources sources;
  sources.file = path("x.toml");
  sources.file_must_exist = true;
  sources.options = std::move(options);
  return sources;
}

std::string Folder::rendered(const Problems& problems) const {
  const std::string prefix = root_.string() + "/";
  std::string text;
  for (const Problem& problem : problems.list()) {
    std::string line = to_string(problem);
    if (line.starts_with(prefix)) line.erase(0, prefix.size());
    text += text.empty() ? line : "\n" + line;
  }
  return text;
}

std::string problems_of(std::string_view text) {
  const Folder folder;
  folder.write("x.toml", text);
  return folder.rendered(load(folder.sources()).problems);
}

std::string problems_with(const std::vector<std::string>& options) {
  const Folder folder;
  Sources sources;
  sources.options = options;
  return folder.rendered(load(sources).problems);
}

Config loaded(std::string_view text) {
  const Folder folder;
  folder.write("x.toml", text);
  Loaded result = load(folder.sources());
  CHECK(folder.rendered(result.problems) == "");
  return std::move(result.config);
}

}  // namespace xspamd::conf
