#include "server/client/folder_walk.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "server/client/file_source.h"
#include "server/client/mail_source.h"
#include "tests/unit/server/temp_folder.h"

using namespace xspamd;
using namespace xspamd::client;
using xspamd::test::TempFolder;
using xspamd::test::write_file;

namespace {

namespace fs = std::filesystem;

// Files at these paths below the folder, folders where they are needed.
void make(const TempFolder& folder, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    fs::create_directories(fs::path(folder / path).parent_path());
    write_file(folder / path, path);
  }
}

// The paths that are found below the folder, trouble in brackets.
std::vector<std::string> found(const TempFolder& folder, const std::vector<std::string>& arguments) {
  std::vector<std::string> paths;
  FolderWalk walk(arguments);
  while (const auto file = walk.next()) {
    std::string path = *file ? (*file)->path : "[" + file->error().sentence + "]";
    if (const std::size_t at = path.find(folder.path() + "/"); at != std::string::npos)
      path.erase(at, folder.path().size() + 1);
    paths.push_back(path);
  }
  return paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("folder walk: arguments come in their order, folders as their files in name order") {
  const TempFolder folder;
  make(folder, {"b", "a/2", "a/10", "a/sub/x", "a/sub/a", "a/.hidden", "a/.folder/y"});
  CHECK(found(folder, {folder / "b", folder / "a", "-"}) ==
        Paths{"b", "a/10", "a/2", "a/sub/a", "a/sub/x", "-"});
  CHECK(found(folder, {folder / "a/"}) == Paths{"a/10", "a/2", "a/sub/a", "a/sub/x"});
  CHECK(found(folder, {}).empty());
}

TEST_CASE("folder walk: of a Maildir the messages alone, also in other folders") {
  const TempFolder folder;
  make(folder, {"m/cur/1:2,S", "m/new/2", "m/tmp/3", "m/dovecot.index", "m/.Sent/cur/4", "m/cur/.nfs1", "a"});
  CHECK(found(folder, {folder / "m"}) == Paths{"m/cur/1:2,S", "m/new/2"});
  CHECK(found(folder, {folder.path()}) == Paths{"a", "m/cur/1:2,S", "m/new/2"});
  // Without `new` it is a folder like others.
  fs::remove_all(folder / "m/new");
  CHECK(found(folder, {folder / "m"}) == Paths{"m/cur/1:2,S", "m/dovecot.index", "m/tmp/3"});
}

TEST_CASE("folder walk: links in folders are left out, a link that is named is followed") {
  const TempFolder folder;
  make(folder, {"outside/x", "a/1"});
  fs::create_symlink(folder / "outside", folder / "a/out");
  fs::create_symlink(folder / "outside/x", folder / "a/file");
  fs::create_symlink(folder / "a", folder / "a/loop");
  fs::create_symlink(folder / "a", folder / "link");
  CHECK(found(folder, {folder / "a"}) == Paths{"a/1"});
  CHECK(found(folder, {folder / "link"}) == Paths{"link/1"});
}

TEST_CASE("folder walk: what is not there is left for the opening to tell, pipes in folders are left out") {
  const TempFolder folder;
  make(folder, {"a/1"});
  REQUIRE(::mkfifo((folder / "a/pipe").c_str(), 0600) == 0);
  CHECK(found(folder, {folder / "none", folder / "a", folder / "a/pipe"}) == Paths{"none", "a/1", "a/pipe"});
}

TEST_CASE("folder walk: folders deeper than the bound are left out and told") {
  const TempFolder folder;
  std::string deep;
  for (std::size_t i = 1; i < FolderWalk::kMostDepth; ++i)
    deep += "d/";
  make(folder, {deep + "f", deep + "g/h"});
  CHECK(found(folder, {folder.path()}) ==
        Paths{deep + "f",
              "[" + deep +
                  fmt::format("g lies deeper than {} folders and is left out]", FolderWalk::kMostDepth)});
}

TEST_CASE("mail source: messages are numbered in their file, and trouble with one file stops no other") {
  const TempFolder folder;
  fs::create_directories(folder / "a");
  write_file(folder / "a/1", "From x\nA: b\n\ny\n\nFrom x\nC: d\n\nz\n");
  write_file(folder / "a/2", "");
  write_file(folder / "a/3", "\x1f\x8b\x08garbage and more garbage");
  write_file(folder / "a/4.gz", "A: in name only\n");
  write_file(folder / "a/5", std::string(200, 'x'));
  MailSource source({folder / "none", folder / "a"}, 100);
  std::vector<std::string> seen;
  while (const auto mail = source.next()) {
    std::string line = *mail ? fmt::format("{} {} {}", (*mail)->file, (*mail)->number,
                                           (*mail)->message.too_large ? "too large" : (*mail)->message.text)
                             : "trouble with " + mail->error().sentence;
    line.erase(line.find(folder.path()), folder.path().size() + 1);
    seen.push_back(line);
  }
  REQUIRE(seen.size() == 6);
  CHECK(seen[0] == "trouble with none: No such file or directory");
  CHECK(seen[1] == "a/1 1 A: b\n\ny\n");
  CHECK(seen[2] == "a/1 2 C: d\n\nz\n");
  CHECK(seen[3].starts_with("trouble with a/3: the gzip data is damaged"));
  CHECK(seen[4] == "a/4.gz 1 A: in name only\n");
  CHECK(seen[5] == "a/5 1 too large");
}

TEST_CASE("mail source: a file that goes between listing and reading is no trouble") {
  const TempFolder folder;
  make(folder, {"m/new/1", "m/new/2", "m/cur/0"});
  MailSource source({folder / "m"}, 100);
  REQUIRE(source.next());
  fs::remove(folder / "m/cur/0");
  const auto second = source.next();
  REQUIRE((second && *second));
  CHECK((*second)->message.text == "m/new/1");
  // The folder was listed; now the mail is read by its owner.
  fs::rename(folder / "m/new/2", folder / "m/cur/2");
  CHECK_FALSE(source.next());
}

TEST_CASE("file source: the size of all is known for files and is what is read of them, but not for a pipe") {
  const TempFolder folder;
  make(folder, {"a/1", "a/2", "b"});
  const std::vector<std::string> arguments = {folder / "a", folder / "b", folder / "none"};
  CHECK(size_of_all(arguments) == 7);
  MailSource source(arguments, 100);
  while (source.next()) {
  }
  CHECK(source.bytes_read() == 7);
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(size_of_all({folder / "a", folder / "pipe"}) == std::nullopt);
}
