// A message as it was understood, in lines of text: fields, parts, texts, URLs, attached files, defects.
// Stable: the same for LF and CRLF, valid UTF-8, controls replaced; made for tests and for people.
#pragma once

#include <string>

namespace xspamd {

class Message;

std::string dump(const Message& message);

}  // namespace xspamd
