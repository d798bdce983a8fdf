// The files that arguments name: a file or "-" (standard input) is itself; a folder stands for the files in
// it and below, in the order of their names. Of a Maildir (a folder with folders `cur` and `new`) only what
// lies in these two. In folders, names that begin with a dot, symbolic links and what is no file are left
// out; a folder is listed when its turn comes. Fails, for one folder at a time, when it cannot be listed or a
// bound is reached: the others follow all the same.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd::client {

inline constexpr std::string_view kStandardInput = "-";

struct FoundFile {
  std::string path;
  bool in_folder = false;  // not named itself
};

class FolderWalk {
 public:
  static constexpr std::size_t kMostDepth = 32;  // folders in folders
  static constexpr std::size_t kMostEntries =
      10'000'000;  // of one folder: their names are held, to be sorted

  explicit FolderWalk(std::vector<std::string> arguments);

  std::optional<Result<FoundFile>> next();  // nothing at the end

 private:
  struct Folder {
    std::string path;
    std::vector<std::string> names;  // those that are left, the next one last
  };

  Result<void> enter(std::string path);

  std::vector<std::string> arguments_;  // those that are left, the next one last
  std::vector<Folder> open_;            // the innermost last
};

}  // namespace xspamd::client
