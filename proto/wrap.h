// Spam as an attachment of a report, SpamAssassin's report_safe 1 (message/rfc822) and 2 (text/plain): a new
// message with the From, To, Cc, Subject, Date and Message-Id of the original, which stands in it untouched.
// The parameter x-spam-type=original tells programs where.
#pragma once

#include "proto/rewrite.h"

namespace xspamd {

// All but RewrittenMail::headers.
RewrittenMail wrap(const OriginalMail& original, const Verdict& verdict, const RewriteOptions& options);

}  // namespace xspamd
