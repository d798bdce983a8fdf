"""Exim's default variant, which speaks SpamAssassin's protocol: nothing but the message tells who sent it."""
import re
import subprocess
import unittest

import support
from cases import EximCase
from daemon import WANTED, option
from exim import LOGIN, PASSWORD, send
from rspamc import message
from test_exim_actions import header

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"

# As documented for SpamAssassin: marked by the number, refused by the condition itself.
BY_SCORE = """\
  warn spam = nobody:true
       condition = ${if >={$spam_score_int}{60}}
       add_header = X-Spam-Score: $spam_score ($spam_bar)
       add_header = X-Spam-Score-Int: $spam_score_int
       add_header = X-Spam-Report: $spam_report
  deny spam = nobody
       message = Refused as spam, score $spam_score, action $spam_action
  accept"""

SEEN = """
[rules.SEEN_CLIENT]
envelope = "ip"
match = '^127\\.0\\.0\\.1$'
score = 0.1
about = "The address of the client"

[rules.SEEN_IPV6]
envelope = "ip"
match = '^::1$'
score = 0.1
about = "The address of the client"

[rules.SEEN_HELO]
envelope = "helo"
match = '^client\\.sender\\.example$'
score = 0.1
about = "The name that the client gave itself"

[rules.SEEN_ROOT]
envelope = "user"
match = '^root$'
score = 0.1
about = "Submitted on this machine by root"

[rules.SEEN_SENDER]
envelope = "sender"
match = '^alice@sender\\.example$'
score = 0.1
about = "The sender of the envelope"

[rules.SEEN_RECIPIENTS]
envelope = "recipient"
match = '^r[123]@test\\.example$'
max_hits = 3
score = 0.1
about = "The recipients r1, r2 and r3"
"""


class SpamcVariantCase(EximCase):
    settings = WANTED + SEEN
    options = option("spamc.required", "reject")
    judge = BY_SCORE

    @classmethod
    def spamd_address(cls):
        return f"127.0.0.1 {cls.daemon.port}"

    def by_message_id(self, name, count=1):
        """The log lines of a message; a queue id is not among what this variant sends."""
        lines = support.wait_until(lambda: [line for line in self.daemon.log_lines(f"mid={name}@") +
                                            self.daemon.log_lines(f'mid="{name}@')], f"the scan of {name}")
        self.assertEqual(count, len(lines), lines)
        return lines[-1]

    def named(self, name, *arguments, **more):
        return message(*arguments, **more).replace(b"<20261122050000.4711@", b"<%s@" % name.encode())

    def expect_unmarked(self, mail):
        for name in ("X-Spam-Score", "X-Spam-Score-Int", "X-Spam-Report"):
            self.assertIsNone(header(mail, name))

    def expect_marked(self, mail):
        """Score, bar, whole number and report of one verdict, the rules of the report with their points."""
        score, bar = re.fullmatch(r"(\d+\.\d) \((\++)\)", header(mail, "X-Spam-Score")).groups()
        self.assertEqual(int(float(score)), len(bar))
        self.assertEqual(score.replace(".", ""), header(mail, "X-Spam-Score-Int"))
        report = [line.strip() for line in header(mail, "X-Spam-Report").split("\n")]
        self.assertIn(f"Content analysis details:   ({score} points, 15.0 required)", report)
        lines = [re.fullmatch(r"(-?\d+\.\d) (\w+) +(\S.*)", line) for line in report]
        rules = {found[2]: float(found[1]) for found in lines if found}
        self.assertAlmostEqual(float(score), sum(rules.values()))
        self.assertTrue(all(found[3] for found in lines if found))
        return rules

    def expect_no_trouble(self):
        panic = self.exim.folder / "log/paniclog"
        self.assertEqual("", panic.read_text() if panic.exists() else "")
        self.assertNotIn("spam acl condition", self.exim.main_log())

    def expect_three_verdicts(self):
        with self.exim.session() as session:
            refused = send(session, message("reject"))
            marked = send(session, message("add header"))
            clean = send(session, message())
        self.assertEqual([550, 250, 250], [refused.code, marked.code, clean.code])
        self.assertEqual(7.0, self.expect_marked(self.exim.deliver(marked))["WANT_HEADER"])
        self.expect_unmarked(self.exim.deliver(clean))
        self.expect_no_trouble()


class Verdicts(SpamcVariantCase):
    def test_ham_is_delivered_without_a_mark(self):
        answer = self.exim.submit(message("greylist"))
        self.assertEqual(250, answer.code, answer.text)
        self.expect_unmarked(self.exim.deliver(answer))

    def test_spam_is_marked_from_a_threshold_of_the_acl_on(self):
        answer = self.exim.submit(message("add header"))
        self.assertEqual(250, answer.code, answer.text)
        rules = self.expect_marked(self.exim.deliver(answer))
        self.assertEqual({"WANT_HEADER": 7.0, "SEEN_CLIENT": 0.1, "SEEN_HELO": 0.1, "SEEN_SENDER": 0.1},
                         {name: points for name, points in rules.items() if name.startswith(("WANT_", "SEEN_"))})

    def test_the_second_number_decides_the_plain_condition(self):
        answer = self.exim.submit(message("reject"))
        self.assertEqual(550, answer.code)
        self.assertRegex(answer.text, r"\ARefused as spam, score 2\d\.\d, action reject\Z")
        answer = self.exim.submit(message("soft reject"))
        self.assertEqual(250, answer.code, answer.text)
        self.assertEqual(12.0, self.expect_marked(self.exim.deliver(answer))["WANT_SOFT_REJECT"])

    def test_gtube_is_refused(self):
        answer = self.exim.submit(message(body=GTUBE))
        self.assertEqual((550, "Refused as spam, score 15.0, action reject"), (answer.code, answer.text))

    def test_each_of_three_messages_of_a_connection_gets_its_own_verdict(self):
        self.expect_three_verdicts()

    def test_a_message_is_scanned_once_for_all_conditions(self):
        self.exim.submit(self.named("scanned-once"))
        self.by_message_id("scanned-once", count=1)

    def test_a_message_of_megabytes_is_judged(self):
        answer = self.exim.submit(message("reject") + b"A line of some length, again and again.\n" * 100_000)
        self.assertEqual(550, answer.code, answer.text)
        self.expect_no_trouble()


class WhoSentIt(SpamcVariantCase):
    """All of it stands in the Received line that Exim itself puts on top."""

    def seen(self, answer, name):
        self.assertEqual(250, answer.code, answer.text)
        line = self.by_message_id(name)
        self.assertIn(" command=REPORT ", line)
        return line, set(re.findall(r"\b(SEEN_\w+)\(", line))

    def test_address_and_helo_of_the_client(self):
        line, symbols = self.seen(self.exim.submit(self.named("plain")), "plain")
        self.assertIn(" ip=127.0.0.1 user=- ", line)
        self.assertIn(' from="alice@sender.example" rcpts="bob@test.example" ', line)
        self.assertEqual({"SEEN_CLIENT", "SEEN_HELO", "SEEN_SENDER"}, symbols)

    @unittest.skipUnless(support.has_ipv6(), "this machine has no IPv6")
    def test_an_ipv6_client(self):
        with self.exim.session("::1") as session:
            line, symbols = self.seen(send(session, self.named("ipv6")), "ipv6")
        self.assertIn(" ip=::1 user=- ", line)
        self.assertEqual({"SEEN_IPV6", "SEEN_HELO", "SEEN_SENDER"}, symbols)

    def test_a_received_line_of_the_sender_is_not_believed(self):
        forged = (b"Received: from root by mx.test.example with local (Exim 4.96)\n"
                  b"\tid 1xV0NU-00070k-33; Sun, 22 Nov 2026 05:00:00 +0000\n" + self.named("forged"))
        line, symbols = self.seen(self.exim.submit(forged), "forged")
        self.assertIn(" ip=127.0.0.1 user=- ", line)
        self.assertNotIn("SEEN_ROOT", symbols)

    def test_envelope_lines_of_the_sender_are_not_believed(self):
        lines = b"X-Envelope-From: <bob@test.example>\nX-Envelope-To: <r1@test.example>\n"
        forged = lines + self.named("forged-envelope")
        line, symbols = self.seen(self.exim.submit(forged), "forged-envelope")
        self.assertIn(' from="alice@sender.example" rcpts="bob@test.example" ', line)
        self.assertNotIn("SEEN_RECIPIENTS", symbols)

    def test_a_login_leaves_address_and_helo_readable(self):
        """Exim's own line says "esmtpa" but names no login."""
        with self.exim.session() as session:
            session.login(LOGIN, PASSWORD)
            line, symbols = self.seen(send(session, self.named("login")), "login")
        self.assertIn(" ip=127.0.0.1 ", line)
        self.assertEqual({"SEEN_CLIENT", "SEEN_HELO", "SEEN_SENDER"}, symbols)

    def test_a_local_submission_has_a_user_and_no_address(self):
        subprocess.run(self.exim.command("-oi", "-f", "alice@sender.example", "bob@test.example"), check=True,
                       input=self.named("local"), timeout=4 * support.PATIENCE)
        line = self.by_message_id("local")
        self.assertRegex(line, r' ip=- user="?root"? ')
        self.assertEqual({"SEEN_ROOT", "SEEN_SENDER"}, set(re.findall(r"\b(SEEN_\w+)\(", line)))

    def test_a_bounce_has_no_sender(self):
        line, symbols = self.seen(self.exim.submit(self.named("bounce"), sender=""), "bounce")
        self.assertIn(' from="" ', line)
        self.assertEqual({"SEEN_CLIENT", "SEEN_HELO"}, symbols)

    def test_several_recipients(self):
        recipients = [f"r{number}@test.example" for number in (1, 2, 3)]
        line, _ = self.seen(self.exim.submit(self.named("several"), recipients=recipients), "several")
        self.assertIn(' rcpts="r1@test.example,r2@test.example,r3@test.example" ', line)
        self.assertIn("SEEN_RECIPIENTS(0.30)", line)


class ByUnixSocket(SpamcVariantCase):
    @classmethod
    def spamd_address(cls):
        return cls.daemon.socket_path

    def test_each_of_three_messages_of_a_connection_gets_its_own_verdict(self):
        self.expect_three_verdicts()


class WithTheUsualThreshold(SpamcVariantCase):
    options = ()

    def test_the_plain_condition_is_true_from_add_header_on(self):
        self.assertEqual([250, 550, 550, 550], [self.exim.submit(message(want)).code
                                                for want in ("greylist", "add header", "soft reject", "reject")])


class WithoutAnswer(SpamcVariantCase):
    """A failure is a verdict here too: Exim would keep the numbers of an earlier message."""
    options = (*SpamcVariantCase.options, *option("limits.message", "64KiB"))

    def test_a_message_that_is_too_large_passes_after_one_that_was_refused(self):
        with self.exim.session() as session:
            refused = send(session, message("reject"))
            large = send(session, message("reject") + b"A line of some length, again and again.\n" * 10_000)
        self.assertEqual([550, 250], [refused.code, large.code])
        self.expect_unmarked(self.exim.deliver(large))
        self.expect_no_trouble()
