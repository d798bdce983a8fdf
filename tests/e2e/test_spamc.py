"""SpamAssassin's own client against xspamd, and its protocol byte by byte in all versions."""
import re
import shutil
import subprocess
import unittest
from decimal import Decimal

import support
from cases import DaemonCase
from daemon import WANTED, option
from exim_parse import parse_spamd
from rspamc import message, talk

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")
REPORT_HEAD = (b" pts rule name              description\n"
               b"---- ---------------------- --------------------------------------------------\n")

# Beside WANT_HEADER: a rule that takes points away, one that counts nothing, a part of a rule, one without a hit.
MORE_RULES = """
[rules.ZERO_POINTS]
header = "X-Want"
exists = true
score = 0.0
about = "Counts nothing"

[rules.A_FEW_LESS]
header = "X-Want"
match = '^add header$'
score = -0.5
about = "Half a point less"

[rules.__PART]
header = "X-Want"
exists = true

[rules.NEVER]
header = "X-Want"
match = '^never$'
score = 1.0
about = "Hits nothing"
"""


def report_of(text):
    """(score, required, {rule: points}) of a report, if it has the shape that readers of these reports expect."""
    head, table, lines = text.partition(REPORT_HEAD)
    found = re.search(rb"^Content analysis details:   \((-?\d+\.\d) points, (\d+\.\d) required\)$", head, re.MULTILINE)
    if not table or not found or b"\r" in text or not text.endswith(b"\n\n"):
        raise AssertionError(f"no report: {text!r}")
    rules = {}
    for line in lines.removesuffix(b"\n\n").split(b"\n"):
        if not line.startswith(b" " * 28):
            points, name = re.fullmatch(rb" *(-?\d+(?:\.\d+)?) (\S{1,22}) *(?: .*)?", line).groups()
            rules[name.decode()] = float(points)
    return found[1].decode(), found[2].decode(), rules


class SpamcCase(DaemonCase):
    """Scores and names are exact: those of our own rules and what the shipped ones give every message of ours."""
    settings = WANTED + MORE_RULES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        content = message()
        raw = talk(cls.daemon.address, b"SYMBOLS SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(content) + content)
        score, names = re.search(r"; (\S+) / \S+\r\n\r\n(.*)", raw.decode()).groups()
        cls.usual_score, cls.usual_names = Decimal(score), names.split(",") if names else []
        if abs(cls.usual_score) >= 1:
            raise AssertionError(f"our blameless message is blamed: {raw!r}")

    def points(self, own):
        return str(Decimal(own) + self.usual_score)

    def names(self, *own):
        return ",".join(sorted([*own, *self.usual_names])).encode()

    def spamc(self, *words, content=b"", where=None):
        where = ["-d", "127.0.0.1", "-p", str(self.daemon.port)] if where is None else where
        return subprocess.run(["spamc", "-F", "/dev/null", *where, *words], input=content, capture_output=True,
                              timeout=4 * support.PATIENCE)

    def expect_points(self, status, own, done):
        self.expect(status, f"{self.points(own)}/6.0\n".encode(), done)

    def expect(self, status, output, done):
        self.assertEqual((status, output), (done.returncode, done.stdout), done.stderr)


@unittest.skipUnless(shutil.which("spamc"), "spamc is not installed")
class SpamcAsks(SpamcCase):
    def test_ping_is_answered(self):
        self.expect(0, b"SPAMD/1.5 0\n", self.spamc("-K"))

    def test_check_prints_the_score_and_tells_spam_from_ham_by_its_status(self):
        for want, status, own in (("no action", 0, "0.0"), ("greylist", 0, "5.0"), ("add header", 1, "6.5"),
                                  ("reject", 1, "20.0")):
            with self.subTest(want):
                self.expect_points(status, own, self.spamc("-c", content=message(want)))

    def test_gtube_has_the_reject_threshold_as_score(self):
        self.expect(1, b"15.0/6.0\n", self.spamc("-c", content=message(body=GTUBE)))

    def test_a_user_changes_nothing(self):
        for user in ("nobody", "someone@test.example", "jürgen", ""):
            with self.subTest(user):
                self.expect_points(1, "20.0", self.spamc("-u", user, "-c", content=message("reject")))

    def test_report_is_printed_for_spam_and_ham(self):
        for want, own, rules in (("add header", "6.5", {"WANT_HEADER": 7.0, "A_FEW_LESS": -0.5}),
                                 ("no action", "0.0", {})):
            with self.subTest(want):
                score = self.points(own)
                done = self.spamc("-R", content=message(want))
                first, _, report = done.stdout.partition(b"\n")
                self.assertEqual((0, f"{score}/6.0"), (done.returncode, first.decode()))
                *seen, printed = report_of(report)
                self.assertEqual([score, "6.0"], seen)
                self.assertEqual(rules, {name: points for name, points in printed.items()
                                         if points and name not in self.usual_names})
                self.assertAlmostEqual(float(score), sum(printed.values()))

    def test_report_with_a_status(self):
        self.assertEqual([0, 1], [self.spamc("-R", "-E", content=message(want)).returncode
                                  for want in ("greylist", "add header")])

    def test_report_if_spam_is_the_report_alone_for_spam_and_nothing_for_ham(self):
        """The word is Yes, not True: spamc prints no score line, and -E says 0."""
        for words in (["-r"], ["-r", "-E"]):
            with self.subTest(words):
                self.expect(0, b"", self.spamc(*words, content=message("greylist")))
                done = self.spamc(*words, content=message("add header"))
                self.assertEqual(0, done.returncode)
                self.assertEqual(self.points("6.5"), report_of(done.stdout)[0])

    def test_symbols_are_the_names_of_what_scores(self):
        for want, own in (("no action", []), ("add header", ["A_FEW_LESS", "WANT_HEADER"]),
                          ("reject", ["WANT_REJECT"])):
            with self.subTest(want):
                self.expect(0, self.names(*own), self.spamc("-y", content=message(want)))
        self.expect(1, self.names("WANT_REJECT"), self.spamc("-y", "-E", content=message("reject")))

    def test_a_message_over_the_size_of_spamc_is_not_sent(self):
        before = len(self.daemon.log_lines(" command=CHECK "))
        self.expect(0, b"0/0\n", self.spamc("-s", "500", "-c", content=message("reject") + b"x" * 500))
        self.assertEqual(before, len(self.daemon.log_lines(" command=CHECK ")))

    def test_a_large_message_is_judged(self):
        content = message("reject") + b"A line of some length, again and again.\n" * 100_000
        self.expect_points(1, "20.0", self.spamc("-s", "10000000", "-c", content=content))

    def test_a_message_larger_than_spamc_takes_back_has_a_report_all_the_same(self):
        content = message("reject") + b"x\n"
        done = self.spamc("-s", str(len(content) + 1), "-R", content=content)
        self.assertEqual(self.points("20.0"), report_of(done.stdout.partition(b"\n")[2])[0])

    def test_crlf_is_judged_as_lf_is(self):
        self.expect_points(1, "6.5", self.spamc("-c", content=message("add header").replace(b"\n", b"\r\n")))

    def test_an_empty_message_is_judged(self):
        done = self.spamc("-c", "-x", content=b"")
        self.assertIn(done.returncode, (0, 1, 74))  # 74: spamc itself refuses to send nothing

    def test_by_unix_socket(self):
        where = ["-U", self.daemon.socket_path]
        self.expect_points(1, "6.5", self.spamc("-c", content=message("add header"), where=where))
        self.expect(0, self.names("WANT_REJECT"), self.spamc("-y", content=message("reject"), where=where))
        self.expect(0, b"SPAMD/1.5 0\n", self.spamc("-K", where=where))

    def test_the_second_of_two_hosts_is_asked_when_the_first_refuses(self):
        where = ["-d", "127.0.0.66,127.0.0.1", "-p", str(self.daemon.port), "--connect-retries", "2",
                 "--retry-sleep", "0"]
        self.expect_points(1, "20.0", self.spamc("-c", content=message("reject"), where=where))


class TheProtocol(SpamcCase):
    """Every command in every version, to the byte; scores, names and the text of reports come from our own rules."""

    def ask(self, command, version, content=b"", half_close=True):
        # A client that says 1.0 has no head: the message follows the first line.
        head = b"" if version == "1.0" else b"User: nobody\r\nContent-length: %d\r\n\r\n" % len(content)
        whole = f"{command} SPAMC/{version}\r\n".encode() + head + content
        return talk(self.daemon.address, whole, half_close)

    def for_all(self, command, expected):
        """expected(version, spam) is the whole reply, or a function that judges it."""
        for version in VERSIONS:
            for spam in (False, True):
                with self.subTest(version, spam=spam):
                    raw = self.ask(command, version, message("add header" if spam else "no action"))
                    want = expected(version, spam)
                    self.assertEqual(want, raw)

    def spam_line(self, spam, words=(b"False", b"True")):
        return b"Spam: %s ; %s / 6.0\r\n" % (words[spam], self.points("6.5" if spam else "0.0").encode())

    def test_check(self):
        self.for_all("CHECK", lambda _, spam: b"SPAMD/1.1 0 EX_OK\r\n" + self.spam_line(spam) + b"\r\n")

    def test_symbols(self):
        def expected(version, spam):
            names = self.names("A_FEW_LESS", "WANT_HEADER") if spam else self.names()
            if version < "1.3":
                return b"SPAMD/1.1 0 EX_OK\r\n" + self.spam_line(spam) + b"\r\n" + names + b"\r\n"
            length = b"Content-length: %d\r\n" % len(names)
            return b"SPAMD/1.1 0 EX_OK\r\n" + length + self.spam_line(spam) + b"\r\n" + names
        self.for_all("SYMBOLS", expected)

    def expect_report(self, raw, version, spam, words):
        """Status, from 1.3 on a true length, the Spam line, an empty line, the report."""
        head, _, report = raw.partition(b"\r\n\r\n")
        length = b"Content-length: %d\r\n" % len(report) if version >= "1.3" else b""
        self.assertEqual(b"SPAMD/1.1 0 EX_OK\r\n" + length + self.spam_line(spam, words), head + b"\r\n")
        return report

    def test_report(self):
        for version in VERSIONS:
            for spam in (False, True):
                with self.subTest(version, spam=spam):
                    raw = self.ask("REPORT", version, message("add header" if spam else "no action"))
                    score, required, rules = report_of(self.expect_report(raw, version, spam, (b"False", b"True")))
                    self.assertEqual((self.points("6.5" if spam else "0.0"), "6.0"), (score, required))
                    self.assertAlmostEqual(float(score), sum(rules.values()))
                    self.assertEqual(spam, "WANT_HEADER" in rules)

    def test_report_if_spam(self):
        for version in VERSIONS:
            with self.subTest(version):
                raw = self.ask("REPORT_IFSPAM", version, message("add header"))
                report = self.expect_report(raw, version, True, (b"No", b"Yes"))
                self.assertEqual(self.points("6.5"), report_of(report)[0])
                raw = self.ask("REPORT_IFSPAM", version, message())
                self.assertEqual(b"", self.expect_report(raw, version, False, (b"No", b"Yes")))

    def test_ping_and_skip(self):
        for version in VERSIONS:
            with self.subTest(version):
                end = b"\r\n" if version == "1.5" else b""
                for half_close in (False, True):
                    ping, skip = (f"{verb} SPAMC/{version}\r\n".encode() + end for verb in ("PING", "SKIP"))
                    self.assertEqual(b"SPAMD/1.5 0 PONG\r\n", talk(self.daemon.address, ping, half_close))
                    self.assertEqual(b"", talk(self.daemon.address, skip, half_close))

    def test_nothing_needs_the_client_to_close_its_side(self):
        for version in VERSIONS[1:]:
            for command in ("CHECK", "SYMBOLS", "REPORT", "REPORT_IFSPAM"):
                with self.subTest(command, version=version):
                    raw = self.ask(command, version, message("add header"), half_close=False)
                    self.assertTrue(raw.startswith(b"SPAMD/1.1 0 EX_OK\r\n"), raw)

    def test_a_version_without_number_has_no_head_and_a_later_one_is_the_latest(self):
        raw = talk(self.daemon.address, b"CHECK SPAMC/abc\r\n" + message("add header"), half_close=True)
        self.assertEqual(b"SPAMD/1.1 0 EX_OK\r\n" + self.spam_line(True) + b"\r\n", raw)
        names = self.names("A_FEW_LESS", "WANT_HEADER")
        length = b"Content-length: %d\r\n" % len(names)
        latest = b"SPAMD/1.1 0 EX_OK\r\n" + length + self.spam_line(True) + b"\r\n" + names
        for version in ("1.6", "2.0", "9.9"):
            with self.subTest(version):
                self.assertEqual(latest, self.ask("SYMBOLS", version, message("add header")))

    def test_errors_are_one_line_and_echo_nothing(self):
        whole = message()
        cases = {
            b"check SPAMC/1.2\r\n\r\n": b"(unknown command)",
            b"FROB\x7fNICATE SPAMC/1.2\r\n\r\n": b"(unknown protocol)",
            b"CHECK SPAMC/1.2\r\nContent-length: 12x\r\n\r\n": b"(Content-Length contains non-numeric bytes)",
            b"CHECK SPAMC/1.2\r\nno colon here\r\n\r\n": b"(header not in 'Name: value' format)",
            b"CHECK SPAMC/1.2\r\nUser: a\x01b\r\n\r\n": b"(User header contains control chars)",
            b"CHECK SPAMC/1.2\r\n" + b"A: b\r\n" * 256 + b"\r\n": b"(too many headers)",
            b"CHECK SPAMC/1.2\r\nContent-length: 999999\r\n\r\n" + whole:
                b"(Content-Length mismatch: Expected 999999 bytes, got %d bytes)" % len(whole),
            b"PING SPAMC/1.5\r\n": b"(EOF during headers)",
        }
        for request, detail in cases.items():
            with self.subTest(request[:40]):
                self.assertEqual(b"SPAMD/1.0 76 Bad header line: " + detail + b"\r\n",
                                 talk(self.daemon.address, request, half_close=True))


class ALongReport(SpamcCase):
    """Four hundred rules hit; Exim takes a report of version 1.2 into 32,600 bytes."""
    settings = WANTED + "".join(f"""
[rules.ONE_OF_MANY_{number}]
header = "X-Want"
match = '^add header$'
score = 0.1
about = "One of four hundred rules, with a sentence that fills the line and then some more of the next one"
""" for number in range(400))

    def ask(self, command, version):
        content = message("add header")
        head = f"{command} SPAMC/{version}\r\nContent-length: {len(content)}\r\n\r\n"
        return talk(self.daemon.address, head.encode() + content)

    def test_it_is_cut_to_what_fits_and_still_adds_up(self):
        for version in ("1.2", "1.5"):
            with self.subTest(version):
                report = self.ask("REPORT", version).partition(b"\r\n\r\n")[2]
                self.assertLessEqual(len(report), 16 * 1024)
                score, _, rules = report_of(report)
                self.assertEqual(self.points("47.0"), score)
                self.assertIn("MORE_SYMBOLS", rules)
                self.assertAlmostEqual(float(score), sum(rules.values()))
        self.assertEqual(self.points("47.0"), parse_spamd(self.ask("REPORT", "1.2")).score)

    def test_the_list_of_symbols_names_them_all_in_byte_order(self):
        names = self.names("WANT_HEADER", *(f"ONE_OF_MANY_{number}" for number in range(400)))
        self.assertEqual(names, self.ask("SYMBOLS", "1.5").partition(b"\r\n\r\n")[2])


class AUserWithAProfile(SpamcCase):
    options = (option("profiles.joe.for.recipient", ["joe@test.example"]) +
               option("profiles.joe.actions.add_header", 1))

    def required(self, *head):
        content = message()
        lines = b"".join(line + b"\r\n" for line in head)
        whole = b"CHECK SPAMC/1.5\r\n" + lines + b"Content-length: %d\r\n\r\n" % len(content) + content
        return talk(self.daemon.address, whole).split(b" / ")[1].strip()

    def test_is_judged_by_it(self):
        self.assertEqual(b"1.0", self.required(b"User: joe@test.example"))
        self.assertEqual(b"6.0", self.required(b"User: ann@test.example"))
        self.assertEqual(b"6.0", self.required())


class AnotherThreshold(SpamcCase):
    options = option("spamc.required", 20.0) + option("scores.MIME_GOOD", 0)

    def test_it_stands_second_and_decides(self):
        for want, word, own in (("add header", "False", "6.5"), ("soft reject", "False", "12.0"),
                                ("reject", "True", "20.0")):
            with self.subTest(want):
                content = message(want)
                whole = b"CHECK SPAMC/1.2\r\nContent-length: %d\r\n\r\n" % len(content) + content
                self.assertEqual(f"SPAMD/1.1 0 EX_OK\r\nSpam: {word} ; {self.points(own)} / 20.0\r\n\r\n",
                                 talk(self.daemon.address, whole).decode())
