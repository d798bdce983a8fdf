#include "server/client/folder_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>
#include <utility>

#include "proto/base/text.h"

namespace xspamd::client {

namespace {

namespace fs = std::filesystem;

std::string in(const std::string& folder, std::string_view name) {
  return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

fs::file_type type_of(const std::string& path) {
  std::error_code ignored;  // what cannot be looked at is of no type
  return fs::symlink_status(path, ignored).type();
}

// A link that is named itself is followed. What is not there is told when it is opened.
fs::file_type type_of_argument(const std::string& path) {
  std::error_code ignored;
  return path == kStandardInput ? fs::file_type::character : fs::status(path, ignored).type();
}

bool is_maildir(const std::string& folder) {
  return type_of(in(folder, "cur")) == fs::file_type::directory &&
         type_of(in(folder, "new")) == fs::file_type::directory;
}

Result<std::vector<std::string>> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    if (names.size() == FolderWalk::kMostEntries) {
      return fail(Errc::limit, fmt::format("{} has more than {} entries and is left out", printable(folder),
                                           FolderWalk::kMostEntries));
    }
    names.push_back(std::move(name));
  }
  if (error) return fail(Errc::unavailable, fmt::format("{}: {}", printable(folder), error.message()));
  std::ranges::sort(names, std::greater{});
  return names;
}

}  // namespace

FolderWalk::FolderWalk(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {
  std::ranges::reverse(arguments_);
}

Result<void> FolderWalk::enter(std::string path) {
  if (open_.size() == kMostDepth) {
    return fail(Errc::limit,
                fmt::format("{} lies deeper than {} folders and is left out", printable(path), kMostDepth));
  }
  if (is_maildir(path)) {
    open_.push_back({std::move(path), {"new", "cur"}});
    return {};
  }
  auto names = names_in(path);
  if (!names) return tl::unexpected<Error>(names.error());
  open_.push_back({std::move(path), std::move(*names)});
  return {};
}

std::optional<Result<FoundFile>> FolderWalk::next() {
  for (;;) {
    while (!open_.empty() && open_.back().names.empty())
      open_.pop_back();
    const bool in_folder = !open_.empty();
    std::vector<std::string>& left = in_folder ? open_.back().names : arguments_;
    if (left.empty()) return std::nullopt;
    std::string path = in_folder ? in(open_.back().path, left.back()) : left.back();
    left.pop_back();
    const fs::file_type type = in_folder ? type_of(path) : type_of_argument(path);
    if (type == fs::file_type::directory) {
      if (auto entered = enter(std::move(path)); !entered) return tl::unexpected<Error>(entered.error());
    } else if (!in_folder || type == fs::file_type::regular) {
      return FoundFile{std::move(path), in_folder};
    }
  }
}

}  // namespace xspamd::client
