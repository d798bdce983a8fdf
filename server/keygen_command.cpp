// The command `keygen`: a new key for DKIM and ARC, its DNS record, and the lines of the configuration.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

#include "conf/value.h"
#include "proto/base/text.h"
#include "rules/auth/private_key.h"
#include "rules/listed_domain.h"
#include "server/commands.h"

namespace xspamd {

namespace {

using auth::PrivateKey;

constexpr std::size_t kPresetBits = 2'048;
constexpr std::size_t kLongestString = 255;  // RFC 1035 §3.3

// Named as those of rspamadm dkim_keygen.
constexpr std::array<Argument, 6> kArguments{
    {{"-d,--domain", Argument::Kind::text, "Domain that the key signs for"},
     {"-s,--selector", Argument::Kind::text,
      "Selector: the name of the key below the domain, such as mail2026"},
     {"-t,--type", Argument::Kind::text, "rsa (the default) or ed25519"},
     {"-b,--bits", Argument::Kind::text, "Bits of an RSA key, 1024 to 4096; 2048 unless given"},
     {"-k,--privkey", Argument::Kind::text, "File to make for the private key; else it is printed"},
     {"-o,--output", Argument::Kind::text, "The record as a line of a zone (dns, the default) or plain"}}};

struct Wanted {
  std::string domain, selector, file;
  bool ed25519 = false;
  std::size_t bits = kPresetBits;
  bool plain = false;
};

// One of two words; the first where none is given.
Result<bool> is_second(const Arguments& given, std::string_view name, std::string_view first,
                       std::string_view second) {
  const std::string text = given.text(name);
  if (text.empty() || text == first) return false;
  if (text == second) return true;
  return fail(Errc::invalid,
              fmt::format("{} {}: it is {} or {}", name.substr(0, 2), xspamd::quoted(text), first, second));
}

Result<std::size_t> bits_of(const Arguments& given) {
  const std::string text = given.text("-b,--bits");
  if (text.empty()) return kPresetBits;
  const auto bits = parse_unsigned(text);
  if (!bits || *bits < PrivateKey::kLeastBits || *bits > PrivateKey::kMostBits)
    return fail(Errc::invalid, fmt::format("-b {}: an RSA key has {} to {} bits", xspamd::quoted(text),
                                           PrivateKey::kLeastBits, PrivateKey::kMostBits));
  return static_cast<std::size_t>(*bits);
}

Result<Wanted> wanted_of(const Arguments& given) {
  Wanted wanted;
  const std::string selector = given.text("-s,--selector");
  if (given.text("-d,--domain").empty() || selector.empty())
    return fail(Errc::invalid, "keygen needs -d DOMAIN and -s SELECTOR");
  auto domain = listed_domain(given.text("-d,--domain"));
  if (!domain) return fail(Errc::invalid, "-d " + domain.error().sentence);
  wanted.domain = std::move(*domain);
  // RFC 6376 §3.6.2.1.
  const std::string below = "._domainkey." + wanted.domain;
  const auto name = listed_domain(selector + below);
  if (!name) return fail(Errc::invalid, fmt::format("-s {} is no selector", xspamd::quoted(selector)));
  wanted.selector = name->substr(0, name->size() - below.size());
  const auto ed25519 = is_second(given, "-t,--type", "rsa", "ed25519");
  if (!ed25519) return tl::unexpected(ed25519.error());
  wanted.ed25519 = *ed25519;
  const auto bits = bits_of(given);
  if (!bits) return tl::unexpected(bits.error());
  if (wanted.ed25519 && !given.text("-b,--bits").empty())
    return fail(Errc::invalid, "-b is for RSA keys: all Ed25519 keys have 256 bits");
  wanted.bits = *bits;
  const auto plain = is_second(given, "-o,--output", "dns", "plain");
  if (!plain) return tl::unexpected(plain.error());
  wanted.plain = *plain;
  wanted.file = given.text("-k,--privkey");
  return wanted;
}

// Readable by its owner alone. A file that is there already is never written to.
Result<void> write_key(const std::string& file, std::string_view pem) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0 && errno == EEXIST)
    return fail(Errc::unavailable, fmt::format("{} is there already: keys are not overwritten", file));
  const auto failed = [&](int error) {
    return fail(Errc::unavailable,
                fmt::format("{} cannot be written: {}", file, std::generic_category().message(error)));
  };
  if (descriptor < 0) return failed(errno);
  const ssize_t written = write(descriptor, pem.data(), pem.size());
  const int error = written < 0 ? errno : ENOSPC;
  const bool closed = close(descriptor) == 0;
  if (written == static_cast<ssize_t>(pem.size()) && closed) return {};
  unlink(file.c_str());
  return failed(error);
}

// A line of a zone: strings of a TXT record are short, so the key is cut.
std::string zone_line(const Wanted& wanted, const PrivateKey& key) {
  std::string line = fmt::format("{}._domainkey IN TXT ( \"{}\"", wanted.selector, key.record_begin());
  const std::string value = key.record_key();
  for (std::size_t at = 0; at < value.size(); at += kLongestString)
    line += fmt::format("\n\t\"{}\"", value.substr(at, kLongestString));
  return line + " ) ;\n";
}

// The name of the table has no dots, which would have to be quoted.
std::string configuration(const Wanted& wanted) {
  std::string name = wanted.domain + "-" + wanted.selector;
  std::replace(name.begin(), name.end(), '.', '-');
  std::error_code error;
  const std::string file = wanted.file.empty() ? fmt::format("/etc/xspamd/keys/{}.pem", name)
                                               : std::filesystem::absolute(wanted.file, error).string();
  const auto toml = [](const std::string& text) {
    return conf::to_toml(conf::Value{text, {}});
  };
  return fmt::format("[signing.{}]\nkey = {}{}\nselector = {}\ndomains = [{}]\n", conf::to_key(name),
                     toml(file), wanted.file.empty() ? "  # where you keep it" : "", toml(wanted.selector),
                     toml(wanted.domain));
}

int run(const Options& options) {
  const auto wanted = wanted_of(options.arguments);
  if (!wanted) {
    fmt::print(stderr, "xspamd: {}\n", wanted.error().sentence);
    return kUsage;
  }
  const PrivateKey key = wanted->ed25519 ? PrivateKey::make_ed25519() : PrivateKey::make_rsa(wanted->bits);
  if (wanted->file.empty()) {
    fmt::print("{}", key.to_pem());
  } else if (const auto written = write_key(wanted->file, key.to_pem()); !written) {
    fmt::print(stderr, "xspamd: {}\n", written.error().sentence);
    return kProblem;
  }
  fmt::print("{}", wanted->plain ? key.record_begin() + key.record_key() + "\n" : zone_line(*wanted, key));
  fmt::print(stderr, "\n# When the record stands in the zone of {}, for xspamd.toml:\n{}", wanted->domain,
             configuration(*wanted));
  return kFine;
}

}  // namespace

extern const Subcommand keygen_command;
const Subcommand keygen_command{.name = "keygen",
                                .about = "Make a key for DKIM and ARC, and print its DNS record",
                                .arguments = kArguments,
                                .run = run};

}  // namespace xspamd
