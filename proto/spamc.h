// SPAMC 1.0 to 1.5, SpamAssassin's dialect (spamc, Exim's default variant): request headers in, replies out.
// Shapes are those of spamd 4.0.1, as Exim's parser depends on them: a reply to a client older than 1.3
// carries the Spam line alone, without Content-length; mail that is given back has a length from 1.2 on, and
// no header of ours at all before.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "proto/request.h"
#include "proto/rewrite.h"
#include "proto/verdict.h"

namespace xspamd::spamc {

inline constexpr std::size_t kMaxHeaders = 255;  // spamd's own limit

// The values of spamd's exit codes that can stand in a reply.
inline constexpr int kUnavailable = 69;
inline constexpr int kProtocol = 76;
inline constexpr int kTimeout = 79;

// Whether a header block follows the first line: not before 1.1, and for PING and SKIP not before 1.5.
bool has_head(const Request& request);

// Takes one header of the request head, Content-length excepted; empty, or what is wrong with it.
std::string_view apply_header(Request& request, std::string_view name, std::string_view value);

struct ReplyOptions {
  Points required;                    // spamc.required: second number, and what decides True or False
  std::size_t max_bytes = 16 * 1024;  // limits.report, of the report's body
};

std::string write(const Request& request, const Verdict& verdict, const ReplyOptions& options);
// To PROCESS and HEADERS.
std::string write_mail(const Request& request, const Verdict& verdict, Points required,
                       const RewrittenMail& mail);
std::string write_pong();

// What TELL did, by what was taught and by digests that others may ask; `nothing`: it was so already.
enum class Told { nothing, learned, forgotten };
std::string write_told(Told local, Told remote = Told::nothing);
// "SPAMD/1.0 76 Bad header line: DETAIL"; `detail` must be ours, nothing foreign is echoed.
std::string write_error(int code, std::string_view detail);

}  // namespace xspamd::spamc
