// What is told of an attached file, on any bytes as its content and its name: lists stay within their limits,
// names can be shown.
#include <algorithm>
#include <cstdint>

#include "proto/base/text.h"
#include "proto/mail/attachment.h"
#include "proto/mail/file_type.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

void check_name(std::string_view name) {
  const std::string extension = extension_of(name);
  require(extension.size() <= 40 && extension.find('.') == std::string::npos);
  require(extension == to_lower(extension));
  const bool executable = is_executable_extension(extension);
  require(!executable || !is_container_extension(extension));
  const bool turned = name.find("\xE2\x80\xAE") != std::string_view::npos;
  require(!has_double_extension(name) || executable || turned);
  // More of what does not count changes nothing.
  if (is_utf8(name)) require(extension_of(std::string(name) + " .\xE2\x80\x8B") == extension);
}

void check_archive(std::string_view bytes, const Limits& limits) {
  const Archive archive = list_zip(bytes, limits);
  require(archive.entries.size() <= limits.archive_files);
  bool encrypted = false;
  for (const ArchiveEntry& entry : archive.entries) {
    require(is_utf8(entry.name) && std::none_of(entry.name.begin(), entry.name.end(), is_control));
    require(entry.depth <= 1 && entry.name.size() <= 3 * 1024);
    encrypted = encrypted || entry.encrypted;
    check_name(entry.name);
  }
  require(encrypted == archive.encrypted);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view type = sniff_type(bytes);
  require(type.empty() == file_type(bytes).empty());
  require(type.empty() || std::count(type.begin(), type.end(), '/') == 1);
  check_archive(bytes, Limits{});
  Limits small;
  small.archive_files = 5;
  small.archive = 300;
  check_archive(bytes, small);
  check_name(bytes.substr(0, 200));
  return 0;
}
