// The type of a file that is text. Declared in proto/mail/file_type.h.
#include <algorithm>
#include <iterator>

#include "proto/base/text.h"
#include "proto/mail/file_type.h"

namespace xspamd {

namespace {

constexpr auto npos = std::string_view::npos;
// As much as is looked at for a root element, a line of a script, a header of mail.
constexpr std::size_t kLooked = 1024;

struct Known {
  std::string_view begin, type;
};

// First words of text, in any case.
constexpr Known kFirstWords[] = {
    {"BEGIN:VCARD", "text/vcard"},
    {"BEGIN:VCALENDAR", "text/calendar"},
    {"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"},
    {"-----BEGIN PGP PUBLIC KEY BLOCK-----", "application/pgp-keys"},
    {"-----BEGIN PGP PRIVATE KEY BLOCK-----", "application/pgp-keys"},
    {"-----BEGIN PGP SIGNATURE-----", "application/pgp-signature"},
    {"@echo off", "text/x-msdos-batch"},
    {"Windows Registry Editor Version", "text/x-ms-regedit"},
    {"REGEDIT4", "text/x-ms-regedit"},
    {"[InternetShortcut]", "application/x-mswinurl"},
    {"<?php", "text/x-php"},
};

// WHATWG MIME Sniffing §7.1: with a blank or ">" behind it each makes text HTML.
constexpr std::string_view kTags[] = {
    "!DOCTYPE HTML", "HTML", "HEAD",  "SCRIPT", "IFRAME", "H1",   "DIV", "FONT",
    "TABLE",         "A",    "STYLE", "TITLE",  "B",      "BODY", "BR",  "P"};

// The programs that "#!" may name, without version.
constexpr Known kInterpreters[] = {
    {"python", "text/x-python"},    {"perl", "text/x-perl"},        {"php", "text/x-php"},
    {"node", "text/javascript"},    {"ruby", "text/x-ruby"},        {"osascript", "text/x-applescript"},
    {"sh", "text/x-shellscript"},   {"bash", "text/x-shellscript"}, {"dash", "text/x-shellscript"},
    {"ksh", "text/x-shellscript"},  {"zsh", "text/x-shellscript"},  {"csh", "text/x-shellscript"},
    {"tcsh", "text/x-shellscript"}, {"fish", "text/x-shellscript"},
};

// Fields that a message may begin with.
constexpr std::string_view kFields[] = {"Received",
                                        "Return-Path",
                                        "Delivered-To",
                                        "X-Original-To",
                                        "Message-ID",
                                        "MIME-Version",
                                        "From",
                                        "To",
                                        "Cc",
                                        "Subject",
                                        "Date",
                                        "Reply-To",
                                        "Sender",
                                        "DKIM-Signature",
                                        "Authentication-Results",
                                        "Content-Type",
                                        "X-Mozilla-Status"};

std::string_view skip_white(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  return text;
}

std::string_view script_type(std::string_view text) {
  if (!text.starts_with("#!")) return {};
  std::string_view line = trim(text.substr(2, text.find_first_of("\r\n") - 2));
  const auto program = [&] {
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    line = skip_white(line.substr(word.size()));
    return word.substr(word.rfind('/') + 1);
  };
  std::string_view name = program();
  // "#!/usr/bin/env -S python3": options and settings are not the program.
  while (name == "env" || name.starts_with('-') || name.find('=') != npos)
    name = program();
  name = name.substr(0, name.find_first_of("0123456789."));
  const auto* found = std::find_if(std::begin(kInterpreters), std::end(kInterpreters),
                                   [&](const Known& known) { return known.begin == name; });
  return found == std::end(kInterpreters) ? "text/x-script" : found->type;
}

// The name of the first element, behind comments, declarations and instructions; empty if there is none.
std::string_view root_element(std::string_view text) {
  for (text = skip_white(text); text.starts_with('<'); text = skip_white(text)) {
    const bool comment = text.starts_with("<!--");
    const bool declaration = text.starts_with("<!") || text.starts_with("<?");
    if (!declaration) return text.substr(1, text.find_first_of(" \t\r\n/>") - 1);
    const std::size_t end = comment ? text.find("-->", 4) : text.find('>');
    if (end == npos) return {};
    text.remove_prefix(end + (comment ? 3 : 1));
  }
  return {};
}

bool begins_with_tag(std::string_view text) {
  return text.starts_with('<') && std::any_of(std::begin(kTags), std::end(kTags), [&](std::string_view tag) {
           if (!istarts_with(text.substr(1), tag) || text.size() == tag.size() + 1) return false;
           const char next = text[tag.size() + 1];
           return is_space(next) || next == '>';
         });
}

std::string_view markup_type(std::string_view text) {
  if (!text.starts_with('<')) return {};
  const bool xml = text.starts_with("<?xml");
  const std::string_view root = root_element(text);
  if (iequals(root.substr(root.find(':') + 1), "svg")) return "image/svg+xml";
  if (xml) return iequals(root, "html") ? "application/xhtml+xml" : "text/xml";
  return begins_with_tag(text) || text.starts_with("<!--") ? "text/html" : "";
}

// Two fields of which the first is one of mail, or the line that mailboxes have between messages.
std::string_view mail_type(std::string_view text) {
  constexpr std::string_view kMail = "message/rfc822";
  const bool envelope = text.starts_with("From ");
  const auto next_line = [&] {
    const std::size_t end = text.find('\n');
    text.remove_prefix(end == npos ? text.size() : end + 1);
  };
  if (envelope) next_line();
  const auto field_name = [&] {
    const std::string_view name = text.substr(0, text.find_first_of(": \t\r\n"));
    return name.size() < text.size() && text[name.size()] == ':' ? name : std::string_view();
  };
  const std::string_view first = field_name();
  const bool known = std::any_of(std::begin(kFields), std::end(kFields),
                                 [&](std::string_view field) { return iequals(field, first); });
  if (first.empty() || (!known && !envelope)) return {};
  do
    next_line();
  while (!text.empty() && is_blank(text.front()));
  return field_name().empty() ? std::string_view() : kMail;
}

}  // namespace

std::string_view text_type(std::string_view bytes) {
  std::string_view text = bytes.substr(0, kLooked);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (const std::string_view type = script_type(text); !type.empty()) return type;
  text = skip_white(text);
  const auto* found = std::find_if(std::begin(kFirstWords), std::end(kFirstWords),
                                   [&](const Known& known) { return istarts_with(text, known.begin); });
  if (found != std::end(kFirstWords)) return found->type;
  if (const std::string_view type = markup_type(text); !type.empty()) return type;
  return mail_type(text);
}

}  // namespace xspamd
