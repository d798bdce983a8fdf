// A backup of what a classifier learned, read from a file in pieces, and as often as is wanted: what cannot
// be read twice (standard input, a pipe) is kept in a temporary file that has no name. Blocks.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "rules/bayes/backup.h"

namespace xspamd {

class BackupSource {
 public:
  // "-" is standard input. Fails when the file cannot be opened or kept.
  static Result<BackupSource> open(const std::string& file);

  // The entries of the next piece, in place of those in `entries`; false at the end, where there are none.
  Result<bool> next(std::vector<BackupEntry>& entries);
  // To the beginning.
  Result<void> rewind();

  BackupReader::Format format() const { return reader_.format(); }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;

  BackupSource(std::string name, File file) : name_(std::move(name)), file_(std::move(file)) {}
  static Result<File> keep(const std::string& name, File from);

  std::string name_;
  File file_;
  BackupReader reader_;
  bool ended_ = false;
};

}  // namespace xspamd
