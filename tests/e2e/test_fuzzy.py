"""Fuzzy digests: near copies of what was reported are found, other mail is not; by TELL, spamc and xspamc."""
import base64
import os
import random
import shutil
import socket
import subprocess
import unittest

import support
from daemon import Daemon, option
from rspamc import check

XSPAMC = os.environ.get("XSPAMC_BINARY", str(support.BINARY.parent / "xspamc"))


def words(count, seed):
    chance = random.Random(seed)
    return ["".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(chance.randint(3, 9)))
            for _ in range(count)]


def mail(text, kind="text/plain", header=""):
    return (f"From: writer@example.org\nTo: bob@test.example\nSubject: Hello\nMIME-Version: 1.0\n{header}"
            f"Content-Type: {kind}; charset=utf-8\n\n{text}\n").encode()


def wrapped(text, width=60):
    """Lines of other lengths."""
    lines, line = [], ""
    for word in text.split():
        line += word + " "
        if len(line) > width:
            lines.append(line)
            line = ""
    return "\n".join([*lines, line])


def with_file(text, content, name="invoice.zip", kind="application/zip"):
    packed = base64.encodebytes(content).decode()
    return (f"From: writer@example.org\nTo: bob@test.example\nSubject: Your invoice\nMIME-Version: 1.0\n"
            f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{text}\n"
            f"--b\nContent-Type: {kind}; name={name}\nContent-Disposition: attachment; filename={name}\n"
            f"Content-Transfer-Encoding: base64\n\n{packed}\n--b--\n").encode()


CLIENT = "198.51.100.7"  # none of ours, whose mail is left alone
SPAM = words(200, 1)
SPAM_MAIL = mail(wrapped(" ".join(SPAM)))
OTHER_MAIL = mail(wrapped(" ".join(words(200, 2))))


def changed(percent, seed=3):
    chance = random.Random(seed)
    return [chance.choice(words(50, seed)) if chance.random() * 100 < percent else word for word in SPAM]


def in_html(some):
    chance = random.Random(4)
    between = [" ", "\n", " <b>", "</b> ", "<br>\n", "</p>\n<p class=\"x\">", " <!-- here --> "]
    return "<html><body><table><tr><td><p>" + "".join(word + chance.choice(between) for word in some) + "</table>"


def personalised(some):
    return (["Dear", "Mr.", "Miller,", "your", "order", "4711", "of", "2026-11-20"] + some +
            ["https://shop.example/x?id=9a7b6c", "mailto", "miller@example.net", "No.", "99281"])


NEAR_COPIES = {
    "the same": SPAM_MAIL,
    "other lines and line ends": mail(wrapped(" ".join(SPAM), 30)).replace(b"\n", b"\r\n"),
    "words changed": mail(" ".join(changed(4))),
    "wrapped in HTML": mail(in_html(SPAM), "text/html"),
    "personalised": mail(" ".join(personalised(SPAM))),
    "personalised, changed, wrapped in HTML": mail(in_html(personalised(changed(3))), "text/html"),
    "with a footer": mail(" ".join(SPAM) + "\n--\n" + " ".join(words(25, 5))),
}


def tell(address, content, *lines, family=socket.AF_INET):
    head = "".join(f"{line}\r\n" for line in ("TELL SPAMC/1.5", *lines, f"Content-length: {len(content)}", ""))
    with socket.socket(family) as connection:
        connection.settimeout(support.PATIENCE)
        connection.connect(address)
        connection.sendall(head.encode() + content)
        reply = b""
        while piece := connection.recv(4096):
            reply += piece
    return reply


def told(*lines):
    return b"SPAMD/1.1 0 EX_OK\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n\r\n"


class FuzzyCase(unittest.TestCase):
    STORE = "sqlite:{folder}/x.db"  # another store for the same tests: another value

    def setUp(self):
        self.folder = support.Folder("fuzzy")
        self.addCleanup(self.folder.remove)
        if support.is_root():
            shutil.chown(self.folder.path, "nobody", "nogroup")

    def start(self, *options):
        daemon = Daemon(options=[*option("store.url", self.STORE.format(folder=self.folder.path)), *options]).start()
        self.addCleanup(daemon.stop)
        return daemon

    def fuzzy(self, daemon, content):
        """{symbol: points} of this check."""
        symbols = check(daemon.address, content, ip=CLIENT).symbols
        return {name: float(value[0]) for name, value in symbols.items() if name.startswith("FUZZY_")}

    def wait_for(self, daemon, content, symbol):
        """A store that was empty a moment ago is asked again within five seconds."""
        support.wait_until(lambda: symbol in self.fuzzy(daemon, content), f"{symbol}")

    def xspamc(self, daemon, *arguments, content=b"", status=0):
        done = subprocess.run([XSPAMC, "-p", str(daemon.port), *map(str, arguments)], input=content,
                              capture_output=True, timeout=support.PATIENCE)
        self.assertEqual(status, done.returncode, done.stderr.decode())
        return (done.stdout + done.stderr).decode()


class WhatIsReported(FuzzyCase):
    def test_near_copies_are_found_and_other_mail_is_not(self):
        daemon = self.start()
        self.assertEqual({}, self.fuzzy(daemon, SPAM_MAIL))
        self.assertIn("learned 1,", self.xspamc(daemon, "fuzzy-add", "-f", "denied", content=SPAM_MAIL))
        self.wait_for(daemon, SPAM_MAIL, "FUZZY_DENIED")
        for why, copy in NEAR_COPIES.items():
            with self.subTest(why):
                self.assertGreater(self.fuzzy(daemon, copy).get("FUZZY_DENIED", 0), 5)
        self.assertEqual({"FUZZY_DENIED": 12.0}, self.fuzzy(daemon, SPAM_MAIL))
        for why, other in (("other words", OTHER_MAIL), ("a few words", mail("See you at noon")), ("none", mail(""))):
            with self.subTest(why):
                self.assertEqual({}, self.fuzzy(daemon, other))

    def test_is_known_after_a_restart_and_can_be_forgotten(self):
        daemon = self.start()
        self.assertEqual(told(b"DidSet: remote"), tell(daemon.address, SPAM_MAIL, "Message-class: spam", "Set: remote"))
        daemon.stop()
        again = self.start()
        self.assertEqual({"FUZZY_DENIED": 1.2}, self.fuzzy(again, SPAM_MAIL))
        self.assertIn("forgotten 1,", self.xspamc(again, "fuzzy-del", content=NEAR_COPIES["personalised"]))
        self.assertEqual({}, self.fuzzy(again, SPAM_MAIL))
        self.assertIn("never learned 1,", self.xspamc(again, "fuzzy-del", content=SPAM_MAIL))

    def test_has_the_flag_and_the_weight_it_was_added_with(self):
        daemon = self.start()
        flags = (("2", "probable", "FUZZY_PROB", 5.0), ("white", "white", "FUZZY_WHITE", -2.1),
                 ("denied", "denied", "FUZZY_DENIED", 12.0))
        for flag, name, symbol, points in flags:
            with self.subTest(flag):
                self.xspamc(daemon, "fuzzy-add", "-f", flag, content=SPAM_MAIL)
                self.wait_for(daemon, SPAM_MAIL, symbol)
                self.assertEqual({symbol: points}, self.fuzzy(daemon, SPAM_MAIL))
        self.xspamc(daemon, "fuzzy-add", "-f", "1", "-w", "5", content=OTHER_MAIL)
        self.assertEqual({"FUZZY_DENIED": 6.0}, self.fuzzy(daemon, OTHER_MAIL))
        self.xspamc(daemon, "fuzzy-del", "-f", "white", content=OTHER_MAIL)
        self.assertEqual({"FUZZY_DENIED": 6.0}, self.fuzzy(daemon, OTHER_MAIL))

    def test_an_attached_file_is_found_in_another_mail(self):
        daemon = self.start()
        content = random.Random(6).randbytes(5000)
        self.xspamc(daemon, "fuzzy-add", "-f", "denied", content=with_file("Please pay", content))
        other = with_file("Something else altogether", content, "other.zip")
        self.wait_for(daemon, other, "FUZZY_DENIED")
        self.assertEqual({"FUZZY_DENIED": 12.0}, self.fuzzy(daemon, other))
        self.assertEqual({}, self.fuzzy(daemon, with_file("Please pay", content + b"!")))

    def test_too_short_a_text_is_not_added(self):
        daemon = self.start()
        self.assertIn("too short to add 1,", self.xspamc(daemon, "fuzzy-add", "-f", "denied", content=mail("Hi Bob")))


class HowItIsTold(FuzzyCase):
    @unittest.skipUnless(shutil.which("spamc"), "spamc is not installed")
    def test_spamc_reports_and_revokes(self):
        daemon = self.start()

        def spamc(what):
            done = subprocess.run(["spamc", "-F", "/dev/null", "-d", "127.0.0.1", "-p", str(daemon.port), "-C", what],
                                  input=SPAM_MAIL, capture_output=True, timeout=support.PATIENCE)
            return done.stdout.decode().strip()

        self.assertEqual("Message successfully reported/revoked", spamc("report"))
        self.wait_for(daemon, SPAM_MAIL, "FUZZY_DENIED")
        self.assertEqual("Message successfully reported/revoked", spamc("revoke"))
        self.assertEqual({}, self.fuzzy(daemon, SPAM_MAIL))
        self.assertEqual("Unable to report/revoke message", spamc("revoke"))

    def test_the_reply_tells_what_was_done_here_and_there(self):
        daemon = self.start()
        cases = (
            (("Message-class: spam", "Set: local,remote"), (b"DidSet: local,remote",)),
            (("Message-class: spam", "Set: local,remote"), (b"DidSet: remote",)),
            (("Message-class: ham", "Set: local", "Remove: remote"), (b"DidSet: local", b"DidRemove: remote")),
            (("Message-class: ham", "Set: remote"), (b"DidSet: remote",)),
            (("Remove: local,remote", "Fuzzy: white"), (b"DidRemove: local,remote",)),
            (("Remove: remote",), ()),
        )
        for head, want in cases:
            with self.subTest(head):
                self.assertEqual(told(*want), tell(daemon.address, SPAM_MAIL, *head))

    def test_who_may_not_teach_may_not_report(self):
        daemon = self.start(*option("learn.allow", ["192.0.2.1"]))
        for head in (("Message-class: spam", "Set: remote"), ("Remove: remote",)):
            reply = tell(daemon.address, SPAM_MAIL, *head)
            self.assertIn(b"69 Service Unavailable: TELL is not allowed", reply)
        self.assertEqual({}, self.fuzzy(daemon, SPAM_MAIL))

    def test_a_flag_that_is_none_is_refused(self):
        daemon = self.start()
        reply = tell(daemon.address, SPAM_MAIL, "Set: remote", "Fuzzy: nothing")
        self.assertEqual(b"SPAMD/1.0 76 Bad header line: (Fuzzy header names no flag and weight)\r\n", reply)
        self.assertIn("-f: \"deny\" is no flag", self.xspamc(daemon, "fuzzy-add", "-f", "deny", status=64))
        self.xspamc(daemon, "fuzzy-add", status=64)

    def test_every_message_of_an_mbox(self):
        daemon = self.start()
        box = b"".join(b"From x\n" + mail(" ".join(words(100, 100 + number))) + b"\n" for number in range(50))
        self.assertIn("learned 50,", self.xspamc(daemon, "fuzzy-add", "-f", "1", content=box))
        self.wait_for(daemon, mail(" ".join(words(100, 149))), "FUZZY_DENIED")
        self.assertEqual({}, self.fuzzy(daemon, mail(" ".join(words(100, 150)))))


if __name__ == "__main__":
    unittest.main()
