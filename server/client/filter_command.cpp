#include "server/client/filter_command.h"

#include <fmt/format.h>
#include <pwd.h>
#include <syslog.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "proto/base/text.h"
#include "server/client/batch_mail.h"
#include "server/client/deflate.h"
#include "server/client/exchange.h"
#include "server/client/exit_status.h"
#include "server/client/mail_input.h"
#include "server/client/outgoing.h"
#include "server/client/spamc_request.h"

namespace xspamd::client {

namespace {

// What spamc allows a server to add to a message.
constexpr std::size_t kRoomForReport = 16 * 1024;

tl::unexpected<Failure> failure(int status, std::string why) {
  return tl::unexpected<Failure>(Failure{status, std::move(why)});
}

std::string own_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : "";
}

class Filter {
 public:
  explicit Filter(FilterOptions options) : options_(std::move(options)), route_(options_.route) {}

  int run();

 private:
  void log(const std::string& trouble) const;
  Attempt<void> read();
  Attempt<SpamdReply> ask();
  Attempt<SpamdReply> ask_once(const Pieces& request);
  int give(const Outgoing& mail, int status) const;
  int give_answer(const SpamdReply& reply) const;
  int give_up(const Failure& failure) const;
  std::string_view message() const { return batch_ ? std::string_view(batch_->message) : input_.text; }

  FilterOptions options_;
  Route route_;
  MailInput input_;
  std::optional<BatchMail> batch_;
};

// Whoever pipes mail through us often sends it what we say on standard error.
void Filter::log(const std::string& trouble) const {
  if (options_.log_to_stderr) return fmt::print(stderr, "xspamc: {}\n", trouble);
  ::openlog("xspamc", LOG_PID, LOG_MAIL);
  ::syslog(LOG_ERR, "%s", trouble.c_str());
}

Attempt<void> Filter::read() {
  if (command_of(options_.wanted) == Command::ping) return {};
  auto input = read_input(options_.most_bytes);
  if (!input) return failure(kIoError, input.error().sentence);
  input_ = std::move(*input);
  if (input_.text.empty()) return failure(kIoError, "standard input is empty");
  if (input_.too_large)
    return failure(kTooLarge, fmt::format("the message has more than {} bytes (-s) and is not sent",
                                          options_.most_bytes));
  if (!options_.batch) return {};
  batch_ = batch_mail(input_.text);
  if (!batch_) return failure(kBadData, "-B: the input is no batch SMTP with DATA and a final dot");
  return {};
}

Attempt<SpamdReply> Filter::ask_once(const Pieces& request) {
  auto connection = route_.connect();
  if (!connection) return tl::unexpected<Failure>(connection.error());
  SpamdReplyReader reader(shape_of(options_.wanted), options_.most_bytes + kRoomForReport);
  const auto exchanged = exchange(*connection, request, reader, Clock::now() + options_.timeout);
  if (!exchanged) return failure(kIoError, exchanged.error().sentence);
  auto reply = reader.take();
  if (!reply) {
    const bool is_odd = reply.error().code == Errc::invalid;
    return failure(is_odd ? kProtocol : kIoError, reply.error().sentence);
  }
  if (reply->code != 0 && command_of(options_.wanted) != Command::ping)
    return failure(kIoError, fmt::format("the server refused: {} {}", reply->code, reply->text));
  return std::move(*reply);
}

Attempt<SpamdReply> Filter::ask() {
  std::string packed;
  std::string_view body = message();
  const Command command = command_of(options_.wanted);
  const bool packs = options_.compress && command != Command::tell && command != Command::ping;
  if (packs) {
    auto stream = deflated(body);
    if (!stream) return failure(kSystem, stream.error().sentence);
    packed = std::move(*stream);
    body = packed;
  }
  SpamcRequest request{command, tell_of(options_.wanted), options_.user, packs, body.size()};
  if (request.user.empty()) request.user = own_name();
  const std::string head = spamc_head(request);
  const Pieces pieces{head, body};
  for (unsigned tried = 1;; ++tried) {
    auto reply = ask_once(pieces);
    if (reply || reply.error().status != kIoError || tried >= options_.tries) return reply;
    log(reply.error().why);
    route_.turn();
    std::this_thread::sleep_for(options_.pause);
  }
}

// A result that nobody reads is still told by the status; a message that is lost must be told.
int Filter::give(const Outgoing& mail, int status) const {
  if (!options_.command.empty()) {
    const auto ended = pipe_to(options_.command, mail);
    if (ended) return *ended;
    log(ended.error().sentence);
    return kSystem;
  }
  const auto written = write_out(mail);
  if (written || options_.wanted.check) return status;
  log(written.error().sentence);
  return kIoError;
}

int Filter::give_answer(const SpamdReply& reply) const {
  const Command command = command_of(options_.wanted);
  std::string text = printed(options_.wanted, reply);
  if (command == Command::headers) text += body_of(message());
  const int status = exit_status(options_.wanted, reply);
  if (!batch_ || command == Command::check || command == Command::tell) return give({{text}}, status);
  const std::string wrapped = stuffed(text);
  return give({{batch_->before, wrapped, batch_->after}}, status);
}

int Filter::give_up(const Failure& failure) const {
  log(failure.why);
  const FallBack back = fall_back(options_.wanted, failure.status, input_.too_large);
  if (back.message) return give({{input_.text}, true}, back.status);
  if (back.text.empty()) return back.status;
  return give({{back.text}}, back.status);
}

int Filter::run() {
  if (auto resolved = route_.resolve(); !resolved) return give_up(resolved.error());
  if (auto input = read(); !input) return give_up(input.error());
  const auto reply = ask();
  return reply ? give_answer(*reply) : give_up(reply.error());
}

}  // namespace

int filter(FilterOptions options) {
  return Filter(std::move(options)).run();
}

}  // namespace xspamd::client
