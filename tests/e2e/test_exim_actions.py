"""What the SMTP client and the recipient see of a verdict, through a real Exim."""
import re
import shutil
import unittest

import support
from cases import EximCase
from daemon import WANTED
from exim import LOGIN, PASSWORD, send
from rspamc import message

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"

ENVELOPE_RULES = """
[rules.SEEN_USER]
envelope = "user"
match = '^alice@sender\\.example$'
score = 7.0
about = "The message came from alice, who has logged in"

[rules.SEEN_IPV6]
envelope = "ip"
match = '^::1$'
score = 7.0
about = "The message came over IPv6"

[rules.SEEN_SENDER]
envelope = "sender"
exists = true
score = 0.1
about = "The message has a sender"

[rules.SEEN_LAST_RECIPIENT]
envelope = "recipient"
match = '^r2999@test\\.example$'
score = 7.0
about = "The last of many recipients"
"""


def header(mail, name):
    """The unfolded value of the only header `name` of a delivered message; None if there is none."""
    head = mail.partition(b"\n\n")[0].decode()
    values = re.findall(rf"^{name}: (.*(?:\n[ \t].*)*)$", head, re.MULTILINE)
    if len(values) > 1:
        raise AssertionError(f"{name} stands {len(values)} times")
    return values[0] if values else None


class ActionCase(EximCase):
    settings = WANTED + ENVELOPE_RULES

    def expect_marked(self, mail):
        """Score, bar and report in the delivered headers, and all three of the same verdict."""
        self.assertEqual("add header", header(mail, "X-Spam-Action"))
        score, bar = re.fullmatch(r"(\d+\.\d) \((\++)\)", header(mail, "X-Spam-Score")).groups()
        self.assertEqual(int(float(score)), len(bar))
        report = [line.strip() for line in header(mail, "X-Spam-Report").split("\n")]
        self.assertEqual("Action: add header", report[0])
        self.assertTrue(report[-1].startswith("Message-ID: "), report)
        values = [float(value) for value in re.findall(r"Symbol: \w+\((-?[\d.]+)\)", "\n".join(report))]
        self.assertAlmostEqual(float(score), sum(values), places=3)
        return report

    def expect_unmarked(self, mail, action):
        self.assertEqual(action, header(mail, "X-Spam-Action"))
        self.assertIsNone(header(mail, "X-Spam-Score"))
        self.assertIsNone(header(mail, "X-Spam-Report"))


@unittest.skipUnless(shutil.which("swaks"), "swaks is not installed")
class EveryActionBySwaks(ActionCase):
    def test_no_action_is_delivered_without_a_mark(self):
        answer = self.exim.swaks(message())
        self.assertEqual(250, answer.code, answer.text)
        self.expect_unmarked(self.exim.deliver(answer), "no action")

    def test_add_header_is_delivered_with_score_bar_and_report(self):
        answer = self.exim.swaks(message("add header"))
        self.assertEqual(250, answer.code, answer.text)
        report = self.expect_marked(self.exim.deliver(answer))
        self.assertIn("Symbol: WANT_HEADER(7.00)", report)
        self.assertEqual("Message-ID: 20261122050000.4711@sender.example", report[-1])

    def test_soft_reject_becomes_451(self):
        answer = self.exim.swaks(message("soft reject"))
        self.assertEqual((451, "Please try again later"), (answer.code, answer.text))

    def test_reject_becomes_550(self):
        answer = self.exim.swaks(message("reject"))
        self.assertEqual(550, answer.code, answer.text)
        self.assertRegex(answer.text, r"^Refused as spam, score \d\d\.\d$")

    def test_gtube_becomes_550_with_the_reject_threshold_as_score(self):
        answer = self.exim.swaks(message(body=GTUBE))
        self.assertEqual((550, "Refused as spam, score 15.0"), (answer.code, answer.text))

    def test_greylist_is_advice_and_delivered(self):
        answer = self.exim.swaks(message("greylist"))
        self.assertEqual(250, answer.code, answer.text)
        self.expect_unmarked(self.exim.deliver(answer), "greylist")


class SeveralMessagesOnOneConnection(ActionCase):
    def test_each_of_three_messages_gets_its_own_verdict(self):
        with self.exim.session() as session:
            refused = send(session, message("reject"))
            marked = send(session, message("add header"))
            clean = send(session, message())
        self.assertEqual([550, 250, 250], [refused.code, marked.code, clean.code])
        self.expect_marked(self.exim.deliver(marked))
        self.expect_unmarked(self.exim.deliver(clean), "no action")

    def test_nothing_of_a_soft_reject_is_left_for_the_next_message(self):
        with self.exim.session() as session:
            answers = [send(session, message(want)).code for want in ("soft reject", "no action", "reject", "greylist")]
        self.assertEqual([451, 250, 550, 250], answers)


class OddEnvelopes(ActionCase):
    def test_a_bounce_is_judged_without_a_sender(self):
        with_sender = self.exim.deliver(self.exim.submit(message("add header")))
        bounce = self.exim.deliver(self.exim.submit(message("add header"), sender=""))
        self.assertIn("Symbol: SEEN_SENDER(0.10)", header(with_sender, "X-Spam-Report"))
        self.assertIn("Symbol: WANT_HEADER(7.00)", header(bounce, "X-Spam-Report"))
        self.assertNotIn("SEEN_SENDER", header(bounce, "X-Spam-Report"))

    def test_three_thousand_recipients_are_judged_as_one_message(self):
        recipients = [f"r{number}@test.example" for number in range(3000)]
        answer = self.exim.submit(message(), recipients=recipients)
        self.assertEqual(250, answer.code, answer.text)
        self.assertEqual(3000, self.exim.recipients_of(answer))
        self.assertIn("SEEN_LAST_RECIPIENT", self.daemon.wait_for_log(answer.queue_id)[0])

    def test_a_login_reaches_rules_and_log(self):
        with self.exim.session() as session:
            session.login(LOGIN, PASSWORD)
            answer = send(session, message())
        self.assertEqual(250, answer.code, answer.text)
        self.assertIn("Symbol: SEEN_USER(7.00)", header(self.exim.deliver(answer), "X-Spam-Report"))
        self.assertRegex(self.daemon.wait_for_log(answer.queue_id)[0], r'\buser="?alice@sender\.example\b')

    def test_without_a_login_there_is_no_user(self):
        mail = self.exim.deliver(self.exim.submit(message("add header")))
        self.assertNotIn("SEEN_USER", header(mail, "X-Spam-Report"))

    @unittest.skipUnless(support.has_ipv6(), "this machine has no IPv6")
    def test_an_ipv6_client_is_seen_with_its_address(self):
        with self.exim.session("::1") as session:
            answer = send(session, message())
        self.assertIn("Symbol: SEEN_IPV6(7.00)", header(self.exim.deliver(answer), "X-Spam-Report"))

    def test_the_log_names_the_message_as_exim_does(self):
        answer = self.exim.submit(message("add header"))
        self.assertIn(answer.queue_id, self.exim.main_log())
        self.assertEqual(1, len(self.daemon.wait_for_log(answer.queue_id)))


@unittest.skipUnless(support.has_ipv6(), "this machine has no IPv6")
class XspamdReachedOverIpv6(ActionCase):
    @classmethod
    def spamd_address(cls):
        return f"<; ::1 {cls.daemon.port} variant=rspamd"

    def test_mail_is_judged(self):
        self.assertEqual([550, 451, 250], [self.exim.submit(message(want)).code
                                           for want in ("reject", "soft reject", "no action")])


class XspamdReachedByUnixSocket(ActionCase):
    @classmethod
    def spamd_address(cls):
        return f"{cls.daemon.socket_path} variant=rspamd"

    def test_mail_is_judged(self):
        self.assertEqual([550, 451], [self.exim.submit(message(want)).code for want in ("reject", "soft reject")])
        self.expect_marked(self.exim.deliver(self.exim.submit(message("add header"))))


class EximSeesNoTrouble(ActionCase):
    def test_a_day_of_mail_leaves_no_line_in_the_panic_log(self):
        with self.exim.session() as session:
            for want in ("no action", "add header", "soft reject", "reject", "greylist"):
                send(session, message(want))
        panic = self.exim.folder / "log/paniclog"
        self.assertEqual("", panic.read_text() if panic.exists() else "")
        self.assertNotIn("spam acl condition", self.exim.main_log())
