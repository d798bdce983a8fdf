// The table of all checks: one line each.
#include <array>

#include "rules/check.h"

namespace xspamd {

extern const Check gtube_check;
extern const Check maps_check;
extern const Check rules_check;
extern const Check dates_check;
extern const Check fields_check;
extern const Check encodings_check;
extern const Check senders_check;
extern const Check recipients_check;
extern const Check message_ids_check;
extern const Check hops_check;
extern const Check hfilter_check;
extern const Check hosts_check;
extern const Check freemail_check;
extern const Check mime_check;
extern const Check attachments_check;
extern const Check html_check;
extern const Check texts_check;
extern const Check urls_check;
extern const Check spf_check;
extern const Check dkim_check;
extern const Check arc_check;
extern const Check dmarc_check;
extern const Check whitelist_check;
extern const Check bayes_check;
extern const Check replies_check;
extern const Check reputation_check;
extern const Check fuzzy_check;
extern const Check ratelimit_check;
extern const Check greylist_check;
extern const Check lists_check;
extern const Check lists_dkim_check;

std::span<const Check* const> all_checks() {
  // In this order they run where nothing else is declared: the many patterns of `rules` last, so that they
  // cost nobody else the time of a scan.
  static constexpr std::array kChecks{
      &gtube_check,    &maps_check,        &dates_check,       &fields_check, &encodings_check,
      &senders_check,  &recipients_check,  &message_ids_check, &hops_check,   &hfilter_check,
      &mime_check,     &attachments_check, &html_check,        &texts_check,  &urls_check,
      &spf_check,      &dkim_check,        &arc_check,         &dmarc_check,  &whitelist_check,
      &bayes_check,    &lists_check,       &lists_dkim_check,  &hosts_check,  &freemail_check,
      &fuzzy_check,    &replies_check,     &reputation_check,  &rules_check,  &ratelimit_check,
      &greylist_check,
  };
  return kChecks;
}

}  // namespace xspamd
