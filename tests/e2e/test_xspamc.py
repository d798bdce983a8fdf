"""xspamc in place of spamc, xspamc scan, and xspamc --mime in place of rspamc where mail is delivered."""
import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import unittest

import support
from daemon import Daemon
from tell_servers import ScriptedServer

CLIENT = str(support.CHECKOUT / os.environ.get("XSPAMC_BINARY", "build/xspamc"))
SPAMC = shutil.which("spamc")
WHY_NO_SPAMC = "" if SPAMC else "spamc is not installed"

HAM = (b"From: Bob <bob@example.net>\nTo: joe@example.org\nSubject: Lunch\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n"
       b"Message-ID: <ham@example.net>\n\nAt noon?\n")
SPAM = HAM.replace(b"\n\n", b"\nX-Want: add header\n\n", 1).replace(b"ham@", b"spam@")
MESSAGES = {"ham": HAM, "spam": SPAM, "spam with CRLF": SPAM.replace(b"\n", b"\r\n"),
            "no header": b"\nAt noon?\n", "no body": b"Subject: x\n", "one byte": b"x",
            "folded": SPAM.replace(b"Subject: Lunch", b"Subject: Lunch\n\tand dinner"),
            "mbox": b"From bob@example.net Thu Jan  1 00:00:00 2026\n" + SPAM}
BATCH = (b"EHLO mail.example.net\r\nMAIL FROM:<bob@example.net>\r\nRCPT TO:<joe@example.org>\r\nDATA\r\n"
         + SPAM.replace(b"\n", b"\r\n") + b"..dot\r\n.\r\nQUIT\r\n")
NO_CONFIG = ["-F", "/dev/null"]

# What stands in scripts; each is tried on every message.
OPTIONS = [[], ["-E"], ["-x"], ["-c"], ["-c", "-E"], ["-c", "-x"], ["--check"], ["-y"], ["-y", "-E"], ["--tests"], ["-R"],
           ["-R", "-E"], ["--full"], ["-r"], ["-r", "-E"], ["--full-spam"], ["-r", "-R"], ["--headers"], ["--headers", "-E"],
           ["-u", "joe"], ["-t", "20", "-n", "20"], ["-H"], ["-4"], ["-l"], ["-f"], ["-K"],
           ["-s", "50"], ["-s", "50", "-c"], ["-s", "50", "-y"], ["-s", "50", "-R"], ["-s", "50", "-x"],
           ["-s", "50", "-E"], ["-B"], ["-B", "-x"], ["-C", "report"], ["-C", "revoke"],
           ["-L", "eggs"], ["-L", "spam", "-c"], ["--no-such-option"], ["-e", "/bin/cat"], ["-x", "-e", "/bin/false"],
           ["--connect-retries", "1", "--retry-sleep", "0", "--filter-retries", "2", "--filter-retry-sleep", "0"]]


def ask(program, *words, content=b""):
    return subprocess.run([program, *NO_CONFIG, *map(str, words)], input=content, capture_output=True,
                          timeout=4 * support.PATIENCE)


def run(*words, content=b""):
    return subprocess.run([CLIENT, *map(str, words)], input=content, capture_output=True,
                          timeout=4 * support.PATIENCE)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("xspamc")
        self.addCleanup(self.folder.remove)

    def expect(self, done, status=0, output=None, trouble=b""):
        self.assertEqual(status, done.returncode, done.stderr.decode(errors="replace"))
        if output is not None:
            self.assertEqual(output, done.stdout)
        self.assertIn(trouble, done.stderr)


class WithServer(Case):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.stop)

    def ask(self, *words, content=HAM):
        return ask(CLIENT, "-d", "127.0.0.1", "-p", self.daemon.port, *words, content=content)


@unittest.skipIf(WHY_NO_SPAMC, WHY_NO_SPAMC)
class SideBySide(WithServer):
    """Both clients on the same message: the same status and the same bytes."""

    def compare(self, words, message, where=None):
        where = where or ["-d", "127.0.0.1", "-p", self.daemon.port]
        theirs, ours = (ask(program, *where, *words, content=message) for program in (SPAMC, CLIENT))
        if theirs.returncode == 64:  # spamc prints its usage to standard output
            return self.assertEqual(64, ours.returncode)
        self.assertEqual((theirs.returncode, theirs.stdout), (ours.returncode, ours.stdout), ours.stderr)

    def test_every_option_on_every_message(self):
        for name, message in MESSAGES.items():
            for words in OPTIONS:
                # Where no empty line ends the header spamc gives back what it was given.
                if "--headers" in words and name in ("no header", "no body", "one byte"):
                    continue
                with self.subTest(message=name, words=words):
                    self.compare(words, message)

    def test_over_a_unix_socket(self):
        for words in (["-c"], ["-R"], ["-K"], []):
            with self.subTest(words=words):
                self.compare(words, SPAM, ["-U", self.daemon.socket_path])

    def test_batch_smtp(self):
        for words in (["-B"], ["-B", "-x"], ["-B", "-c"], ["-B", "-E"]):
            with self.subTest(words=words):
                self.compare(words, BATCH)

    def test_teaching(self):
        for number, words in enumerate((["-L", "spam"], ["-L", "ham"], ["--learntype=spam"])):
            # Each client teaches a message of its own, twice, and forgets it twice.
            said = {}
            for program in (SPAMC, CLIENT):
                mail = HAM.replace(b"ham@", b"%d-%s@" % (number, os.path.basename(program).encode()))
                mail += b"learned by %s\n" % os.path.basename(program).encode()
                said[program] = [(done.returncode, done.stdout) for done in
                                 (ask(program, "-d", "127.0.0.1", "-p", self.daemon.port, *each, content=mail)
                                  for each in (words, words, ["-L", "forget"], ["-L", "forget"]))]
            self.assertEqual(said[SPAMC], said[CLIENT])
            self.assertIn(b"successfully", said[CLIENT][0][1])

    def test_servers_that_fail(self):
        answers = {"close": None, "nothing": b"", "refusal": b"SPAMD/1.0 76 Bad header line: (x)\r\n",
                   "other protocol": b"220 mail.example.org ESMTP\r\n", "old version": b"SPAMD/0.9 0 EX_OK\r\n\r\n",
                   "head cut off": b"SPAMD/1.1 0 EX_OK\r\nSpam: Tr",
                   "body cut off": b"SPAMD/1.1 0 EX_OK\r\nContent-length: 9\r\nSpam: True ; 9.0 / 5.0\r\n\r\nxx",
                   "body too long": b"SPAMD/1.1 0 EX_OK\r\nContent-length: 1\r\nSpam: True ; 9.0 / 5.0\r\n\r\nxx",
                   "no length": b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 9.0 / 5.0\r\n\r\nxx",
                   "no verdict": b"SPAMD/1.1 0 EX_OK\r\nContent-length: 2\r\n\r\nxx"}
        for name, answer in answers.items():
            with ScriptedServer(lambda request, answer=answer: answer) as server:
                for words in ([], ["-x"], ["-c"], ["-c", "-x"], ["-R"], ["-y"], ["-y", "-x"], ["-L", "ham"], ["--headers"],
                              ["-x", "-E"], ["-e", "/bin/cat"]):
                    with self.subTest(answer=name, words=words):
                        self.compare(words, SPAM, ["-d", "127.0.0.1", "-p", server.port])

    def test_servers_that_are_not_there(self):
        for where in (["-d", "127.0.0.1", "-p", support.free_port(), "--retry-sleep", 0],
                      ["-U", str(self.folder / "none.sock")],
                      ["-d", "255.255.255.255", "--connect-retries", 1]):
            for words in ([], ["-x"], ["-x", "-X"], ["-c"], ["-y"], ["-R"], ["-L", "spam"], ["-K"], ["-C", "report"]):
                with self.subTest(where=where, words=words):
                    if where[1] == "255.255.255.255" and {"-x", "-K", "-L"} & set(words):
                        continue  # spamc's status is of whatever call failed before
                    self.compare(words, SPAM, where)


class InPlaceOfSpamc(WithServer):
    def test_a_message_over_the_usual_size_passes_unread(self):
        large = HAM + b"x" * 600_000
        self.expect(self.ask(content=large), output=large)
        self.expect(self.ask("-x", content=large), output=large)
        self.expect(self.ask("-c", content=large), output=b"0/0\n")
        self.expect(self.ask("-c", "-s", 1_000_000, content=large))

    def test_letters_may_be_bundled(self):
        """spamc passes over all but the first of them."""
        self.expect(self.ask("-RE", content=SPAM), 1, self.ask("-R", content=SPAM).stdout)
        self.expect(self.ask("-xe", "/bin/false", content=SPAM), 1, b"")

    def test_teaching_a_message_that_is_too_large(self):
        self.expect(self.ask("-s", "50", "-L", "spam"), 98, b"")

    def test_compressed(self):
        for words in (["-R"], ["-c"], ["-y"], []):
            plain = self.ask(*words, content=SPAM)
            self.expect(self.ask("-z", *words, content=SPAM), plain.returncode, plain.stdout)

    def test_the_next_host_where_one_refuses(self):
        for hosts in ("127.0.0.2,127.0.0.1", "255.255.255.255,127.0.0.1", "127.0.0.2,127.0.0.3,127.0.0.4,127.0.0.1"):
            began = time.monotonic()
            self.expect(ask(CLIENT, "-d", hosts, "-p", self.daemon.port, "-c", "--retry-sleep", 0, content=SPAM), 1)
            self.assertLess(time.monotonic() - began, support.PATIENCE)
        self.expect(ask(CLIENT, "-d", "127.0.0.2,127.0.0.1", "-p", self.daemon.port, "-x", "--retry-sleep", 0,
                        content=SPAM), 69, b"")

    def test_options_in_a_file_give_way_to_the_command_line(self):
        path = self.folder / "spamc.conf"
        path.write_text(f"# where\n-d 127.0.0.1\n-p {self.daemon.port} -E\n")
        self.expect(run("-F", path, content=SPAM), 1)
        self.expect(run("-F", path, "-p", support.free_port(), "-c", "--retry-sleep", 0, content=SPAM), 0, b"0/0\n")
        self.expect(run("-F", self.folder / "none", content=SPAM), 78, b"")

    def test_a_status_is_told_where_nobody_reads(self):
        for closed, words, message, status in ((">&-", "-c", SPAM, 1), (">&-", "-c", HAM, 0), (">&-", "", HAM, 74),
                                               ("> /dev/full", "", HAM, 74)):
            with self.subTest(closed=closed, words=words):
                line = f"{CLIENT} {' '.join(NO_CONFIG)} -p {self.daemon.port} {words} {closed}"
                done = subprocess.run(["sh", "-c", line], input=message, capture_output=True, timeout=support.PATIENCE)
                self.assertEqual(status, done.returncode, done.stderr)

    def test_a_pipe_as_procmail_has_it(self):
        line = f"{CLIENT} {' '.join(NO_CONFIG)} -p {self.daemon.port} -s 512000 | cat > {self.folder / 'mail'}"
        subprocess.run(["sh", "-c", line], input=SPAM, check=True, timeout=support.PATIENCE)
        self.assertIn(b"At noon?", (self.folder / "mail").read_bytes())

    def test_no_input(self):
        self.expect(self.ask(content=b""), 0, b"")
        self.expect(self.ask("-x", content=b""), 74, b"")

    def test_a_server_that_falls_silent(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            where = ["-d", "127.0.0.1", "-p", silent.getsockname()[1], "-t", 1]
            self.expect(ask(CLIENT, *where, content=SPAM), 0, SPAM)
            self.expect(ask(CLIENT, *where, "-x", "-l", content=SPAM), 74, b"", b"no answer within the time limit")
            self.expect(ask(CLIENT, *where, "-c", content=b"x" * 500_000), 0, b"0/0\n")

    def test_another_try_after_a_connection_that_ended(self):
        answers = [None, b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 9.0 / 5.0\r\n\r\n"]
        with ScriptedServer(lambda request: answers.pop(0)) as server:
            self.expect(ask(CLIENT, "-d", "127.0.0.1", "-p", server.port, "-c", "--filter-retries", 2,
                            "--filter-retry-sleep", 0, content=SPAM), 1, b"9.0/5.0\n")


class Scan(WithServer):
    def test_a_report_as_rspamc_prints_it(self):
        path = self.folder / "spam.eml"
        path.write_bytes(SPAM)
        done = run("-p", self.daemon.port, "scan", path)
        self.expect(done)
        lines = done.stdout.decode().splitlines()
        self.assertRegex(lines[0], rf"^Results for file: {path} \(\d+\.\d{{3}} seconds\)$")
        self.assertEqual(["[Metric: default]", "Action: add header", "Spam: true"], lines[1:4])
        self.assertRegex(lines[4], r"^Score: \d+\.\d\d / 15\.00$")
        self.assertIn("Symbol: WANT_HEADER (7.00)", "\n".join(lines))
        self.assertIn("Message-ID: spam@example.net", lines)
        symbols = [line for line in lines if line.startswith("Symbol: ")]
        self.assertEqual(sorted(symbols), symbols)

    def test_standard_input_several_messages_and_json(self):
        done = run("-p", self.daemon.port, "symbols", "-j", content=b"".join(
            b"From bob@example.net Thu Jan  1 00:00:00 2026\n" + mail + b"\n" for mail in (HAM, SPAM)))
        self.expect(done)
        actions = [json.loads(line)["action"] for line in done.stdout.splitlines()]
        self.assertEqual(2, len(actions))
        self.assertEqual("add header", actions[1])

    def test_the_envelope_reaches_the_server(self):
        done = run("-p", self.daemon.port, "scan", "--queue-id", "1abc-DEF", "-i", "192.0.2.1", "-F", "bob@example.net",
                   "-r", "joe@example.org", "--helo", "mail.example.net", "--hostname", "mail.example.net", "--user",
                   "joe", content=HAM)
        self.expect(done)
        line = self.daemon.wait_for_log("1abc-DEF")[0]
        for value in ("192.0.2.1", "bob@example.net", "joe@example.org"):
            self.assertIn(value, line)

    def test_trouble(self):
        self.expect(run("-p", self.daemon.port, "scan", self.folder / "none"), 74, b"", b"No such file")
        self.expect(run("-p", support.free_port(), "--retry-sleep", 0, "scan", content=HAM), 69, b"", b"cannot connect")
        with ScriptedServer(lambda request: b"SPAMD/1.0 76 Bad header line\r\n") as server:
            self.expect(run("-p", server.port, "scan", content=HAM), 1, b"", b"does not answer as xspamd does")


class WhereMailIsDelivered(WithServer):
    def setUp(self):
        super().setUp()
        self.mailbox = self.folder / "mail"
        # In place of dovecot's: what it was given, for whom, and the status that a test wants.
        self.deliver = self.folder / "deliver"
        self.deliver.write_text(f'#!/bin/sh\n[ "$1" = -d ] || exit 64\ncat > "{self.mailbox}.$2"\nexit ${{STATUS:-0}}\n')
        self.deliver.chmod(0o755)

    def delivered(self, user="joe"):
        return (self.folder / f"mail.{user}").read_bytes()

    def mark(self, *words, content=SPAM, **more):
        return subprocess.run([CLIENT, *NO_CONFIG, "--mime", *map(str, words)], input=content, capture_output=True,
                              timeout=4 * support.PATIENCE, **more)

    def fields(self, mail):
        head = mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
        return dict(line.split(": ", 1) for line in head.replace("\n\t", " ").splitlines() if line.startswith("X-Spam"))

    def test_the_fields_stand_behind_the_others(self):
        for message in (SPAM, SPAM.replace(b"\n", b"\r\n"), HAM):
            end = b"\r\n" if b"\r\n" in message else b"\n"
            done = self.mark("-p", self.daemon.port, content=message)
            self.expect(done)
            head, body = message.split(end + end, 1)
            self.assertTrue(done.stdout.startswith(head + end + b"X-Spam-Scanner: xspamc "), done.stdout)
            self.assertTrue(done.stdout.endswith(end + end + body), done.stdout)
            if end == b"\r\n":
                self.assertNotRegex(done.stdout, rb"[^\r]\n")
            fields = self.fields(done.stdout)
            spam = message is not HAM
            self.assertEqual("yes" if spam else None, fields.get("X-Spam"))
            if spam:
                self.assertEqual("add header", fields["X-Spam-Action"])
                self.assertIn("WANT_HEADER", fields["X-Spam-Symbols"])
            self.assertRegex(fields["X-Spam-Score"], r"^-?\d+\.\d\d / 15\.00$")
            self.assertNotIn("X-Spam-Result", fields)

    def test_the_whole_verdict_as_json(self):
        done = self.mark("-p", self.daemon.port, "--json")
        result = json.loads(base64.b64decode(self.fields(done.stdout)["X-Spam-Result"]))
        self.assertEqual("add header", result["action"])
        self.assertEqual(7.0, result["symbols"]["WANT_HEADER"]["score"])

    def test_no_sender_answers_for_the_scanner(self):
        forged = SPAM.replace(b"Subject:", b"X-Spam-Action: no action\nX-Spam-Score: -9 / 15\nSubject:")
        for words in (["-p", self.daemon.port], ["-p", support.free_port(), "--retry-sleep", 0]):
            self.assertNotIn(b"X-Spam-Action: no action", self.mark(*words, content=forged).stdout)

    def test_fetchmail_with_dovecots_deliver(self):
        """mda "/usr/bin/rspamc --mime --exec \\"/usr/lib/dovecot/deliver -d %T\\"" """
        line = f'{CLIENT} {" ".join(NO_CONFIG)} -p {self.daemon.port} --mime --exec "{self.deliver} -d joe"'
        done = subprocess.run(["sh", "-c", line], input=SPAM, capture_output=True, timeout=support.PATIENCE)
        self.expect(done, 0, b"")
        self.assertEqual("yes", self.fields(self.delivered())["X-Spam"])

    def test_the_status_of_the_command_is_passed_on(self):
        for status in (0, 1, 67, 75, 255):
            done = self.mark("-p", self.daemon.port, "--exec", f"{self.deliver} -d joe",
                             env={**os.environ, "STATUS": str(status)})
            self.expect(done, status)

    def test_no_shell_reads_the_command(self):
        self.expect(self.mark("-p", self.daemon.port, "--exec", f"{self.deliver} -d '$(id);x' ; false"))
        self.assertIn(b"At noon?", self.delivered("$(id);x"))

    def test_a_server_that_fails_does_not_lose_mail(self):
        def check(words, why):
            done = self.mark(*words, "--exec", f"{self.deliver} -d joe")
            self.expect(done, 0, b"", why.encode())
            fields = self.fields(self.delivered())
            self.assertIn(why, fields["X-Spam-Error"])
            self.assertNotIn("X-Spam-Action", fields)
            self.assertTrue(self.delivered().endswith(SPAM[SPAM.index(b"\n\n"):]))
            os.unlink(self.folder / "mail.joe")
            self.assertNotEqual(0, self.mark(*words, "-x", "--exec", f"{self.deliver} -d joe").returncode)
            self.assertFalse((self.folder / "mail.joe").exists())
        check(["-p", support.free_port(), "--retry-sleep", 0], "cannot connect")
        check(["-U", self.folder / "none.sock"], "cannot connect")
        for answer, why in ((None, "without an answer"), (b"RSPAMD/1.3 0 EX_OK\r\nMetric: def", "cut off"),
                            (b"220 mail.example.org ESMTP\r\n", "does not answer as xspamd does")):
            with ScriptedServer(lambda request, answer=answer: answer) as server:
                check(["-p", server.port], why)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            check(["-p", silent.getsockname()[1], "-t", 1], "no answer within the time limit")

    def test_a_command_that_fails(self):
        where = ["-p", self.daemon.port]
        self.expect(self.mark(*where, "--exec", self.folder / "none"), 75, b"", b"cannot be run")
        self.expect(self.mark(*where, "--exec", "sh -c 'kill -9 $$'"), 75)
        large = HAM + b"x" * 1_000_000
        self.expect(self.mark(*where, "--exec", "true", content=large))
        self.expect(self.mark(*where, "--exec", "false", content=large), 1)
        self.expect(self.mark(*where, "--exec", "sh -c 'exec <&-; sleep 0.2; exit 3'", content=large), 3)

    def test_a_message_that_is_too_large_passes_whole(self):
        large = HAM + b"x" * 100_000
        done = self.mark("-p", self.daemon.port, "-s", 1000, "--exec", f"{self.deliver} -d joe", content=large)
        self.expect(done, 0, b"", b"more than 1000 bytes")
        self.assertTrue(self.delivered().endswith(large[large.index(b"\n\n"):]))

    def test_no_input(self):
        self.expect(self.mark("-p", self.daemon.port, "--exec", f"{self.deliver} -d joe", content=b""), 74)
        self.assertFalse((self.folder / "mail.joe").exists())

    def test_a_signal_reaches_the_command_first(self):
        marker = self.folder / "runs"
        command = f"sh -c 'cat > /dev/null; : > {marker}; exec sleep 60'"
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with subprocess.Popen([CLIENT, *NO_CONFIG, "--mime", "-p", str(self.daemon.port), "--exec", command],
                                  stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                process.stdin.write(SPAM)
                process.stdin.close()
                support.wait_until(marker.exists, "the command")
                process.send_signal(number)
                self.assertEqual(75, process.wait(timeout=support.PATIENCE))
            marker.unlink()
