"""The check "reputation": who sent spam is known by it, also to the next server; nobody is unless it is switched on."""
import shutil
import unittest
from decimal import Decimal

import support
from daemon import Daemon, option
from rspamc import check, message

SENDER, OTHER, OURS = "198.51.100.7", "198.51.100.8", "127.0.0.1"
ON = option("checks.reputation.enabled", True)
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"


class ReputationCase(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("reputation")
        self.addCleanup(self.folder.remove)
        if support.is_root():
            shutil.chown(self.folder.path, "nobody", "nogroup")

    def start(self, *options):
        store = option("store.url", f"sqlite:{self.folder / 'x.db'}")
        daemon = Daemon(options=[*store, *options]).start()
        self.addCleanup(daemon.stop)
        return daemon

    def send(self, daemon, content, ip=SENDER, times=20):
        for _ in range(times):
            check(daemon.address, content, ip=ip)

    def reputation(self, daemon, ip=SENDER):
        symbols = check(daemon.address, message(), ip=ip).symbols
        return {name: found for name, found in symbols.items() if "_REPUTATION_" in name}


class SwitchedOn(ReputationCase):
    def test_an_address_that_sent_spam_is_known_by_it_also_after_a_restart(self):
        daemon = self.start(*ON)
        self.send(daemon, message("reject"))
        self.assertEqual({"IP_REPUTATION_SPAM": (Decimal("2.70"), f"100% of 20, {SENDER}")}, self.reputation(daemon))
        self.assertEqual({}, self.reputation(daemon, ip=OTHER))
        self.assertEqual(0, daemon.stop())
        again = self.start(*ON)
        self.assertEqual(["IP_REPUTATION_SPAM"], list(self.reputation(again)))
        self.assertEqual({}, self.reputation(again, ip=OTHER))

    def test_forced_verdicts_and_our_own_mail_are_not_counted(self):
        daemon = self.start(*ON)
        self.send(daemon, message(body=GTUBE))
        self.assertEqual({}, self.reputation(daemon))
        self.send(daemon, message("reject"), ip=OURS)
        self.assertEqual({}, self.reputation(daemon, ip=OURS))

    def test_it_does_not_confirm_itself(self):
        daemon = self.start(*ON, *option("scores.IP_REPUTATION_SPAM", 100))
        self.send(daemon, message("reject"))
        self.assertEqual("reject", check(daemon.address, message(), ip=SENDER).action)
        self.send(daemon, message(), times=80)
        self.assertEqual({}, self.reputation(daemon))


class SwitchedOff(ReputationCase):
    def test_nobody_has_one(self):
        daemon = self.start()
        self.send(daemon, message("reject"))
        self.assertEqual({}, self.reputation(daemon))
        self.assertEqual(0, daemon.stop())
        # Nor was anything counted.
        self.assertEqual({}, self.reputation(self.start(*ON)))


if __name__ == "__main__":
    unittest.main()
