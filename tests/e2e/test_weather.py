"""Bad weather: hostile, broken, slow and far too many clients. Afterwards all is as it was before."""
import resource
import socket
import struct
import threading
import time
from collections import Counter

import rspamc
import support
from cases import DaemonCase
from daemon import WANTED, endless, option
from rspamc import BAD_HEAD, CUT_OFF, OVERLOAD, check_reply, message, request, talk
from test_limits import talk_in_parallel

MEGABYTE = 1 << 20
MOST_MEMORY = 64 * MEGABYTE


def allow_many_files(count):
    """Every connection is a descriptor of this process too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return True
    if hard != resource.RLIM_INFINITY and hard < count:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
    return True


def has_ended(connection):
    """The server has closed its side without a byte."""
    return rspamc.is_readable(connection) and connection.recv(1) == b""


def reset(connection):
    """Closes without a word, as a client that was killed or that has gone out of reach."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class WeatherCase(DaemonCase):
    """After each test the same process answers, and what it took for the test it has given back."""

    def tearDown(self):
        self.expect_wanted(self.check(message("add header")), "add header")
        self.assertEqual(self.first_server, self.daemon.server_pid())
        support.wait_until(lambda: self.daemon.memory() < MOST_MEMORY, "less than 64 MB of memory", seconds=10)

    def expect_judged(self, reply):
        """Broken mail may cost points of the shipped rules; that it was judged shows in the rule of the test."""
        self.assertEqual("7.00", str(reply.symbols["WANT_HEADER"][0]))
        self.assertNotIn("NOT_SCANNED", reply.symbols)

    @classmethod
    def tearDownClass(cls):
        print(f"{cls.__name__}: memory at the end {cls.daemon.memory() / MEGABYTE:.1f} MB")
        super().tearDownClass()


class Messages(WeatherCase):
    settings = WANTED + endless(1)
    options = option("limits.message", "60MiB")

    def test_a_hundred_thousand_headers(self):
        flood = b"".join(b"X-Flood-%d: x\n" % number for number in range(100_000))
        head, _, body = message("add header").partition(b"\n\n")
        for content in (head + b"\n" + flood + b"\n" + body, b"X-Want: add header\n" * 100_000):
            reply = self.check(content)
            self.assertIn("LIMIT_HEADERS", reply.symbols)
            self.expect_judged(reply)

    def test_a_hundred_thousand_folded_lines_and_one_header_of_megabytes(self):
        head, _, body = message("add header").partition(b"\n\n")
        for header in (b"X-Long: a\n" + b"\tb\n" * 100_000, b"X-Long: " + b"c" * 5_000_000 + b"\n"):
            self.expect_judged(self.check(head + b"\n" + header + b"\n" + body))

    def test_zero_bytes_in_the_headers_and_in_the_body(self):
        content = message("add header")
        for old, new in ((b"Alice", b"Al\0ice"), (b"Minutes", b"\0"), (b"\n\n", b"\n\0\n\n"),
                         (b"Please", b"\0" * 1000), (b"text/plain", b"text/\0plain"), (b"<2026", b"<\0002026")):
            with self.subTest(new[:10]):
                self.expect_judged(self.check(content.replace(old, new)))
        for body_from_here in (content.replace(b"Subject:", b"Subj\0ect:"), b"\0" * 100_000):
            self.assertNotIn("NOT_SCANNED", self.check(body_from_here).symbols)

    def test_zero_bytes_in_every_line_of_the_head(self):
        whole = request(message("add header"), extra=["User: alice", "Hostname: mail.sender.example"])
        lines = whole.partition(b"\r\n\r\n")[0].split(b"\r\n")
        for number, line in enumerate(lines[1:], 1):
            for bad in (b"\0" + line, line + b"\0", line.replace(b":", b":\0"), line[:4] + b"\0" + line[4:]):
                with self.subTest(line, bad=bad):
                    raw = talk(self.daemon.address, whole.replace(b"\r\n" + line, b"\r\n" + bad), half_close=True)
                    self.expect_symbol(check_reply(raw), BAD_HEAD)
        raw = talk(self.daemon.address, b"\0" + whole, half_close=True)
        self.assertEqual(rspamc.UNKNOWN_PROTOCOL, raw)

    def test_bytes_that_are_no_utf8_everywhere(self):
        bad = b"\xff\xfe\xc3\x28\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80"
        content = message("add header")
        for old in (b"Alice Example", b"<alice@", b"Minutes", b"<2026", b"utf-8", b"Please", b"text/plain", b"Date: "):
            content = content.replace(old, old + bad)
        whole = request(content, extra=["User: alice"])
        for line in (b"Queue-Id: ", b"From: <", b"Rcpt: <", b"Helo: ", b"User: ", b"IP: "):
            whole = whole.replace(b"\r\n" + line, b"\r\n" + line + bad)
        self.expect_judged(check_reply(talk(self.daemon.address, whole)))

    def test_an_empty_message(self):
        for content in (b"", b"\n", b"\r\n", b"\n\n\n", b"X"):
            with self.subTest(content):
                self.assertNotIn("NOT_SCANNED", self.check(content).symbols)

    def test_fifty_megabytes(self):
        content = message("add header")
        content += b"A line of some length, again and again and so on.\n" * (50 * MEGABYTE // 50)
        self.assertGreater(len(content), 50 * MEGABYTE)
        self.expect_judged(self.check(content))

    def test_over_the_limit_announced_or_not(self):
        content = message("reject") + b"y" * (61 * MEGABYTE)
        for whole, half_close in ((request(content), False), (rspamc.without_length(content), True)):
            with self.subTest(half_close):
                reply = check_reply(talk(self.daemon.address, whole, half_close))
                self.assertEqual("no action", reply.action)
                self.assertIn("LIMIT_MESSAGE", reply.symbols)

    def test_a_pattern_without_end_ends(self):
        began = time.monotonic()
        self.expect_judged(self.check(b"X-Burn: " + b"a" * 300_000 + b"\n" + message("add header")))
        self.assertLess(time.monotonic() - began, 20)


class SlowClients(WeatherCase):
    options = option("limits.idle", "1s")

    def test_a_byte_every_tenth_of_a_second_is_slow_but_not_idle(self):
        content = b"X-Want: add header\n"
        whole = b"CHECK RSPAMC/1.3\r\nContent-length: %d\r\n\r\n" % len(content) + content
        with rspamc.connect(self.daemon.address) as connection:
            for at in range(len(whole)):
                connection.sendall(whole[at:at + 1])
                time.sleep(0.1)  # the very thing under test
            self.expect_judged(check_reply(rspamc.read_to_end(connection)))

    def test_who_stops_is_told_that_the_message_was_cut_off(self):
        whole = request(message("add header"))
        for part in (30, whole.index(b"\r\n\r\n") + 2, whole.index(b"\r\n\r\n") + 4, len(whole) - 1):
            with self.subTest(part):
                self.expect_symbol(check_reply(talk(self.daemon.address, whole[:part])), CUT_OFF)

    def test_who_stops_in_the_first_line_or_says_nothing_gets_an_error_line(self):
        for part in (b"CHECK RSP", b""):
            with self.subTest(part):
                self.assertEqual(rspamc.UNKNOWN_PROTOCOL, talk(self.daemon.address, part))

    def test_who_does_not_read_the_reply_is_left(self):
        with rspamc.connect(self.daemon.address) as connection:
            connection.sendall(request(message("add header")))
            support.wait_until(lambda: len(self.open_sockets()) == 0, "the end of the connection")

    def test_who_never_stops_sending_is_left(self):
        """Behind its message a client goes on and on; reading that for ever would hold a connection for ever."""
        with rspamc.connect(self.daemon.address) as connection:
            connection.sendall(request(message("add header")))
            with self.assertRaises(OSError):
                end = time.monotonic() + support.PATIENCE
                while time.monotonic() < end:
                    connection.sendall(b"x" * 1000)
                    time.sleep(0.01)

    def open_sockets(self):
        """The server's sockets of connections: those that it had before the test are not among them."""
        return [entry for entry in support.sockets_of(self.first_server) if entry not in self.before]

    def setUp(self):
        self.before = support.wait_until(lambda: self.settled_sockets(), "the end of earlier connections")

    def settled_sockets(self):
        first = support.sockets_of(self.first_server)
        time.sleep(0.05)
        return first if first == support.sockets_of(self.first_server) else None


class ClientsThatGo(WeatherCase):
    def test_at_any_moment(self):
        whole = request(message("add header") + b"A line of some length, again and again.\n" * 5000)
        head = whole.index(b"\r\n\r\n")
        for leave in (socket.socket.close, reset):
            for part in (0, 5, head // 2, head + 2, head + 4, head + 1000, len(whole) - 1, len(whole)):
                with self.subTest(leave.__name__, part=part):
                    for _ in range(5):
                        connection = rspamc.connect(self.daemon.address)
                        connection.sendall(whole[:part])
                        leave(connection)
                    self.expect_wanted(self.check(message("reject")), "reject")


class CrowdOfTheSilent(WeatherCase):
    CONNECTIONS, LIMIT = 2000, 300
    options = (*option("limits.connections", LIMIT), *option("limits.idle", "60s"))

    def setUp(self):
        if not allow_many_files(self.CONNECTIONS + 200):
            self.skipTest(f"this user may not open {self.CONNECTIONS} files")
        self.silent = []
        self.addCleanup(lambda: [connection.close() for connection in self.silent])

    def test_others_are_served_and_the_longest_idle_go_first(self):
        for number in range(self.CONNECTIONS):
            self.silent.append(rspamc.connect(self.daemon.address))
            if number % 200 == 0:
                self.expect_wanted(self.check(message("reject")), "reject")
        self.expect_wanted(self.check(message("reject")), "reject")
        left = support.wait_until(lambda: self.those_left(self.LIMIT), "the end of all connections over the limit")
        self.assertGreater(len(left), self.LIMIT // 2)
        self.assertEqual(self.silent[-len(left):], left)

    def those_left(self, most):
        self.assertTrue(self.daemon.answers_ping())  # room is made for the next one
        left = [connection for connection in self.silent if not has_ended(connection)]
        return left if len(left) <= most else None

    def test_who_has_sent_something_is_not_closed_for_the_silent(self):
        whole = request(message("add header"))
        speaking = [rspamc.connect(self.daemon.address) for _ in range(20)]
        for connection in speaking:
            connection.sendall(whole[:-1])  # a complete head
        self.assertTrue(self.daemon.answers_ping())
        self.silent += [rspamc.connect(self.daemon.address) for _ in range(2 * self.LIMIT)]
        self.assertTrue(self.daemon.answers_ping())
        for connection in speaking:
            with connection:
                connection.sendall(whole[-1:])
                self.expect_wanted(check_reply(rspamc.read_to_end(connection)), "add header")


class Crowd(WeatherCase):
    def test_two_hundred_at_once(self):
        wants = ["reject", "no action", "add header", "soft reject"] * 50
        for want, raw in zip(wants, talk_in_parallel(self.daemon.address, [request(message(want)) for want in wants])):
            self.expect_wanted(check_reply(raw), want)


class BeyondCapacity(WeatherCase):
    """Scans that take long, two at a time, and far more clients than that serves."""
    SECONDS, CLIENTS = 10, 60
    settings = WANTED + endless(200)
    options = (*option("limits.scans", 2), *option("limits.queue", "300ms"), *option("limits.connections", 40))

    def setUp(self):
        self.outcomes = Counter()
        self.wrong = []
        self.work = request(b"X-Burn: " + b"a" * 50 + b"\n" + message("add header"))

    def keep_asking(self, until):
        while time.monotonic() < until:
            try:
                reply = check_reply(talk(self.daemon.address, self.work))
                if "NOT_SCANNED" in reply.symbols:
                    self.expect_symbol(reply, OVERLOAD)
                    self.assertEqual("no action", reply.action)
                    self.outcomes["overload"] += 1
                else:
                    self.expect_judged(reply)
                    self.outcomes["judged"] += 1
            except (AssertionError, OSError) as problem:
                self.wrong.append(repr(problem))

    def test_every_client_gets_a_verdict(self):
        until = time.monotonic() + self.SECONDS
        clients = [threading.Thread(target=self.keep_asking, args=(until,)) for _ in range(self.CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        print(f"beyond capacity for {self.SECONDS} s: {dict(self.outcomes)}, {len(self.wrong)} wrong")
        self.assertEqual([], self.wrong[:3])
        self.assertGreater(self.outcomes["judged"], 0)
        self.assertGreater(self.outcomes["overload"], 0)
