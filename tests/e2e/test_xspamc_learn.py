"""xspamc learn-spam, learn-ham, forget: against SpamAssassin's own daemon, and against servers that misbehave."""
import gzip
import os
import pty
import re
import shutil
import subprocess
import threading
import time
import unittest
from pathlib import Path

import support
from tell_servers import DONE, NOTHING_DONE, WHY_NO_SPAMD, ScriptedServer, Spamd

CLIENT = support.CHECKOUT / os.environ.get("XSPAMC_BINARY", "build/xspamc")
SUMMARY = re.compile(r"learned (\d+), (?:already|never) learned (\d+), forgotten (\d+), refused (\d+), failed (\d+)"
                     r"(?:, skipped (\d+))? of (\d+) messages? in \d+\.\d s")
REFUSAL = b"SPAMD/1.0 69 Service Unavailable: TELL commands are not enabled, set the --allow-tell switch.\r\n"
MEGABYTE = 1_000_000


def message(number, end=b"\n", words=b"Some words of this message"):
    return end.join([b"From: <bob@example.net>", b"Subject: Message %d" % number,
                     b"Message-ID: <%d@example.net>" % number, b"", words + b" %d" % number, b""])


def mbox(numbers):
    return b"".join(b"From bob@example.net Thu Jan  1 00:00:00 2026\n" + message(number) + b"\n" for number in numbers)


def run(*words, content=b""):
    """`content` goes to standard input; a file object is read as it is."""
    given = {"input": content} if isinstance(content, bytes) else {"stdin": content}
    return subprocess.run([str(CLIENT), *map(str, words)], capture_output=True, timeout=4 * support.PATIENCE, **given)


class ClientCase(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("xspamc")
        self.addCleanup(self.folder.remove)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def expect(self, done, status=0, trouble=(), **counts):
        """The counts that are not named are 0; each piece of `trouble` stands on standard error."""
        errors = done.stderr.decode()
        self.assertEqual(status, done.returncode, errors)
        found = SUMMARY.fullmatch(done.stdout.decode().splitlines()[-1])
        self.assertTrue(found, done.stdout)
        names = ("learned", "unchanged", "forgotten", "refused", "failed", "skipped", "messages")
        seen = dict(zip(names, (int(count or 0) for count in found.groups())))
        counts["messages"] = counts.get("messages", sum(counts.values()))
        self.assertEqual({name: counts.get(name, 0) for name in names}, seen, errors)
        for piece in trouble:
            self.assertIn(piece, errors)
        if not trouble:
            self.assertEqual("", errors)


@unittest.skipIf(WHY_NO_SPAMD, WHY_NO_SPAMD)
class WithSpamd(ClientCase):
    @classmethod
    def setUpClass(cls):
        cls.spamd = Spamd("--allow-tell").start()
        cls.addClassCleanup(cls.spamd.stop)

    def ask(self, *words, content=b""):
        return run("-p", self.spamd.port, *words, content=content)

    def test_learned_learned_again_learned_as_the_other_forgotten(self):
        mail = message(1)
        self.expect(self.ask("learn-spam", content=mail), learned=1)
        self.expect(self.ask("learn-spam", content=mail), unchanged=1)
        self.expect(self.ask("learn-ham", content=mail), learned=1)
        self.expect(self.ask("learn-ham", content=mail), unchanged=1)
        self.expect(self.ask("forget", content=mail), forgotten=1)
        self.expect(self.ask("forget", content=mail), unchanged=1)
        self.expect(self.ask("-u", "joe", "learn-ham", content=mail), learned=1)

    @unittest.skipUnless(shutil.which("spamc"), "spamc is not installed")
    def test_spamc_and_xspamc_learn_the_same_message(self):
        for number, end in ((10, b"\n"), (11, b"\r\n")):
            mail = message(number, end)
            self.expect(self.ask("learn-spam", content=mail), learned=1)
            for command, said in (("spam", b"already"), ("forget", b"successfully")):
                done = subprocess.run(["spamc", "-F", "/dev/null", "-d", "127.0.0.1", "-p", str(self.spamd.port),
                                       "-L", command], input=mail, capture_output=True, timeout=support.PATIENCE)
                self.assertIn(said, done.stdout)
            self.expect(self.ask("forget", content=mail), unchanged=1)

    def test_a_thousand_messages_through_a_pipe_packed(self):
        file = self.write("mbox", mbox(range(1000, 2000)))
        for counts in ({"learned": 1000}, {"unchanged": 1000}):
            with subprocess.Popen(["gzip", "-c", str(file)], stdout=subprocess.PIPE) as packing:
                self.expect(self.ask("learn-spam", content=packing.stdout), **counts)

    def test_every_form_of_mail_at_once(self):
        self.write("Maildir/cur/1:2,S", message(100))
        self.write("Maildir/new/2", message(101))
        self.write("Maildir/tmp/3", b"half of")
        self.write("Maildir/dovecot-uidlist", b"3 V1 N2")
        self.write("folder/deep/packed", gzip.compress(mbox([102, 103])) + gzip.compress(mbox([104])))
        self.write("folder/in-name-only.gz", message(105, b"\r\n"))
        self.expect(self.ask("learn-ham", self.folder / "Maildir", "-", self.folder / "folder",
                             content=message(106)), learned=7)


@unittest.skipIf(WHY_NO_SPAMD, WHY_NO_SPAMD)
class WithSpamdThatRefuses(ClientCase):
    def test_the_reason_is_told_once_with_the_number(self):
        spamd = Spamd().start()
        self.addCleanup(spamd.stop)
        done = run("-p", spamd.port, "learn-spam", content=mbox(range(5)))
        reason = "refused 5 messages: 69 Service Unavailable: TELL commands are not enabled"
        self.expect(done, 1, [reason], refused=5)
        self.assertEqual(1, done.stderr.count(b"\n"))


class WhatIsSent(ClientCase):
    def test_head_and_body_byte_by_byte(self):
        odd = b"A: b\r\n\r\n\0\xff mixed\n line ends\r"
        cases = ((["learn-spam"], b"Message-class: spam\r\nSet: local\r\n"),
                 (["-u", "joe", "learn-ham"], b"Message-class: ham\r\nSet: local\r\nUser: joe\r\n"),
                 (["forget"], b"Remove: local\r\n"))
        for words, head in cases:
            with self.subTest(words), ScriptedServer() as server:
                run("-p", server.port, *words, content=odd)
                self.assertEqual([(b"TELL SPAMC/1.5\r\n" + head + b"Content-length: %d\r\n\r\n" % len(odd), odd)],
                                 server.requests)

    def test_messages_of_an_mbox_without_what_belongs_to_the_mbox(self):
        content = b"From x\nA: 1\n\n>From here\n\nFrom y\r\nB: 2\r\n\r\nNot\r\nFrom there\r\n\r\n"
        with ScriptedServer() as server:
            self.expect(run("-p", server.port, "learn-spam", "-c", "1", content=content), learned=2)
        self.assertEqual([b"A: 1\n\nFrom here\n", b"B: 2\r\n\r\nNot\r\nFrom there\r\n"],
                         [body for _, body in server.requests])

    def test_nothing_is_sent_of_nothing(self):
        for content in (b"", b"From x\n", gzip.compress(b"")):
            with ScriptedServer() as server:
                self.expect(run("-p", server.port, "learn-spam", content=content))
                self.assertEqual([], server.requests)

    def test_by_unix_socket(self):
        path = str(self.folder / "socket")
        with ScriptedServer(path=path) as server:
            self.expect(run("-U", path, "learn-spam", content=mbox(range(20))), learned=20)
            self.assertEqual(20, len(server.requests))

    def test_a_host_by_name_and_with_a_port(self):
        with ScriptedServer() as server:
            self.expect(run("-d", f"localhost:{server.port}", "learn-spam", content=message(1)), learned=1)

    def test_as_many_connections_at_once_as_wanted(self):
        for count in (1, 2, 4):
            together = threading.Barrier(count)

            def answer(_request):
                together.wait(support.PATIENCE)  # breaks when fewer come, and none is answered then
                return DONE

            with self.subTest(count), ScriptedServer(answer) as server:
                self.expect(run("-p", server.port, "learn-spam", "-c", count, content=mbox(range(12))), learned=12)


class WhatIsAnswered(ClientCase):
    def test_odd_replies(self):
        cut_off = "failed 1 message: the server's answer is cut off"
        no_answer = "failed 1 message: the server closed the connection without an answer"
        for reply, status, trouble, counts in (
                (NOTHING_DONE, 0, [], {"unchanged": 1}),
                (b"SPAMD/1.1 0 EX_OK\nDIDSET: remote,local\n\n", 0, [], {"learned": 1}),
                (b"SPAMD/1.1 0 EX_OK\r\nDidSet: remote\r\n\r\n", 0, [], {"unchanged": 1}),
                (REFUSAL, 1, ["refused 1 message: 69 Service Unavailable: TELL"], {"refused": 1}),
                (b"SPAMD/1.0 76 Bad header line: (x)", 1, ["refused 1 message: 76 Bad header line: (x)"], {"refused": 1}),
                (b"SPAMD/1.1 0 EX_OK\r\n", 1, [cut_off], {"failed": 1}),
                (b"", 1, [no_answer], {"failed": 1}),
                (None, 1, [no_answer], {"failed": 1}),
                (b"HTTP/1.1 400 Bad\x1b[2J\r\n", 1, ['not answer as spamd does: "HTTP/1.1 400 Bad?[2J"'], {"failed": 1}),
                (b"x" * MEGABYTE, 1, ["a line without end"], {"failed": 1})):
            with self.subTest(reply and reply[:40]), ScriptedServer(lambda _request: reply) as server:
                self.expect(run("-p", server.port, "learn-spam", content=message(1)), status, trouble, **counts)

    def test_a_refusal_before_the_message_has_been_read(self):
        with ScriptedServer(lambda _request: REFUSAL, reads=False) as server:
            done = run("-p", server.port, "learn-spam", content=message(1) + b"words\n" * 4 * MEGABYTE)
            self.expect(done, 1, ["refused 1 message: 69 "], refused=1)

    def test_a_server_that_says_nothing_is_given_up(self):
        silent = threading.Event()
        with ScriptedServer(lambda _request: silent.wait(support.PATIENCE) and None) as server:
            began = time.monotonic()
            done = run("-t", "1", "-p", server.port, "learn-spam", content=mbox([1, 2]))
            self.assertLess(time.monotonic() - began, support.PATIENCE / 2)
            silent.set()
        self.expect(done, 1, ["failed 2 messages: no answer within the time limit (-t)"], failed=2)

    def test_some_answers_missing(self):
        with ScriptedServer(lambda request: None if b"Message 7\n" in request[1] else DONE) as server:
            self.expect(run("-p", server.port, "learn-spam", content=mbox(range(10))), 1,
                        ["failed 1 message: the server closed"], learned=9, failed=1)


class WithoutServer(ClientCase):
    def test_nobody_listens(self):
        port = support.free_port()
        for words, where in ((["-p", port], f"127.0.0.1:{port}: Connection refused"),
                             (["-U", self.folder / "none"], f"{self.folder.path}/none: No such file or directory")):
            with self.subTest(where):
                done = run(*words, "learn-spam", "-c", "1", content=mbox(range(10)))
                self.expect(done, 69, [f"xspamc: cannot connect to {where}\n"], failed=1)
                self.assertEqual(1, done.stderr.count(b"\n"))

    def test_gone_half_way(self):
        """What was learned is told, the rest is not tried."""
        def answer(_request):
            if len(server.requests) == 20:
                server.stop_listening()
            return DONE

        with ScriptedServer(answer) as server:
            done = run("-p", server.port, "learn-spam", "-c", "1", content=mbox(range(50)))
        self.expect(done, 69, ["cannot connect to"], learned=20, failed=1)

    def test_back_after_a_moment(self):
        """As when the server is started anew. One connection at a time: another could wait unaccepted and be lost."""
        def answer(_request):
            if len(server.requests) == 20:
                server.stop_listening()
                threading.Timer(0.5, server.listen).start()
            return DONE

        with ScriptedServer(answer) as server:
            self.expect(run("-p", server.port, "learn-spam", "-c", "1", content=mbox(range(50))), learned=50)


class WhatIsRead(ClientCase):
    def setUp(self):
        super().setUp()
        self.server = ScriptedServer()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)

    def learn(self, *words, content=b""):
        return run("-p", self.server.port, "learn-spam", *words, content=content)

    def test_what_cannot_be_read_is_told_and_the_rest_learned(self):
        none = self.folder / "none"
        self.write("good", message(1))
        self.expect(self.learn(none, self.folder / "good"), 74, [f"{none}: No such file or directory"], learned=1)

    def test_packed_mail_that_breaks_off(self):
        """Numbers that cannot be packed well: half of the bytes hold about half of the messages."""
        packed = gzip.compress(b"".join(b"From x\nA: " + os.urandom(500).hex().encode() + b"\n\n" for _ in range(100)))
        file = self.write("mbox.gz", packed[:len(packed) // 2])
        done = self.learn(file)
        learned = len(self.server.requests)
        self.assertTrue(30 < learned < 70, learned)
        self.expect(done, 74, [f"{file}: ends inside the gzip data"], learned=learned)
        self.assertEqual({1004}, {len(body) for _, body in self.server.requests})

    def test_zstd(self):
        if not shutil.which("zstd"):
            self.skipTest("zstd is not installed")
        packed = subprocess.run(["zstd", "-q", "-c"], input=mbox(range(100)), capture_output=True, check=True).stdout
        self.expect(self.learn(content=packed + packed), learned=200)
        self.expect(self.learn(content=packed[:-5]), 74, ["(standard input): ends inside the zstd data"])

    def test_what_we_do_not_unpack_is_not_learned_as_words(self):
        file = self.write("mail", b"BZh91AY&SY" + bytes(100))
        self.expect(self.learn(file), 74, [f"{file}: is packed by bzip2"])
        self.assertEqual([], self.server.requests)

    def test_a_message_over_the_limit_is_skipped(self):
        large = message(2, words=b"x" * (50 * 1024 * 1024))
        file = self.write("mbox", mbox([1]) + b"From x\n" + large + b"\n" + mbox([3]))
        self.expect(self.learn(file), 0, [f"{file}: message 2 has {len(large)} bytes, over 52428800, and is skipped"],
                    learned=2, skipped=1)

    def test_memory_holds_messages_not_mailboxes(self):
        one = b"From x\n" + message(1, words=b"words " * (MEGABYTE // 6)) + b"\n"
        count, most = 150, 40 * MEGABYTE
        with subprocess.Popen([CLIENT, "-p", str(self.server.port), "learn-spam"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
            for _ in range(count):
                client.stdin.write(one)
            client.stdin.flush()
            status = Path(f"/proc/{client.pid}/status").read_text()
            self.server.requests.clear()
            output, errors = client.communicate(timeout=support.PATIENCE)
        self.assertEqual(0, client.returncode, errors)
        self.assertEqual(str(count), SUMMARY.search(output.decode())[1])
        self.assertLess(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1000, most)


class WhatIsShown(ClientCase):
    def test_verbose_tells_of_every_message(self):
        file = self.write("mbox", mbox([1, 2]))

        def answer(request):
            return DONE if b"Message 1" in request[1] else REFUSAL

        with ScriptedServer(answer) as server:
            done = run("-p", server.port, "learn-spam", "--verbose", "-c", "1", file, "-", content=message(3))
        lines = done.stdout.decode().splitlines()
        refused = "refused: 69 Service Unavailable: TELL commands are not enabled, set the --allow-tell switch."
        self.assertEqual([f"{file} 1 learned", f"{file} 2 {refused}", f"(standard input) 1 {refused}"], lines[:-1])
        self.expect(done, 1, ["refused 2 messages"], learned=1, refused=2)

    def test_quiet_tells_of_trouble_alone(self):
        for reply, status, trouble in ((DONE, 0, b""), (REFUSAL, 1, b"refused 1 message")):
            with ScriptedServer(lambda _request: reply) as server:
                done = run("-p", server.port, "learn-spam", "-q", content=message(1))
            self.assertEqual((status, b""), (done.returncode, done.stdout))
            self.assertEqual(bool(trouble), bool(done.stderr))
            self.assertIn(trouble, done.stderr)

    def test_progress_on_a_terminal(self):
        file = self.write("mbox", mbox(range(20)))

        def answer(_request):
            time.sleep(0.1)
            return DONE

        ours, theirs = pty.openpty()
        with ScriptedServer(answer) as server:
            words = [CLIENT, "-p", str(server.port), "learn-spam", "-c", "1", str(file)]
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
                                  timeout=support.PATIENCE)
        os.close(theirs)
        shown = os.read(ours, 65536).decode()
        os.close(ours)
        self.assertRegex(shown, r"\r\x1b\[K\d+ messages?, 0\.0 of 0\.0 MB \(100 %\), \d+ messages/s")
        self.assertTrue(shown.endswith("\r\x1b[K"), shown)  # the line is taken away at the end
        self.assertTrue(SUMMARY.fullmatch(done.stdout.decode().rstrip("\n")), done.stdout)

    def test_usage_errors(self):
        for words in (["learn"], ["learn-spam", "--no-such-option"], ["learn-spam", "-c", "0"],
                      ["learn-spam", "-c", "65"], ["learn-spam", "-c", "x"], ["learn-spam", "-t", "0"],
                      ["learn-spam", "-t", "-5"], ["learn-spam", "-p", "0"], ["learn-spam", "-p", "65536"],
                      ["learn-spam", "-d", "host:x"], ["learn-spam", "-d", "host:1", "-p", "2"],
                      ["learn-spam", "-U", ""], ["learn-spam", "-U", "/x", "-d", "host"],
                      ["learn-spam", "-u", "a\r\nB: c"], ["-c", "2", "learn-spam"]):
            with self.subTest(words):
                done = run(*words)
                self.assertEqual((64, b""), (done.returncode, done.stdout))
                self.assertNotEqual(b"", done.stderr)

    def test_help_and_version(self):
        for words, text in ((["--help"], b"learn-spam"), (["forget", "--help"], b"--verbose"), (["--version"], b"xspamc ")):
            done = run(*words)
            self.assertEqual((0, b""), (done.returncode, done.stderr))
            self.assertIn(text, done.stdout)
