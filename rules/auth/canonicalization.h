// Canonical forms of header fields and bodies (RFC 6376 §3.4), handed out in pieces as they are made, so that
// nothing of a message is held twice. Lines end with CRLF there, whatever they end with here: messages come
// with LF, CRLF or both, files in which CRs alone end lines too (proto/mail/header.h). A CR elsewhere is a
// byte like any other. Pure and linear.
#pragma once

#include <array>
#include <functional>
#include <string_view>

#include "proto/mail/header.h"

namespace xspamd::auth {

enum class Canonicalization { simple, relaxed };

// Gathers bytes and hands them on by the 16 KiB: what takes them has its price for each call.
class Funnel {
 public:
  using Take = std::function<void(std::string_view)>;

  explicit Funnel(Take take) : take_(std::move(take)) {}
  Funnel(const Funnel&) = delete;
  Funnel& operator=(const Funnel&) = delete;

  void add(std::string_view bytes);
  void add(char byte);
  // Hands on what is left.
  void flush();

 private:
  Take take_;
  std::array<char, 16 * 1024> bytes_;
  std::size_t used_ = 0;
};

// The byte that ends lines in a message: CR where it has no LF at all, else LF, with or without a CR before.
char line_end_of(std::string_view message);

// §3.4.1, §3.4.2: the field and its CRLF.
void put_field(Funnel& funnel, Canonicalization form, const Field& field, char line_end);
// §3.7: the signature's own field, of whose value these bytes are deleted, without a CRLF.
void put_signature_field(Funnel& funnel, Canonicalization form, const Field& field, std::string_view deleted,
                         char line_end);

// §3.4.3, §3.4.4.
void put_body(Funnel& funnel, Canonicalization form, std::string_view body, char line_end);

}  // namespace xspamd::auth
