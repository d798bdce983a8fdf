#include "tests/support/signing.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "rules/auth/arc_chain.h"
#include "rules/auth/body_hash.h"
#include "rules/auth/dkim_reading.h"
#include "rules/auth/tag_list.h"
#include "tests/support/parsing.h"

namespace xspamd::test {

namespace {

constexpr std::string_view kUnsigned = "b=AAAA";

// At the time when the signature says that it is made.
auth::DkimOptions options_for(std::string_view tags) {
  const auto list = auth::parse_tag_list(tags);
  const auth::Tag* made = list ? auth::find_tag(*list, "t") : nullptr;
  const auto seconds = made != nullptr ? auth::parse_number(made->value) : std::nullopt;
  auth::DkimOptions options;
  options.now =
      std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(seconds.value_or(0))));
  return options;
}

// The body's hash as a signature of these tags has it.
std::string body_hash(std::string_view tags, auth::SignatureKind kind, std::string_view message) {
  const auto read = auth::parse_signature(fmt::format("{}; bh={}", tags, base64(std::string(32, 'x'))), kind);
  const auto parsed_message = parsed(std::string(message));
  auth::BodyHash hash{read.body_form, read.hash, read.length, {}, 0};
  auth::hash_body(parsed_message->body(), auth::line_end_of(message), {&hash, 1});
  return base64(hash.digest);
}

std::string replaced_first(std::string text, std::string_view what, const std::string& with) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::runtime_error("nothing to sign");
  return text.replace(at, what.size(), with);
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string text(bytes.size() / 3 * 4 + 5, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string ed25519_signature(std::string_view message) {
  // "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
  constexpr std::array<unsigned char, 32> kSecret{
      0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
      0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, kSecret.data(), kSecret.size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::array<unsigned char, 64> signature{};
  std::size_t length = signature.size();
  EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key);
  EVP_DigestSign(context, signature.data(), &length, reinterpret_cast<const unsigned char*>(message.data()),
                 message.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return base64({reinterpret_cast<const char*>(signature.data()), length});
}

std::string with_dkim(std::string_view tags, std::string_view message) {
  const std::string all = fmt::format("v=1; a=ed25519-sha256; {}; {}", tags, kUnsigned);
  const std::string hash = body_hash(all, auth::SignatureKind::dkim, message);
  std::string text = fmt::format("DKIM-Signature: {}; bh={}\r\n{}", all, hash, message);
  const auto read = auth::read_dkim(*parsed(text), options_for(all));
  return replaced_first(std::move(text), kUnsigned, "b=" + ed25519_signature(read.front().header_hash));
}

std::string with_arc(int instance, std::string_view cv, std::string_view tags, std::string_view message) {
  const std::string both = fmt::format("i={}; a=ed25519-sha256; {}", instance, tags);
  const std::string signature = fmt::format("{}; c=relaxed/relaxed; h=from:subject; {}", both, kUnsigned);
  const std::string hash = body_hash(signature, auth::SignatureKind::arc_message, message);
  std::string text = fmt::format(
      "ARC-Message-Signature: {}; bh={}\r\nARC-Seal: {}; cv={}; {}\r\n"
      "ARC-Authentication-Results: i={}; mx.example.net; spf=pass smtp.mailfrom=example.org\r\n{}",
      signature, hash, both, cv, kUnsigned, instance, message);
  const auto options = options_for(signature);
  auto chain = auth::read_arc(*parsed(text), options);
  text = replaced_first(std::move(text), kUnsigned, "b=" + ed25519_signature(chain->message.header_hash));
  chain = auth::read_arc(*parsed(text), options);
  const std::string seal = chain->seals.empty() ? "" : chain->seals.back().header_hash;
  return replaced_first(std::move(text), kUnsigned, "b=" + ed25519_signature(seal));
}

}  // namespace xspamd::test
