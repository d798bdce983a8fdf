// Rewritten mail as data: tests/data/rewrite/NN-name.msg is a mail as a client sends it, .want the mail it
// gets back, byte for byte, and .why says in key=value lines what is set (spam, report_safe, subject,
// preview) and below an empty line what the case is about.
#pragma once

#include <string>
#include <vector>

#include "proto/rewrite.h"

namespace xspamd::test {

struct RewriteCase {
  std::string name;
  std::string why;
  std::string sent;
  std::string want;
  bool spam = false;
  RewriteOptions options;
};

// Every case of the folder, by name; throws where a file is missing or a key unknown.
std::vector<RewriteCase> read_rewrite_cases(const std::string& folder);

// The verdict of all cases: three rules for spam, of 6.0 that it takes; none for ham.
Verdict rewrite_verdict(bool spam);

// Owns what it came from.
struct Rewriting {
  std::string preamble;
  std::string message;
  RewrittenMail mail;

  std::string text() const { return mail.head + std::string(mail.body) + mail.tail; }
  std::string headers() const { return text().substr(0, mail.headers); }
};
Rewriting rewritten(const std::string& sent, const Verdict& verdict, const RewriteOptions& options);

}  // namespace xspamd::test
