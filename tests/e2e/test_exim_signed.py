"""A signed message and a forged one through a real Exim: what $spam_report tells of them."""
import unittest
from pathlib import Path

from cases import EximCase
from daemon import option
from name_server import LONGEST_STRING, WHY_NO_UNBOUND, Unbound
from test_exim_actions import header

DATA = Path(__file__).resolve().parents[1] / "data/signed"
SIGNED = (DATA / "message.msg").read_bytes()
FORGED = SIGNED.replace(b"the minutes below", b"your new password below")
KEY = (DATA / "key.txt").read_text().strip()
STRINGS = " ".join(f'"{KEY[i:i + LONGEST_STRING]}"' for i in range(0, len(KEY), LONGEST_STRING))
RECORDS = (f"s1._domainkey.signed.example. TXT {STRINGS}", '_dmarc.signed.example. TXT "v=DMARC1; p=reject"',
           'signed.example. TXT "v=spf1 -all"')

ALWAYS = """\
  warn spam = nobody:true
       add_header = X-Spam-Report: $spam_report
  accept"""


@unittest.skipIf(WHY_NO_UNBOUND, WHY_NO_UNBOUND)
class Signed(EximCase):
    """The client is on loopback, so that own mail is looked at too."""
    judge = ALWAYS
    options = sum((option(f"checks.{check}.check_local", True) for check in ("spf", "dkim", "dmarc", "arc")), [])

    @classmethod
    def setUpClass(cls):
        names = Unbound(RECORDS).start()
        cls.addClassCleanup(names.stop)
        cls.options = [*cls.options, *option("dns.servers", [names.address])]
        super().setUpClass()

    def report(self, content):
        answer = self.exim.submit(content, sender="alice@signed.example")
        self.assertEqual(250, answer.code, answer)
        return header(self.exim.deliver(answer), "X-Spam-Report")

    def test_the_report_of_a_signed_message(self):
        report = self.report(SIGNED)
        for line in ("R_DKIM_ALLOW(-0.20)[signed.example:s=s1]", "R_SPF_FAIL(1.00)[-all]",
                     "DMARC_POLICY_ALLOW(-0.50)[signed.example"):
            self.assertIn(line, report)

    def test_the_report_of_a_forged_message(self):
        report = self.report(FORGED)
        for line in ("R_DKIM_REJECT(1.00)[signed.example:s=s1", "DMARC_POLICY_REJECT(2.00)[signed.example"):
            self.assertIn(line, report)


if __name__ == "__main__":
    unittest.main()
