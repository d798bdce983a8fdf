// Mail with a verdict written into it, on any bytes: the body and the fields that are kept stay as they came,
// nothing is added but lines of ours, the attached original is whole, and HEADERS is the beginning of
// PROCESS, behind which a client finds the rest of its own bytes.
#include <fmt/format.h>

#include <cstdint>

#include "proto/base/text.h"
#include "proto/header_lines.h"
#include "proto/preamble.h"
#include "proto/spamc.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

struct Choices {
  bool spam = false;
  unsigned report_safe = 0;
  bool subject = false;
};

Verdict made_verdict(bool spam, std::string_view foreign) {
  Verdict verdict;
  if (!spam) return verdict;
  verdict.score = Points{7'000};
  verdict.scores = {{"A_RULE", "", "About it", Points{7'000}, {std::string(foreign.substr(0, 120))}},
                    {"ANOTHER", "", std::string(foreign.substr(0, 200)), Points{}, {}}};
  return verdict;
}

bool is_ours(std::string_view name) {
  return istarts_with(name, "X-Spam-") && !istarts_with(name, "X-Spam-Prev-");
}

// The fields that neither we nor an earlier filter wrote, and the marked subjects without their mark.
std::string kept_fields(std::string_view message, std::string_view mark) {
  std::string kept;
  HeaderLines lines = header_lines(message);
  while (!lines.block.empty()) {
    const FieldLines field = take_field(lines);
    if (is_ours(field.name)) continue;
    const bool marked = !mark.empty() && iequals(field.name, "Subject");
    const std::string_view value = marked ? field.value.substr(mark.size()) : field.value;
    kept += fmt::format("{}\n{}\n", to_lower(field.name), value);
  }
  return kept;
}

std::string text_of(const RewrittenMail& mail) {
  return mail.head + std::string(mail.body) + mail.tail;
}

void check_fields(const OriginalMail& original, const RewrittenMail& mail, const std::string& text) {
  require(mail.tail.empty());
  require(original.message.ends_with(mail.body));
  const HeaderLines before = header_lines(original.message);
  require(mail.body == before.rest);
  require(text.starts_with(original.preamble));
  // What is put together from HEADERS and the client's own bytes.
  const std::string sent = fmt::format("{}{}", original.preamble, original.message);
  const std::size_t lf = sent.find("\n\n");
  const std::size_t crlf = sent.find("\r\n\r\n");
  if (lf == std::string::npos && crlf == std::string::npos) return require(mail.headers == text.size());
  const std::size_t behind = lf < crlf ? lf + 2 : crlf + 4;
  require(text.substr(0, mail.headers) + sent.substr(behind) == text);
}

void check_wrapped(const OriginalMail& original, const RewrittenMail& mail, const std::string& text) {
  require(mail.body == original.message);
  require(text.starts_with(original.preamble));
  const std::size_t boundary = mail.tail.find("--");
  const std::string_view line = trim(std::string_view(mail.tail).substr(boundary));
  require(original.message.find(line.substr(2, line.size() - 4)) == std::string_view::npos);
  require(mail.headers < mail.head.size());
}

// With LF line ends and neither mark nor preamble every kept field is found again, in its order.
void check_kept(const OriginalMail& original, const std::string& text, const Choices& choices) {
  if (choices.subject || !original.preamble.empty() || header_lines(original.message).eol == "\r") return;
  require(kept_fields(text, {}) == kept_fields(original.message, {}));
}

void check_replies(const RewrittenMail& mail, const Verdict& verdict, const std::string& text) {
  Request request;
  request.dialect = Dialect::spamc;
  for (const int minor : {0, 2, 5}) {
    request.version = {1, minor};
    request.command = Command::process;
    const std::string process = spamc::write_mail(request, verdict, Points{6'000}, mail);
    require(process.ends_with(text));
    request.command = Command::headers;
    const std::string headers = spamc::write_mail(request, verdict, Points{6'000}, mail);
    require(headers.ends_with(std::string_view(text).substr(0, mail.headers)));
    if (minor == 0) require(process.starts_with(headers));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Choices choices{(data[0] & 1) != 0, data[0] >> 1 & 3U, (data[0] & 8) != 0};
  Request request;
  request.dialect = Dialect::spamc;
  request.command = Command::process;
  request.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string foreign = request.body;
  take_preamble(request);
  if (request.was_batch) return 0;

  const Verdict verdict = made_verdict(choices.spam, foreign);
  RewriteOptions options;
  options.required = Points{6'000};
  options.report_safe = choices.report_safe;
  if (choices.subject) options.subject = "SPAM %s";
  options.marker = {"xspamd", "1.2.3", "2026-01-02", "mx.example"};
  options.preview = foreign;
  options.random = size;
  const OriginalMail original{request.preamble, request.body};
  const RewrittenMail mail = rewrite(original, verdict, options);
  const std::string text = text_of(mail);
  require(mail.headers <= text.size());
  if (choices.spam && choices.report_safe > 0) {
    check_wrapped(original, mail, text);
  } else {
    check_fields(original, mail, text);
    check_kept(original, text, choices);
  }
  check_replies(mail, verdict, text);
  return 0;
}
