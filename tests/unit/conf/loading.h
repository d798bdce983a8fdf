// Configuration folders for tests: files are written below a fresh temporary folder, problems rendered
// without its path.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "conf/config.h"

namespace xspamd::conf {

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, std::string_view text) const;
  std::string path(const std::string& name) const { return (root_ / name).string(); }
  // With "x.toml" as the main file.
  Sources sources(std::vector<std::string> options = {}) const;
  // One problem a line.
  std::string rendered(const Problems& problems) const;

 private:
  std::filesystem::path root_;
};

// What is told about this text as the main file.
std::string problems_of(std::string_view text);
// What is told about these options alone.
std::string problems_with(const std::vector<std::string>& options);
Config loaded(std::string_view text);  // fails the test when there is any problem

}  // namespace xspamd::conf
