// A reply of spamd as spamc 4.0.1 reads it: a status line of version 1.0 or later, headers up to an empty
// line, unknown ones passed over, and for most commands a body up to the end of the connection, as long as
// Content-length says. Behind a status that is not EX_OK nothing more need come. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/result.h"
#include "server/client/reply_reader.h"

namespace xspamd::client {

struct SpamdReply {
  struct Verdict {
    bool is_spam =
        false;  // "True"; spamc does not take "Yes", with which spamd answers REPORT_IFSPAM, for it
    double score = 0;
    double required = 0;
  };
  struct Where {
    bool local = false;
    bool remote = false;
  };

  std::string version;  // of the status line, "1.1"
  int code = 0;         // 0: EX_OK
  std::string text;     // of the status line behind the code, fit to be shown
  std::optional<Verdict> verdict;
  Where set;
  Where removed;
  std::string body;
};

class SpamdReplyReader : public ReplyReader {
 public:
  // What the asked command is answered with.
  enum class Shape {
    status,         // PING
    head,           // TELL
    verdict,        // CHECK: a head with the Spam header
    head_and_body,  // all others
  };

  static constexpr std::size_t kMostLine = 8188;       // as spamc's
  static constexpr std::size_t kMostHead = 64 * 1024;  // of all lines
  static constexpr std::size_t kMostText = 200;        // of a status line that is shown

  explicit SpamdReplyReader(Shape shape, std::size_t most_body = 0) : shape_(shape), most_body_(most_body) {}

  void feed(std::string_view bytes) override;
  void end() override;
  bool done() const override { return done_; }
  // Once, when done. Fails with Errc::unavailable when the connection ended too early, with Errc::invalid
  // when the answer is not what spamd sends.
  Result<SpamdReply> take();

 private:
  void take_line(std::string_view line);
  void take_status(std::string_view line);
  void take_header(std::string_view name, std::string_view value);
  void take_body(std::string_view bytes);
  void end_head();
  void refuse(Errc code, std::string sentence);

  Shape shape_;
  std::size_t most_body_;
  std::string line_;
  std::size_t fed_ = 0;
  bool has_status_ = false;
  bool in_body_ = false;
  bool done_ = false;
  std::optional<std::uint64_t> length_;
  SpamdReply reply_;
  std::optional<Error> refused_;
};

}  // namespace xspamd::client
