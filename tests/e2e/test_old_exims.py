"""Exims of all versions, released and patched (patches/README.md), against xspamd and against bad scanners.

By default the installed one; XSPAMD_EXIM_BINARIES=PATH:PATH... names others, patched or not. Each test class is
made once for each of them.
"""
import re
import unittest

import support
from any_exim import AnyExim, binaries, why_none
from cases import DaemonCase
from daemon import WANTED
from exim import BY_ACTION, LOGIN, PASSWORD, send
from rspamc import message
from scripted_scanner import STATUS, ScriptedScanner, Step, verdict
from test_exim_actions import ENVELOPE_RULES, GTUBE, header

BY_SCORE = """\
  warn spam = nobody:true
       add_header = X-Spam-Score: $spam_score ($spam_bar)
  deny spam = nobody
       message = Refused as spam, score $spam_score
  accept"""

TWO_SCANS = """\
  warn spam = first:true
       add_header = X-First: [$spam_action]
  warn spam = second:true/defer_ok
  warn add_header = X-Second: [$spam_action$spam_score$spam_report]
  warn spam = first:true/defer_ok
       add_header = X-Third: [$spam_action]
  accept"""

MARK = verdict("add header", "7.5")
REFUSE = verdict("reject", "17.5")
NO_ANSWER = Step(b"")
NO_VERDICTS = {  # by the number that Exim tells
    -1: (b"",),
    0: (b"HTTP/1.1 200 OK\r\n\r\n{}", b"SPAMD/1.1 0 EX_OK\r\n\r\n"),
    1: (STATUS + b"Content-length: 5\r\n\r\n", STATUS, b"RSPAMD/1.3 64 Not ok\r\n", b"RSPAMD/1.3456789 0 EX_OK\r\n",
        MARK.replace(b"default", b"other")),
    2: (verdict(score="x"), STATUS + b"Metric: default; False"),
    3: (verdict(score="7,5"), verdict(score="7.5;")),
    4: (MARK.replace(b"15.0 / 15.0", b"15.0 / x"),),
}
A_MOMENT = 0.5  # seconds within which the end of input would have come


def shipped_acl(version):
    """conf/exim's own, without the networks and users of a real server and what an old Exim does not know."""
    text = (support.CHECKOUT / "conf/exim/acl_check_data.conf").read_text()
    leave_out = ["#", "acl_check_data:", "accept hosts", "accept authenticated"]
    if version < (4, 82):
        leave_out.append("remove_header")
    return "\n".join(line for line in text.splitlines() if not line.strip().startswith(tuple(leave_out)))


class NoTrouble:
    def expect_no_trouble(self):
        self.assertNotIn("spam acl condition", self.exim.main_log())
        panic = self.exim.folder / "log/paniclog"
        self.assertEqual("", panic.read_text() if panic.exists() else "")


class BesideXspamd(NoTrouble):
    settings = WANTED + ENVELOPE_RULES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(super().tearDownClass)
        cls.exim = cls.another(f"127.0.0.1 {cls.daemon.port} variant=rspamd").start()
        cls.addClassCleanup(cls.exim.stop)

    @classmethod
    def tearDownClass(cls):
        """Exim first, xspamd last: both are class cleanups."""

    @classmethod
    def another(cls, spamd_address, judge=BY_ACTION):
        return AnyExim(cls.binary, spamd_address, judge)

    def test_the_default_variant(self):
        exim = self.another(f"127.0.0.1 {self.daemon.port}", BY_SCORE).start()
        try:
            answers = [exim.submit(message(want)).code for want in ("reject", "no action", "soft reject")]
        finally:
            exim.stop()
        self.assertEqual([550, 250, 550], answers)  # without a setting add header decides there


class VerdictsOfXspamd(BesideXspamd):
    def expect_four_verdicts(self, exim):
        with exim.session() as session:
            refused = send(session, message("reject"))
            marked = send(session, message("add header"))
            put_off = send(session, message("soft reject"))
            clean = send(session, message())
        self.assertEqual([550, 250, 451, 250], [answer.code for answer in (refused, marked, put_off, clean)])
        mail = exim.deliver(marked)
        self.assertRegex(header(mail, "X-Spam-Score"), r"^7\.\d \(\+{7}\)$")
        self.assertRegex(header(mail, "X-Spam-Report"), r"^Action: add header\n Symbol: ")
        self.assertIsNone(header(exim.deliver(clean), "X-Spam-Score"))

    def test_four_messages_of_a_connection_get_their_own_verdicts(self):
        self.expect_four_verdicts(self.exim)
        self.expect_no_trouble()

    def test_no_action_and_greylist_are_delivered_with_their_action(self):
        for want in ("no action", "greylist"):
            mail = self.exim.deliver(self.exim.submit(message(want)))
            self.assertEqual(want, header(mail, "X-Spam-Action"))

    def test_gtube_is_refused_with_the_reject_threshold_as_score(self):
        answer = self.exim.submit(message(body=GTUBE))
        self.assertEqual((550, "Refused as spam, score 15.0"), (answer.code, answer.text))

    def test_three_thousand_recipients(self):
        recipients = [f"r{number}@test.example" for number in range(3000)]
        answer = self.exim.submit(message(), recipients=recipients)
        if self.binary.limits_recipients:
            self.assertEqual(421, answer.code, answer.text)
            return
        self.assertEqual(250, answer.code, answer.text)
        self.assertEqual(3000, self.exim.recipients_of(answer))
        self.assertIn("SEEN_LAST_RECIPIENT", self.daemon.wait_for_log(answer.queue_id)[0])

    def test_a_login_and_an_empty_sender_arrive(self):
        with self.exim.session() as session:
            session.login(LOGIN, PASSWORD)
            known = send(session, message())
        bounce = self.exim.submit(message(), sender="")
        line = self.daemon.wait_for_log(known.queue_id)[0]
        self.assertRegex(line, r'\buser="?alice@sender\.example\b')
        self.assertIn("SEEN_SENDER", line)
        line = self.daemon.wait_for_log(bounce.queue_id)[0]
        self.assertIn(' from="" ', line)
        self.assertIn(" ip=127.0.0.1 user=- ", line)
        self.assertNotIn("SEEN_SENDER", line)

    def test_a_message_of_megabytes(self):
        answer = self.exim.submit(message("reject") + b"A line of some length, again and again.\n" * 100_000)
        self.assertEqual(550, answer.code, answer.text)

    def test_every_way_to_name_servers(self):
        port, path, dead = self.daemon.port, self.daemon.socket_path, support.free_port()
        ways = {"a unix socket": f"{path} variant=rspamd",
                "the second of a list": f"127.0.0.1 {dead} variant=rspamd : 127.0.0.1 {port} variant=rspamd",
                "other options before": f"127.0.0.1 {port} pri=1 variant=rspamd",
                "an expansion": f"${{if eq{{1}}{{1}}{{127.0.0.1 {port} variant=rspamd}}}}",
                "an expansion to a unix socket": f"${{if eq{{1}}{{1}}{{{path} variant=rspamd}}}}"}
        for what, address in ways.items():
            with self.subTest(what):
                exim = self.another(address).start()
                try:
                    self.expect_four_verdicts(exim)
                finally:
                    exim.stop()

    def test_the_shipped_acl(self):
        exim = self.another(f"127.0.0.1 {self.daemon.port} variant=rspamd", shipped_acl(self.binary.version)).start()
        try:
            self.expect_four_verdicts(exim)
        finally:
            exim.stop()


class Scanned(NoTrouble):
    """Beside Exim stands a scanner that does as it is told."""
    judge = BY_ACTION

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scanner = ScriptedScanner().start()
        cls.addClassCleanup(cls.scanner.stop)
        judge = cls.judge or shipped_acl(cls.binary.version)
        cls.exim = AnyExim(cls.binary, f"127.0.0.1 {cls.scanner.port} variant=rspamd", judge).start()
        cls.addClassCleanup(cls.exim.stop)

    def expect_unscanned(self, reason, steps, how):
        """Accepted without a mark, told in the log, and the connection goes on to a scan that works."""
        before = len(self.exim.main_log())
        self.scanner.follow(*steps, REFUSE)
        with self.exim.session() as session:
            answer = send(session, message())
            self.assertEqual(250, answer.code, how)
            self.assertEqual(550, send(session, message()).code, how)
        self.assertIsNone(header(self.exim.deliver(answer), "X-Spam-Score"), how)
        self.assertRegex(self.exim.main_log()[before:], r"spam acl condition: .*(?:" + reason + ")", how)


class WhatIsAsked(Scanned):
    def ask(self, **envelope):
        self.scanner.follow(verdict())
        answer = self.exim.submit(message(), **envelope)
        (request,) = self.scanner.requests
        return answer, request

    def test_the_whole_head_in_its_order(self):
        answer, request = self.ask(recipients=["bob@test.example", '"a>b"@test.example'])
        lines = [line for line in request.head if not line.startswith("Hostname: ")]
        self.assertEqual(["CHECK RSPAMC/1.3", f"Content-length: {len(request.body)}", f"Queue-Id: {answer.queue_id}",
                          "From: <alice@sender.example>", "Recipient-Number: 2", "Rcpt: <bob@test.example>",
                          'Rcpt: <"a>b"@test.example>', "Helo: client.sender.example", "IP: 127.0.0.1"], lines)
        self.assertTrue(request.body.startswith(b"From MAILER-DAEMON "), request.body[:80])
        self.assertTrue(request.body.rstrip(b"\n").endswith(b"\n\nPlease find the minutes below."), request.body[-80:])

    def test_a_login_is_the_user_and_a_bounce_has_no_sender(self):
        self.scanner.follow(verdict())
        with self.exim.session() as session:
            session.login(LOGIN, PASSWORD)
            send(session, message(), sender="")
        self.assertIn("From: <>", self.scanner.requests[0].head)
        self.assertEqual(f"User: {LOGIN}", self.scanner.requests[0].head[-1])

    def test_the_connection_stays_open_for_writing_but_in_4_86_and_4_87_as_released(self):
        wait = support.PATIENCE if self.binary.half_closes else A_MOMENT
        self.scanner.follow(Step(verdict(), wait_for_end=wait))
        self.exim.submit(message())
        self.assertEqual(self.binary.half_closes, self.scanner.requests[0].half_closed)


class LongHeads(Scanned):
    """With the patches for versions before 4.88; later ones send what goes into the socket at once, and no more."""

    def test_twenty_thousand_recipients(self):
        count = 20_000
        recipients = [f"recipient-{number:06}@test.example" for number in range(count)]
        self.assertEqual(250, self.exim.submit(message(), recipients=recipients).code)
        (request,) = self.scanner.requests
        self.assertEqual([f"Rcpt: <{recipient}>" for recipient in recipients],
                         [line for line in request.head if line.startswith("Rcpt: ")])
        self.assertIn(f"Recipient-Number: {count}", request.head)


class GoodReplies(Scanned):
    def test_every_action_and_the_bar(self):
        for action, score, code, bar in (("no action", "-3.5", 250, None), ("add header", "7.5", 250, "+" * 7),
                                         ("soft reject", "11.0", 451, None), ("reject", "17.5", 550, None),
                                         ("add header", "9999.9", 250, "+" * 51), ("add header", "0.2", 250, "/")):
            with self.subTest(f"{action} {score}"):
                self.scanner.follow(verdict(action, score))
                answer = self.exim.submit(message())
                self.assertEqual(code, answer.code)
                if bar:
                    self.assertEqual(f"{score} ({bar})", header(self.exim.deliver(answer), "X-Spam-Score"))
        self.expect_no_trouble()

    def test_a_long_report_is_delivered_line_by_line(self):
        lines = [f"Symbol: RULE_{number:04}(0.01)" for number in range(1000)]
        self.scanner.follow(verdict("add header", "10.0", "".join(f"{line}\r\n" for line in lines).encode()))
        report = header(self.exim.deliver(self.exim.submit(message())), "X-Spam-Report")
        self.assertEqual(["Action: add header", *lines], [line.strip() for line in report.split("\n")])

    def test_a_report_of_100_kilobytes_is_cut_off_and_the_verdict_stays(self):
        self.scanner.follow(verdict("add header", "10.0", b"Symbol: RULE(0.01)\r\n" * 5000), REFUSE)
        with self.exim.session() as session:
            marked, refused = send(session, message()), send(session, message())
        self.assertEqual([250, 550], [marked.code, refused.code])
        report = header(self.exim.deliver(marked), "X-Spam-Report")
        self.assertTrue(report.startswith("Action: add header\n Symbol: RULE(0.01)\n"))
        self.assertTrue(30_000 < len(report) < 32_600, len(report))

    def test_an_action_longer_than_the_buffer_is_cut_at_31_bytes(self):
        self.scanner.follow(verdict("x" * 5000))
        mail = self.exim.deliver(self.exim.submit(message()))
        self.assertEqual("x" * 31, header(mail, "X-Spam-Action"))

    def test_a_report_of_blanks_alone_behind_the_action(self):
        self.scanner.follow(verdict("add header", "7.5", b" \r\n" * 200))
        report = header(self.exim.deliver(self.exim.submit(message())), "X-Spam-Report")
        self.assertEqual("Action: add header", report)


class BadReplies(Scanned):
    """Each is told with the number that patches/README.md explains."""

    def test_what_is_no_verdict_is_told_by_its_number(self):
        for number, replies in NO_VERDICTS.items():
            for reply in replies:
                self.expect_unscanned(rf"cannot parse spamd .*output: {number}\n", [reply], reply)

    def test_nothing_behind_the_metric_line(self):
        if self.binary.half_closes and self.binary.version < (4, 87):
            self.scanner.follow(REFUSE.partition(b"Action")[0])
            self.assertEqual(250, self.exim.submit(message()).code)  # taken for a verdict without an action
            return
        self.expect_unscanned(r"cannot parse spamd .*output: 5\n", [REFUSE.partition(b"Action")[0]], "no action")

    def test_a_server_that_closes_early(self):
        gone = "cannot parse spamd .*output: -1|Connection reset by peer|Broken pipe"
        for step in (Step(hang_up="at once"), Step(hang_up="after the head"), NO_ANSWER):
            self.expect_unscanned(gone, [step], step)
        for size in (5, len(STATUS), len(STATUS) + 30):
            self.expect_unscanned("cannot parse spamd .*output: (-1|[0-4])", [REFUSE[:size]], size)


class StrictReading(Scanned):
    """With the patches for versions before 4.88."""

    def test_a_verdict_cut_off_anywhere_is_none(self):
        end = REFUSE.index(b"\r\nMessage-ID")
        for size in (end, end - 2, end - len("reject"), end - len("Action: reject") - 1):
            self.expect_unscanned("cannot parse spamd .*output: 5", [REFUSE[:size]], REFUSE[:size])
        self.expect_unscanned("cannot parse spamd .*output: 5", [REFUSE.replace(b"Action: ", b"Result: ")], "no action")
        self.expect_unscanned("cannot parse spamd .*output: 5", [verdict("")], "an empty action")

    def test_lines_that_end_in_lf_alone(self):
        self.scanner.follow(REFUSE.replace(b"\r", b""))
        self.assertEqual(550, self.exim.submit(message()).code)


class Bounds(Scanned):
    """Without the patches Exim crashes by these."""

    def test_scores_that_fit_nowhere(self):
        for score in ("1e300", "-1e300", "1e13", "nan", "inf", "9" * 5000, "1e7", "-2147483649"):
            self.expect_unscanned("spamd score out of range", [verdict("reject", score)], score)

    def test_reports_that_grow(self):
        for more in (b"\n" * 30_000, b"\n" * 100_000, b"x\n" * 50_000, b"\x00" * 40_000, "é\n".encode() * 12_000):
            with self.subTest(more[:2]):
                self.scanner.follow(verdict("add header", "7.5", more), REFUSE)
                with self.exim.session() as session:
                    marked, refused = send(session, message()), send(session, message())
                self.assertEqual([250, 550], [marked.code, refused.code])
                self.assertEqual("7.5 (+++++++)", header(self.exim.deliver(marked), "X-Spam-Score"))


class NothingStaysBehind(Scanned):
    """Without the patches Exim keeps the variables of the message before."""

    def test_of_a_message_that_was_refused_for_one_that_could_not_be_scanned(self):
        for failure in (NO_ANSWER, Step(hang_up="at once"), Step(STATUS)):
            self.scanner.follow(REFUSE, failure, MARK, failure)
            with self.exim.session() as session:
                answers = [send(session, message()) for _ in range(4)]
            self.assertEqual([550, 250, 250, 250], [answer.code for answer in answers])
            for answer, score in zip(answers[1:], (None, "7.5 (+++++++)", None)):
                self.assertEqual(score, header(self.exim.deliver(answer), "X-Spam-Score"))


class NothingStaysBehindByTheShippedAcl(Scanned):
    """Also without any patch: its variable is emptied for each message."""
    judge = None

    def test_of_a_message_that_was_refused_for_one_that_could_not_be_scanned(self):
        self.scanner.follow(REFUSE, NO_ANSWER, MARK, NO_ANSWER)
        with self.exim.session() as session:
            answers = [send(session, message()) for _ in range(4)]
        self.assertEqual([550, 250, 250, 250], [answer.code for answer in answers])
        for answer, score in zip(answers[1:], (None, "7.5 (+++++++)", None)):
            self.assertEqual(score, header(self.exim.deliver(answer), "X-Spam-Score"))


class TwoScansOfAMessage(Scanned):
    judge = TWO_SCANS

    def scan(self, *steps):
        self.scanner.follow(*steps)
        mail = self.exim.deliver(self.exim.submit(message()))
        return [header(mail, name) for name in ("X-First", "X-Second", "X-Third")]

    def test_each_name_gets_its_own_verdict(self):
        first, second, third = self.scan(verdict("add header", "7.5", b""), verdict("greylist", "5.0", b""), REFUSE)
        self.assertEqual(("[add header]", "[reject]"), (first, third))
        self.assertEqual("[greylist5.0Action: greylist]", second)
        self.assertEqual(3, len(self.scanner.requests))


class TwoScansAndFailures(TwoScansOfAMessage):
    """Without the patches Exim keeps the variables of the scan before."""

    def test_a_second_scan_that_fails_leaves_nothing_and_the_third_scans_anew(self):
        self.assertEqual(["[add header]", "[]", "[reject]"], self.scan(MARK, NO_ANSWER, REFUSE))
        self.assertEqual(["[add header]", "[]", None], self.scan(MARK, NO_ANSWER, NO_ANSWER))


class WithoutTheVariant(BesideXspamd):
    """4.70 to 4.85 as released: variant=rspamd is not seen, and $spam_action is no variable."""

    def test_every_message_is_put_off_where_spam_action_is_asked_for(self):
        self.assertEqual([451, 451], [self.exim.submit(message(want)).code for want in ("reject", "no action")])
        self.assertRegex(self.exim.main_log(), r'unknown variable name "spam_action"')


def make_classes(binary):
    number = re.sub(r"\W+", "_", binary.name)
    if not binary.knows_variant:
        yield f"WithoutTheVariant_{number}", (WithoutTheVariant, DaemonCase)
        return
    yield f"VerdictsOfXspamd_{number}", (VerdictsOfXspamd, DaemonCase)
    parts = [WhatIsAsked, GoodReplies, BadReplies, NothingStaysBehindByTheShippedAcl]
    parts += [StrictReading, LongHeads] if binary.strict else []
    parts += [Bounds] if binary.bounded else []
    parts += [NothingStaysBehind, TwoScansAndFailures] if binary.forgets else [TwoScansOfAMessage]
    for part in parts:
        yield f"{part.__name__}_{number}", (part, unittest.TestCase)


BINARIES = binaries()
for one in BINARIES:
    for class_name, parents in make_classes(one):
        globals()[class_name] = type(class_name, parents, {"binary": one, "__module__": __name__})


def setUpModule():
    print("old Exims: running", "; ".join(f"{one.name} ({one.path})" for one in BINARIES) or "none")


if not BINARIES:
    @unittest.skip(why_none())
    class NoExim(unittest.TestCase):
        def test_exims_are_there(self):
            """Counted once, whatever could not be run."""
