// The digest by which a message is known to have been learned. It is made of what the writer wrote: From,
// Date, Message-ID, Subject and the body, so that neither the way of the message, nor line ends, nor what
// filters wrote into its header make another message of it. Pure; one pass over the body.
#pragma once

#include <optional>
#include <string>

namespace xspamd {

class Message;

// 16 bytes: the first half of a SHA-256.
std::string content_digest(const Message& message);

// The message that a SpamAssassin wrapped into a report (report_safe); nothing if this is none.
std::optional<std::string> wrapped_original(const Message& message);

}  // namespace xspamd
