// What a Received field tells about TLS, in the forms that mail servers give to it.
#pragma once

#include <string>
#include <string_view>

namespace xspamd::mail {

struct ReceivedTls {
  bool used = false;
  std::string version;  // uniform: "TLS1.3"; empty if not told
  std::string cipher;   // as written, empty if not told
};

// Reads a comment of the server ("using TLSv1.3 with cipher X", "version=TLS1_2, cipher=X", "TLS1.3:X:256",
// "TLS: TLS1.3, 128bits, X", "Cipher TLSv1:X:168", "X encrypted", "TLS") and adds what is new.
void read_tls_comment(std::string_view comment, ReceivedTls& tls);

// "TLSv1.3", "TLS1_3", "TLS-1.0", "TLSv1/SSLv3" -> "TLS1.3"; empty if it is no version.
std::string uniform_tls(std::string_view text);

}  // namespace xspamd::mail
