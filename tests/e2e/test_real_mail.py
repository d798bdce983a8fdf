"""Every verdict on real mail adds up, also with metas, caps and profiles; shipped symbols spare good mail."""
import collections
import unittest
from decimal import Decimal

import rspamc
from cases import DaemonCase
from real_mail import WHY_NO_MAIL, messages, request

# Mail of other years is old by the clock of today.
NO_DATES = "[checks.dates]\nenabled = false\n"
EVERYTHING = NO_DATES + """
[actions]
soft_reject = 7
rewrite_subject = 6.5

[scores]
MISSING_MIME_VERSION = 0.125
MID_RHS_NOT_FQDN = -0.333

[metas.TAKES_SOME]
when = "RCPT_COUNT_ONE & (MISSING_MIME_VERSION | HAS_REPLYTO + MISSING_XM_UA >= 1)"
score = 0.75
about = "A composite that takes the score of others"
take = ["MISSING_MIME_VERSION", "FORGED_SENDER"]

[metas.DROPS_SOME]
when = "MISSING_XM_UA"
score = -0.015
about = "A composite that drops others"
remove = ["TO_DN_NONE", "FAKE_REPLY"]

[groups.headers]
max_score = 1.3

[groups.subject]
max_score = 0.7

[profiles.lenient]
priority = 10
for = { recipient = ["*.org", "*.com"] }
actions = { add_header = 6.4, soft_reject = false }
scores = { ONCE_RECEIVED = 0.345 }

[profiles.harsh]
for = { recipient = ["*"] }
actions = { add_header = 1 }
disable = ["HAS_REPLYTO"]
"""
MOST_FALSE_ALARMS = Decimal("0.01")  # of the good messages, for a symbol that scores over 1.0


class RealMailCase(DaemonCase):
    def verdicts(self, label):
        """check_reply refuses a reply whose printed values do not add up to the printed total."""
        for name, raw in messages(label):
            try:
                yield rspamc.check_reply(rspamc.talk(self.daemon.address, request(raw)))
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from None


@unittest.skipIf(WHY_NO_MAIL, WHY_NO_MAIL)
class WithEverythingOn(RealMailCase):
    settings = EVERYTHING

    def test_the_printed_values_add_up(self):
        seen = collections.Counter()
        for label in ("ham", "spam"):
            for reply in self.verdicts(label):
                seen.update(set(reply.symbols))
        # It would prove nothing if none of them had come up.
        for symbol in ("TAKES_SOME", "DROPS_SOME", "CAP_HEADERS", "CAP_SUBJECT", "PROFILE", "ROUNDING"):
            self.assertGreater(seen[symbol], 0, symbol)


@unittest.skipIf(WHY_NO_MAIL, WHY_NO_MAIL)
class ShippedSymbols(RealMailCase):
    settings = NO_DATES

    def test_none_that_scores_over_one_point_hits_many_good_messages(self):
        hits = {"ham": collections.Counter(), "spam": collections.Counter()}
        total = collections.Counter()
        most = {}
        for label, counter in hits.items():
            for reply in self.verdicts(label):
                total[label] += 1
                counter.update(set(reply.symbols))
                for symbol, (value, _) in reply.symbols.items():
                    most[symbol] = max(most.get(symbol, value), value)
        share = {label: {symbol: Decimal(count) / total[label] for symbol, count in counter.items()}
                 for label, counter in hits.items()}
        print(f"{'symbol':<32}{'score':>8}{'ham':>9}{'spam':>9}")
        for symbol in sorted(most, key=lambda name: (-most[name], name)):
            ham, spam = (share[label].get(symbol, Decimal()) for label in ("ham", "spam"))
            print(f"{symbol:<32}{most[symbol]:>8}{ham:>9.2%}{spam:>9.2%}")
        self.assertEqual([], [symbol for symbol, ham in share["ham"].items()
                              if most[symbol] > 1 and ham > MOST_FALSE_ALARMS])
