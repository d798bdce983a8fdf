"""Mail given back with its verdict in it: PROCESS and HEADERS, by SpamAssassin's own client, byte by byte, compressed,
too large, and beside the real spamd where there is one."""
import re
import shutil
import threading
import unittest
import zlib
from concurrent.futures import ThreadPoolExecutor

import rspamc
import support
from daemon import PING, WANTED, option
from rspamc import message, talk
from tell_servers import WHY_NO_SPAMD, Spamd
from test_spamc import GTUBE, VERSIONS, SpamcCase

MEGABYTE = 1 << 20
GZIP_REFUSED = b"SPAMD/1.0 76 Bad header line: (compression type not supported)\r\n"
NO_STREAM = b"SPAMD/1.0 69 Service Unavailable: zlib: failed to find end of zlib stream\r\n"
TOO_LARGE = b"SPAMD/1.0 69 Service Unavailable: message over limits.message\r\n"
ADDED = re.compile(rb"^X-Spam-(?:Checker-Version|Flag|Level|Status|Report): .*\r?\n(?:[ \t].*\r?\n)*", re.MULTILINE)


def crlf(content):
    return content.replace(b"\n", b"\r\n")


def asked(command, content, version="1.5", extra=""):
    head = "" if version == "1.0" else f"{extra}Content-length: {len(content)}\r\n\r\n"
    return f"{command} SPAMC/{version}\r\n{head}".encode() + content


def packed(command, content, length=None):
    length = len(content) if length is None else length
    return f"{command} SPAMC/1.5\r\nCompress: zlib\r\nContent-length: {length}\r\n\r\n".encode() + content


def without_marks(mail):
    """The mail without the fields that a filter adds to its header."""
    header, empty, body = mail.partition(b"\r\n\r\n" if b"\r\n\r\n" in mail else b"\n\n")
    return ADDED.sub(b"", header + empty[:len(empty) // 2]) + empty[len(empty) // 2:] + body


# Mail of all shapes, none of which has fields of a filter.
SHAPES = {
    "ham": message(),
    "spam": message("add header"),
    "more spam": message("reject"),
    "crlf": crlf(message("add header")),
    "crlf ham": crlf(message()),
    "no line end at the end": message("add header", body="At noon?"),
    "empty body": message("add header", body=""),
    "many lines": message("add header", body="From here on\n.\n\n.From\r\nmixed\n" * 1000),
    "8-bit": message("add header", subject="Grüße") + b"\xff\xfe\x80\n",
    "NULs": message("add header", body="a\0b\n\0\n"),
    "a long line": message(body="x" * 300_000 + "\n"),
    "a long field": b"X-Long: " + b"x" * 100_000 + b"\n" + message("add header"),
    "many fields": b"X-Many: one of them\n" * 1500 + message("add header"),
    "mbox line": b"From alice@sender.example Mon Nov 23 02:00:00 2026\n" + message("add header"),
    "return path": b"Return-Path: <alice@sender.example>\n" + message("add header"),
}


class MailCase(SpamcCase):
    options = option("server.hostname", "mx.example")

    def ask(self, request, **how):
        return talk(self.daemon.address, request, **how)

    def mail(self, command, content, version="1.5"):
        return self.ask(asked(command, content, version), half_close=version == "1.0").partition(b"\r\n\r\n")[2]


@unittest.skipUnless(shutil.which("spamc"), "spamc is not installed")
class SpamcGetsItsMailBack(MailCase):
    def test_it_is_the_mail_and_fields_of_ours(self):
        for name, content in SHAPES.items():
            # spamc ends its own body at a NUL when it puts it behind a header.
            for words in ((),) if name == "NULs" else ((), ("--headers",)):
                with self.subTest(name, words=words):
                    done = self.spamc(*words, content=content)
                    self.assertEqual((0, b""), (done.returncode, done.stderr))
                    self.assertNotEqual(content, done.stdout)
                    self.assertEqual(content, without_marks(done.stdout))

    def test_spam_is_told_by_the_status_where_it_is_asked_for(self):
        for words in ((), ("--headers",)):
            self.assertEqual([0, 1, 1], [self.spamc("-E", *words, content=message(want)).returncode
                                         for want in ("no action", "add header", "reject")])

    def test_the_fields_are_those_of_spamassassin(self):
        ham, spam = (self.spamc(content=message(want)).stdout.decode() for want in ("no action", "add header"))
        checker = r"\AX-Spam-Checker-Version: xspamd \S+ \(\d{4}-\d\d-\d\d\) on mx\.example\n"
        self.assertRegex(ham, checker + r"X-Spam-Level: \nX-Spam-Status: No, score=\S+ required=6\.0\s+tests=")
        self.assertRegex(spam, checker + r"X-Spam-Flag: YES\nX-Spam-Level: \*{6,7}\nX-Spam-Status: Yes, score=\S+ "
                                         r"required=6\.0\s+tests=(?:[A-Z_]+,\s*)*WANT_HEADER")
        self.assertIn("\n\t*  7.0 WANT_HEADER The message asks for a header\n\t* -0.5 A_FEW_LESS Half", spam)
        self.assertNotIn("X-Spam-Flag", ham)
        self.assertNotIn("X-Spam-Report", ham)
        for mail in (ham, spam):
            self.assertRegex(mail, r"\sautolearn=disabled\s+version=\d")
            self.assertLessEqual(max(map(len, mail.split("\n\n")[0].split("\n"))), 79)

    def test_marks_of_an_earlier_filter_go(self):
        once = self.spamc(content=message("add header")).stdout
        self.assertEqual(once, self.spamc(content=once).stdout)
        forged = b"X-Spam-Status: No, score=-100\n\tforged\nx-spam-flag: NO\nX-Spam-Foo: bar\n" + message("add header")
        self.assertEqual(once, self.spamc(content=forged).stdout)

    def test_batch_smtp_goes_through_spamc(self):
        content = b"Subject: x\r\nX-Want: add header\r\n\r\n..dots\r\nbody\r\n.\r\n"
        envelope = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
        done = self.spamc("-B", content=envelope + content)
        self.assertEqual(0, done.returncode)
        self.assertTrue(done.stdout.startswith(envelope + b"X-Spam-Checker-Version: "), done.stdout)
        self.assertTrue(done.stdout.endswith(content), done.stdout)

    def test_mail_without_an_end_of_its_header_is_left_alone_where_the_client_wants_the_header(self):
        content = b"Subject: x\nX-Want: add header\n"
        self.assertEqual(content, without_marks(self.spamc(content=content).stdout))
        done = self.spamc("--headers", content=content)
        self.assertIn((done.returncode, done.stdout), [(0, content), (0, self.spamc(content=content).stdout)])

    def test_text_without_a_header_loses_nothing(self):
        for content in (b"a line\nand more\n\nafter an empty line\n", b"\nan empty line first\n\nand another\n",
                        b" indented\n\nmore\n", b"Subject: x\nno field\n\nbody\n", b"Subject: x\n\r\nbody\n\nmore\n"):
            with self.subTest(content):
                self.assertTrue(self.spamc(content=content).stdout.endswith(content))
                self.assertEqual(self.spamc(content=content).stdout, self.spamc("--headers", content=content).stdout)

    def test_two_megabytes(self):
        content = message("add header", body="A line of text, and then another one.\n" * 55_000)
        self.assertEqual(content, without_marks(self.spamc("-s", str(4 * MEGABYTE), content=content).stdout))


@unittest.skipUnless(shutil.which("spamc"), "spamc is not installed")
class MailThatCannotBeJudged(MailCase):
    options = option("limits.message", "8KiB")

    def test_it_passes_unchanged(self):
        for content in (message(body="x\n" * 10_000), b"MAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA\nSubject: x\n\nx\n.\n"):
            for words in ((), ("--headers",), ("-E",)):
                with self.subTest(words):
                    self.expect(0, content, self.spamc(*words, content=content))

    def test_who_wants_no_fallback_gets_nothing_but_a_status(self):
        self.expect(74, b"", self.spamc("-x", content=message(body="x\n" * 10_000)))

    def test_a_stream_is_as_large_as_what_comes_out(self):
        for size, command, want in ((9000, "PROCESS", TOO_LARGE), (9000, "HEADERS", TOO_LARGE),
                                    (9000, "CHECK", b"SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 6.0\r\n\r\n")):
            with self.subTest(command):
                content = message("reject").ljust(size, b"\n")
                self.assertEqual(want, self.ask(packed(command, zlib.compress(content))))


class Subjects(MailCase):
    options = option("server.hostname", "mx.example") + option("spamc.rewrite_subject", "[spam]")

    def subjects(self, mail):
        return re.findall(rb"^(?:X-Spam-Prev-)?Subject:.*(?:\n[ \t].*)*", mail, re.MULTILINE)

    def test_spam_is_marked_and_ham_is_not(self):
        content = message("add header", subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=\n from home")
        self.assertEqual([b"Subject: [spam] =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n from home",
                          b"X-Spam-Prev-Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n from home"],
                         self.subjects(self.mail("PROCESS", content)))
        self.assertEqual([b"Subject: Lunch"], self.subjects(self.mail("PROCESS", message(subject="Lunch"))))


class SubjectsByAction(Subjects):
    settings = Subjects.settings.replace("[actions]", "[actions]\nrewrite_subject = 6.4\nadd_header = 4.5\ngreylist = 4")
    options = option("actions.subject", "%s (spam)")

    def test_spam_is_marked_and_ham_is_not(self):
        for want, count in (("no action", 1), ("greylist", 1), ("add header", 2), ("reject", 2)):
            with self.subTest(want):
                found = self.subjects(self.mail("PROCESS", message(want, subject="Lunch")))
                self.assertEqual([b"Subject: Lunch (spam)", b"X-Spam-Prev-Subject: Lunch"] if count == 2 else
                                 [b"Subject: Lunch"], found)


class Attached(MailCase):
    options = option("server.hostname", "mx.example") + option("spamc.report_safe", 1)
    kind = b"message/rfc822"

    def test_spam_is_an_attachment_byte_for_byte(self):
        for name, content in SHAPES.items():
            with self.subTest(name):
                mail = self.mail("PROCESS", content)
                if b"X-Want: no action" in content:
                    self.assertEqual(content, without_marks(mail))
                    continue
                end = b"\r\n" if name == "crlf" else b"\n"
                boundary = re.search(rb'boundary="(.*)"', mail)[1]
                parts = mail.split(end + b"--" + boundary)
                self.assertEqual([4, b"--" + end + end], [len(parts), parts[3]])
                head, _, attached = parts[2].partition(end + end)
                self.assertIn(b"Content-Type: " + self.kind + b"; x-spam-type=original", head)
                mbox_line = content[:content.index(b"\n") + 1] if content.startswith(b"From ") else b""
                self.assertTrue(mail.startswith(mbox_line + b"Received: from localhost by mx.example"))
                self.assertEqual(content, mbox_line + attached)
                self.assertIn(b"Content preview:  ", parts[1])

    def test_headers_are_those_of_the_new_message(self):
        headers = self.mail("HEADERS", message("add header"))
        self.assertTrue(headers.endswith(b'"\n\n'))
        self.assertEqual(1, headers.count(b"\n\n"))
        self.assertIn(b"Content-Type: multipart/mixed; boundary=", headers)


class AttachedAsText(Attached):
    options = option("server.hostname", "mx.example") + option("spamc.report_safe", 2)
    kind = b"text/plain"


class ByteByByte(MailCase):
    def test_every_version_frames_the_same_mail(self):
        for command in ("PROCESS", "HEADERS"):
            for want, spam in (("no action", False), ("add header", True)):
                content = message(want)
                mail = self.mail(command, content)
                line = b"Spam: %s ; %s / 6.0\r\n" % (b"True" if spam else b"False",
                                                     self.points("6.5" if spam else "0.0").encode())
                length = b"Content-length: %d\r\n" % len(mail)
                for version in VERSIONS:
                    with self.subTest(command, version=version, want=want):
                        head = (b"SPAMD/1.0 0 EX_OK\r\n" if version < "1.2" else b"SPAMD/1.1 0 EX_OK\r\n" + length +
                                (b"" if version < "1.3" else line) + b"\r\n")
                        raw = self.ask(asked(command, content, version), half_close=version == "1.0")
                        self.assertEqual(head + mail, raw)
                self.assertEqual(self.ask(asked(command, content)),
                                 self.ask(asked(command, content), byte_by_byte=True))

    def test_a_request_that_is_cut_off_is_an_error(self):
        whole = asked("PROCESS", message())
        for length in range(len("PROCESS SPAMC/1.5\r\n"), len(whole), 7):
            raw = self.ask(whole[:length], half_close=True)
            self.assertRegex(raw, rb"\ASPAMD/1\.0 76 Bad header line: \(.*\)\r\n\Z")

    def test_a_wrong_length_is_cut_or_an_error(self):
        content = message()
        mail = self.ask(asked("PROCESS", content) + b"more")
        self.assertEqual(content, without_marks(mail.partition(b"\r\n\r\n")[2]))
        head = b"PROCESS SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % (len(content) + 1)
        self.assertRegex(self.ask(head + content, half_close=True), rb"\ASPAMD/1\.0 76 .* mismatch: Expected \d+")


class Compressed(MailCase):
    def test_every_command_takes_a_stream(self):
        for want in ("no action", "add header"):
            content = message(want)
            for command in ("CHECK", "SYMBOLS", "REPORT", "REPORT_IFSPAM", "PROCESS", "HEADERS"):
                for level in (0, 1, 9):
                    with self.subTest(command, want=want, level=level):
                        stream = zlib.compress(content, level)
                        self.assertEqual(self.ask(asked(command, content)), self.ask(packed(command, stream)))
                self.assertEqual(self.ask(asked(command, content)),
                                 self.ask(packed(command, zlib.compress(content)), byte_by_byte=True))

    def test_a_large_stream(self):
        content = message("add header", body="".join(f"Line {number} of many.\n" for number in range(200_000)))
        mail = self.ask(packed("PROCESS", zlib.compress(content))).partition(b"\r\n\r\n")[2]
        self.assertEqual(content, without_marks(mail))

    def test_what_is_no_stream_is_an_error(self):
        stream = zlib.compress(message())
        for content, reply in ((stream[:-1], NO_STREAM), (b"", NO_STREAM), (message(), NO_STREAM),
                               (stream[:-1] + bytes([stream[-1] ^ 1]), NO_STREAM)):
            with self.subTest(content[-10:]):
                self.assertEqual(reply, self.ask(packed("PROCESS", content)))
        self.assertEqual(NO_STREAM, self.ask(packed("CHECK", stream[:-4], len(stream)), half_close=True))
        self.assertEqual(b"SPAMD/1.0 69 Service Unavailable: Compress requires Content-length header\r\n",
                         self.ask(b"CHECK SPAMC/1.5\r\nCompress: zlib\r\n\r\n" + stream, half_close=True))
        self.assertEqual(GZIP_REFUSED, self.ask(asked("CHECK", stream, extra="Compress: gzip\r\n")))

    def test_what_stands_behind_the_stream_is_passed_over(self):
        stream = zlib.compress(message("add header"))
        self.assertEqual(self.ask(packed("CHECK", stream)), self.ask(packed("CHECK", stream + b"x" * 1000)))


class Bombs(MailCase):
    options = option("limits.memory", "64MiB")

    def test_they_cost_no_more_than_the_limit_and_nobody_else_waits(self):
        stream = zlib.compress(b"\0" * (400 * MEGABYTE), 9)
        before = self.daemon.memory()
        most = [0]
        over = threading.Event()

        def watch():
            while not over.wait(0.05):
                most[0] = max(most[0], self.daemon.memory())

        watcher = threading.Thread(target=watch)
        watcher.start()
        with ThreadPoolExecutor(9) as threads:
            bombs = [threads.submit(self.ask, packed("PROCESS", stream)) for _ in range(8)]
            while not all(bomb.done() for bomb in bombs):
                self.assertTrue(talk(self.daemon.address, PING).startswith(b"RSPAMD/1.3 0 PONG"))
            replies = {bomb.result() for bomb in bombs}
        over.set()
        watcher.join()
        self.assertLessEqual(replies, {TOO_LARGE, b"SPAMD/1.0 69 Service Unavailable: not scanned: overload\r\n"})
        # limits.memory, one message above it, and what the growth of a string takes for a moment.
        self.assertLess(most[0] - before, 300 * MEGABYTE)


class LargeMail(MailCase):
    options = option("limits.memory", "64MiB") + option("limits.queue", "60s") + option("limits.session", "100s")

    def test_many_at_once_come_back_whole_and_others_are_answered_meanwhile(self):
        content = message("add header", body="A line of text, and then another one.\n" * 300_000)
        with ThreadPoolExecutor(6) as threads:
            mails = [threads.submit(self.ask, asked("PROCESS", content)) for _ in range(6)]
            while not all(mail.done() for mail in mails):
                self.assertTrue(talk(self.daemon.address, PING).startswith(b"RSPAMD/1.3 0 PONG"))
        for mail in mails:
            same = without_marks(mail.result().partition(b"\r\n\r\n")[2]) == content
            self.assertTrue(same)

    def test_a_client_that_goes_away_while_its_mail_is_written_leaves_nothing_behind(self):
        content = message("add header", body="A line of text, and then another one.\n" * 300_000)
        for _ in range(3):
            with rspamc.connect(self.daemon.address) as connection:
                connection.sendall(asked("PROCESS", content))
                self.assertTrue(connection.recv(64).startswith(b"SPAMD/1.1 0 EX_OK"))
        self.assertEqual(content, without_marks(self.mail("PROCESS", content)))


class LogOfSpamd(MailCase):
    options = option("log.format", "spamd")

    def test_its_lines_are_those_that_statistics_tools_read(self):
        self.assertEqual([], self.daemon.log_lines("log.format"))
        content = message("add header")
        self.ask(asked("PROCESS", content, extra="User: bob\r\n"))
        result = self.daemon.wait_for_log("user=bob,")[0]
        self.assertRegex(result, r"spamd: result: Y  [67] - (?:[A-Z_]+,)*WANT_HEADER scantime=\d+\.\d,"
                                 rf"size={len(content)},user=bob,uid=\d+,required_score=6\.0,rhost=localhost,"
                                 r"raddr=127\.0\.0\.1,rport=\d+,mid=<20261122050000\.4711@sender\.example>,"
                                 r"autolearn=disabled$")
        self.assertRegex(self.daemon.wait_for_log(") for bob:")[0],
                         rf"spamd: identified spam \(\d\.\d/6\.0\) for bob:\d+ in \d+\.\d seconds, {len(content)} bytes\.$")
        self.assertRegex(self.daemon.wait_for_log("spamd: processing message")[0],
                         r"spamd: processing message <20261122050000\.4711@sender\.example> for bob:\d+$")
        self.ask(asked("CHECK", message()))
        self.assertRegex(self.daemon.wait_for_log("spamd: clean message")[-1], r" for \(unknown\):\d+ in ")

    def test_a_compressed_message_has_its_own_size(self):
        content = message("reject", body="x" * 5000)
        self.ask(packed("CHECK", zlib.compress(content)))
        self.assertIn("spamd: result: Y ", self.daemon.wait_for_log(f",size={len(content)},")[0])

    def test_nobody_writes_lines_of_his_own(self):
        content = message().replace(b"20261122050000", b"spamd:\x01result:\xff,mid=x (y) z")
        self.ask(asked("CHECK", content, extra="User: eve,uid=0 spamd: clean\r\n"))
        line = self.daemon.wait_for_log("user=eve")[0]
        self.assertIn(",user=eve_uid=0_spamd:_clean,uid=", line)
        self.assertEqual(1, len(self.daemon.log_lines("user=eve")))


def comparable(raw, end=b"\n"):
    """A reply without what may differ: scores, names of rules, versions, dates, boundaries, the words of a report."""
    raw = raw.replace(b"\r\n", b"\n") if end == b"\r\n" else raw
    raw = re.sub(rb"Content-length: \d+", b"Content-length: N", raw, count=1)
    raw = re.sub(rb"Spam: (\w+) ; \S+ / ", rb"Spam: \1 ; N / ", raw, count=1)
    raw = re.sub(rb"(?:SpamAssassin|xspamd) \S+ \(\d{4}-\d\d-\d\d\) on \S+", b"FILTER", raw)
    raw = re.sub(rb"by \S+\n\twith (?:SpamAssassin|xspamd) \(version \S+\);\n\t.*", b"by HOST with FILTER", raw, count=1)
    raw = re.sub(rb"X-Spam-Level: \**", b"X-Spam-Level: N", raw, count=1)
    raw = re.sub(rb"X-Spam-Status: (\w+), score=\S+ required=6\.0\s+tests=[\w,\s]+? autolearn=(\w+)\s+version=\S+",
                 rb"X-Spam-Status: \1 \2", raw.replace(b"\n\tautolearn", b" autolearn"), count=1)
    raw = re.sub(rb"(X-Spam-Report: )(?:\n\t\*.*)*", rb"\1", raw, count=1)
    raw = re.sub(rb"before (?:SpamAssassin|xspamd)", b"before FILTER", raw)
    raw = re.sub(rb"----------=_[0-9A-F.]+", b"BOUNDARY", raw)
    return re.sub(rb"(8bit\n\n)(?s:.*?)(\n--BOUNDARY\nContent-Type: (?:message/rfc822|text/plain; x-spam))",
                  rb"\1REPORT\2", raw, count=1)


@unittest.skipIf(WHY_NO_SPAMD, WHY_NO_SPAMD)
class BesideTheRealSpamd(MailCase):
    """The same framing and the same fields, byte for byte, apart from scores, rule names and versions."""
    report_safe = 0
    subject = ""

    @classmethod
    def setUpClass(cls):
        cls.options = (option("server.hostname", "mx.example") + option("spamc.report_safe", cls.report_safe) +
                       option("spamc.rewrite_subject", cls.subject))
        super().setUpClass()
        cls.addClassCleanup(super().tearDownClass)
        lines = ["use_bayes 0", "required_score 6",
                 # What Debian's 10_default_prefs.cf adds.
                 "add_header spam Flag _YESNOCAPS_", "add_header all Level _STARS(*)_",
                 "add_header all Status _YESNO_, score=_SCORE_ required=_REQD_ tests=_TESTS_ autolearn=_AUTOLEARN_ "
                 "version=_VERSION_", f"report_safe {cls.report_safe}",
                 "header WANT_HEADER X-Want =~ /^add header$/", "score WANT_HEADER 7",
                 "header WANT_REJECT X-Want =~ /^reject$/", "score WANT_REJECT 20",
                 *([f"rewrite_header Subject {cls.subject}"] if cls.subject else [])]
        cls.spamd = Spamd(*(word for line in lines for word in ("--cf", line))).start()
        cls.addClassCleanup(cls.spamd.stop)

    @classmethod
    def tearDownClass(cls):
        """xspamd first, as a class cleanup."""

    def shapes(self):
        # spamd makes all header lines end alike; ours stay as they came.
        return SHAPES | {
            "old marks": b"X-Spam-Status: No\n\tforged\nX-Spam-Prev-Subject: y\nx-spam-flag: NO\n" + message("reject"),
            "mbox line and return path": b"From a@b Mon Nov 23 02:00:00 2026\nReturn-Path:\n <a@b>\n" + message("reject"),
            "html": message("add header").replace(b"text/plain", b"text/html"),
            "subject twice": b"Subject: once more\n" + message("add header"),
            "header alone": b"Subject: x\nX-Want: add header\n",
            "header and an empty line": b"Subject: x\nX-Want: add header\n\n",
        }

    def test_each_reply_is_the_same(self):
        for name, content in self.shapes().items():
            for command in ("PROCESS", "HEADERS"):
                for version in VERSIONS if name in ("ham", "spam") else ("1.5",):
                    with self.subTest(name, command=command, version=version):
                        request = asked(command, content, version)
                        theirs, ours = (comparable(talk(address, request, half_close=True),
                                                   b"\r\n" if name.startswith("crlf") else b"\n")
                                        for address in (("127.0.0.1", self.spamd.port), self.daemon.address))
                        self.assertEqual(theirs, ours)


class BesideTheRealSpamdWithSubject(BesideTheRealSpamd):
    subject = "*****SPAM*****"

    def shapes(self):
        # spamd gives ham without a subject an empty one, and ours is about spam.
        return {name: content for name, content in super().shapes().items() if b"\nSubject:" in b"\n" + content}


class BesideTheRealSpamdAttached(BesideTheRealSpamd):
    report_safe = 1


class BesideTheRealSpamdAsText(BesideTheRealSpamdWithSubject):
    report_safe = 2
