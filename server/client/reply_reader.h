// ReplyReader: the port through which an exchange hands over what the server answers, in pieces of any size.
// No I/O, no failures of its own: what is wrong shows in what the reader gives when it is done.
#pragma once

#include <string_view>

namespace xspamd::client {

class ReplyReader {
 public:
  virtual ~ReplyReader() = default;
  virtual void feed(std::string_view bytes) = 0;  // what comes behind the end of the reply is not looked at
  virtual void end() = 0;                         // the server has closed the connection
  virtual bool done() const = 0;
};

}  // namespace xspamd::client
