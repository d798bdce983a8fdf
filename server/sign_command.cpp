// The command `sign`: a message with DKIM signatures, and with --arc an ARC set, in front of it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <span>

#include "proto/base/text.h"
#include "proto/preamble.h"
#include "rules/auth/arc_chain.h"
#include "rules/auth/arc_seal.h"
#include "rules/auth/signing.h"
#include "rules/listed_domain.h"
#include "server/file_scan.h"

namespace xspamd {

namespace {

using auth::SigningSection;

constexpr std::array<Argument, 6> kArguments{
    {{"FILE", Argument::Kind::list, "The message; - or nothing is standard input"},
     {"--fields", Argument::Kind::flag, "Print the new header fields alone"},
     {"--arc", Argument::Kind::flag, "Also seal what is seen of its authentication (ARC): runs the checks"},
     {"--domain", Argument::Kind::text, "Sign as this domain alone"},
     {"--key", Argument::Kind::text, "File of a private key: sign with it, whatever is configured"},
     {"--selector", Argument::Kind::text, "Selector of that key"}}};

struct Work {
  const Options& options;
  std::shared_ptr<const Plan> plan;   // none where a key of the command line signs and nothing is sealed
  std::optional<SigningSection> own;  // the key of the command line
  std::string domain;                 // to sign as; empty: all that fit
  Envelope envelope;
  std::string file;

  Limits limits() const { return plan ? plan->config.limits : Limits{}; }
};

// What stands in front of the message (an mbox line) stays there.
struct Input {
  std::string bytes;
  std::size_t begin = 0;
  std::unique_ptr<const Message> message;
};

std::unique_ptr<const Message> parsed(const Work& work, std::string bytes) {
  const Suffixes built_in;
  return parse_message(std::move(bytes), work.limits(), work.plan ? *work.plan->suffixes : built_in);
}

auth::SignOptions options_for(const SigningSection& section, const Message& message) {
  auth::SignOptions options;
  options.headers = section.headers;
  options.expires = section.expires;
  options.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  options.line_end = auth::line_end_for(message);
  return options;
}

tl::unexpected<Error> nothing_fits(const Work& work, std::string_view author) {
  const auto domains = work.plan->signing->domains();
  std::string why = fmt::format("nothing signs for {} (From)", quoted(author));
  if (!work.domain.empty()) why += fmt::format(" as {}", work.domain);
  return fail(Errc::not_found, domains.empty() ? why + ": no [signing.NAME] is configured"
                                               : fmt::format("{}: the domains of [signing] are {}", why,
                                                             fmt::join(domains, ", ")));
}

Result<std::vector<auth::Signing::Signer>> signers_for(const Work& work, const Message& message) {
  using Signers = std::vector<auth::Signing::Signer>;
  if (work.own) return Signers{{&*work.own, work.domain}};
  const auto author = auth::author_domain(message);
  if (!author) return tl::unexpected(author.error());
  Signers signers = work.plan->signing->signers_for(*author, *work.plan->suffixes);
  if (!work.domain.empty())
    std::erase_if(signers, [&](const auto& signer) { return signer.domain != work.domain; });
  if (signers.empty()) return nothing_fits(work, *author);
  return signers;
}

// A section whose key cannot be read has been told of.
Result<const auth::PrivateKey*> key_of(const SigningSection& section) {
  if (!section.key)
    return fail(Errc::unavailable, fmt::format("the key of signing.{} cannot be read", section.name));
  return &*section.key;
}

// Errc::not_found when nobody signs for the author.
Result<std::string> dkim_fields(const Work& work, const Message& message) {
  const auto signers = signers_for(work, message);
  if (!signers) return tl::unexpected(signers.error());
  std::string fields;
  for (const auto& [section, domain] : *signers) {
    const auto key = key_of(*section);
    if (!key) return tl::unexpected(key.error());
    const auto options = options_for(*section, message);
    const auto field = auth::dkim_sign(message, {**key, domain, section->selector}, options);
    if (!field) return tl::unexpected(field.error());
    fields += *field;
  }
  return fields;
}

// What the checks found of the chain of this message.
Result<auth::ArcOutcome> chain_of(const FileScan& scan) {
  if (scan.scan->facts.arc) return *scan.scan->facts.arc;
  if (auth::find_arc_sets(scan.scan->mail.message).sets.empty()) return auth::ArcOutcome{};
  return fail(Errc::unavailable,
              scan.verdict.forced_by.empty()
                  ? "the ARC chain was not checked: mail of our own networks and users is not, unless "
                    "checks.arc.check_local or checks.arc.check_authed says so"
                  : fmt::format("the ARC chain was not checked: {} decided before", scan.verdict.forced_by));
}

// `fields` are the new ones, which the seal covers too.
Result<std::string> arc_fields(const Work& work, const Input& input, const std::string& fields) {
  const SigningSection* sealer = work.own ? &*work.own : work.plan->signing->sealer();
  if (sealer == nullptr) return fail(Errc::not_found, "nothing seals: no [signing.NAME] has arc = true");
  const auto key = key_of(*sealer);
  if (!key) return tl::unexpected(key.error());
  Request request;
  request.envelope = work.envelope;
  request.body = input.bytes;
  FileScanner scanner(work.options, work.plan);
  const FileScan scan = scanner.scan(work.file, std::move(request));
  const auto chain = chain_of(scan);
  if (!chain) return tl::unexpected(chain.error());
  const auto message = parsed(work, fields + input.bytes.substr(input.begin));
  const auto options = options_for(*sealer, *input.message);
  const auto set = auth::arc_seal(*message, scan.verdict.authentication_results, *chain,
                                  {**key, sealer->domains.front(), sealer->selector}, options);
  if (!set) return tl::unexpected(set.error());
  return set->in_order();
}

Result<std::string> new_fields(const Work& work, const Input& input) {
  const bool arc = work.options.arguments.flag("--arc");
  auto dkim = dkim_fields(work, *input.message);
  if (!arc) return dkim;
  // Who passes on the mail of others seals it and does not sign it.
  if (!dkim && dkim.error().code != Errc::not_found) return dkim;
  std::string fields = dkim.value_or("");
  const auto set = arc_fields(work, input, fields);
  if (!set) return tl::unexpected(set.error());
  return *set + fields;
}

Result<Input> read_input(const Work& work) {
  Input input;
  auto bytes = read_message(work.file, work.limits().message);
  if (!bytes) return fail(bytes.error().code, fmt::format("{}: {}", work.file, bytes.error().sentence));
  input.bytes = std::move(*bytes);
  const Preamble preamble = read_preamble(input.bytes);
  if (preamble.batch)
    return fail(Errc::invalid, fmt::format("{}: this is batch SMTP, no message", work.file));
  input.begin = preamble.length;
  input.message = parsed(work, input.bytes.substr(input.begin));
  return input;
}

bool write_out(std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
}

bool show(const Input& input, const std::string& fields, bool alone) {
  const std::string_view bytes = input.bytes;
  const bool written = alone ? write_out(fields)
                             : write_out(bytes.substr(0, input.begin)) && write_out(fields) &&
                                   write_out(bytes.substr(input.begin));
  return written && std::fflush(stdout) == 0;
}

int complain(std::string_view sentence, int status) {
  fmt::print(stderr, "xspamd: {}\n", sentence);
  return status;
}

// The key of the command line, or what is wrong with it.
Result<SigningSection> own_section(const Arguments& given) {
  conf::Signing settings;
  settings.key = given.text("--key");
  settings.selector = given.text("--selector");
  settings.domains = {given.text("--domain")};
  if (settings.selector.empty() || settings.domains.front().empty())
    return fail(Errc::invalid, "--key needs --selector and --domain");
  std::vector<auth::SigningProblem> problems;
  SigningSection section = auth::make_section("--key", settings, settings.key, problems);
  for (const auto& problem : problems) {
    const std::string sentence = fmt::format("--{}: {}", problem.key, problem.sentence);
    if (!problem.warning || !section.key) return fail(Errc::invalid, sentence);
    complain(sentence, kFine);
  }
  return section;
}

// The exit status when the command ends here.
std::optional<int> prepare(const Arguments& given, Work& work) {
  const auto files = given.list("FILE");
  if (files.size() > 1) return complain("sign takes one FILE", kUsage);
  work.file = files.empty() ? "-" : files.front();
  auto envelope = envelope_of(given);
  if (!envelope) return complain(envelope.error().sentence, kUsage);
  work.envelope = std::move(*envelope);
  if (const std::string text = given.text("--domain"); !text.empty()) {
    auto domain = listed_domain(text);
    if (!domain) return complain(fmt::format("--domain: {}", domain.error().sentence), kUsage);
    work.domain = std::move(*domain);
  }
  const bool by_hand = !given.text("--key").empty();
  if (!by_hand && !given.text("--selector").empty()) return complain("--selector needs --key", kUsage);
  if (by_hand) {
    auto section = own_section(given);
    if (!section) return complain(section.error().sentence, kUsage);
    work.own = std::move(*section);
  }
  if (by_hand && !given.flag("--arc")) return std::nullopt;
  auto loaded = load_plan(work.options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  work.plan = std::get<std::shared_ptr<const Plan>>(std::move(loaded));
  return std::nullopt;
}

int run(const Options& options) {
  Work work{options, {}, {}, {}, {}, {}};
  if (const auto status = prepare(options.arguments, work)) return *status;
  const auto input = read_input(work);
  if (!input) return complain(input.error().sentence, kProblem);
  const auto fields = new_fields(work, *input);
  if (!fields) return complain(fields.error().sentence, kProblem);
  if (!show(*input, *fields, options.arguments.flag("--fields")))
    return complain("the message could not be written", kProblem);
  return kFine;
}

}  // namespace

extern const Subcommand sign_command;
const Subcommand sign_command{
    .name = "sign",
    .about = "Print a message with DKIM signatures by [signing], and with --arc sealed",
    .arguments = kArguments,
    .shared = std::span(kScanArguments).subspan(1),  // without its FILE
    .run = run};

}  // namespace xspamd
