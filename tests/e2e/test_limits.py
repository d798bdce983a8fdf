"""Input that is too large, too much, too late or no request at all: always an answer, never a reset."""
import re
import time

import rspamc
from cases import DaemonCase
from daemon import PING, WANTED, option
from rspamc import BAD_HEAD, BAD_LENGTH, CUT_OFF, LONGEST_LINE, OVERLOAD, check_reply, message, request, talk

PUT_OFF = WANTED.replace("[actions]", '[actions]\non_failure = "soft reject"')
HUNDREDS = 200


def talk_in_parallel(address, requests):
    """All connections open before the first byte is sent, all sent before the first reply is read."""
    connections = [rspamc.connect(address) for _ in requests]
    for connection, one in zip(connections, requests):
        connection.sendall(one)
    replies = []
    for connection in connections:
        with connection:
            replies.append(rspamc.read_to_end(connection))
    return replies


class Heads(DaemonCase):
    settings = PUT_OFF
    options = option("limits.idle", "2s")

    def expect_failure(self, raw, why):
        reply = check_reply(raw)
        self.assertEqual("soft reject", reply.action)
        self.expect_symbol(reply, why)

    def test_twenty_thousand_recipients_are_answered(self):
        recipients = [f"recipient-number-{number:06}-with-a-long-name-to-make-the-head-large@test.example"
                      for number in range(20_000)]
        whole = request(message("add header"), recipients=recipients)
        self.assertGreater(len(whole), 1_500_000)
        self.expect_wanted(check_reply(talk(self.daemon.address, whole)), "add header")

    def test_a_head_cut_in_mid_line_with_the_message_behind_it_is_noticed_at_once(self):
        """Exim writes the head with one send() and goes on with the message when that came short."""
        head = request(b"", length=2000, recipients=["bob@test.example"] * 50).partition(b"\r\n\r\n")[0]
        for cut in (len(head) - 7, len(head) // 2):
            with self.subTest(cut):
                began = time.monotonic()
                self.expect_failure(talk(self.daemon.address, head[:cut] + message()), BAD_HEAD)
                self.assertLess(time.monotonic() - began, 10)

    def test_a_zero_byte_in_the_head_is_a_bad_head(self):
        bad = request(message()).replace(b"Helo: mail", b"Helo: m\0il")
        self.expect_failure(talk(self.daemon.address, bad, half_close=True), BAD_HEAD)

    def test_a_head_over_the_limit_is_a_bad_head(self):
        recipients = ["x" * 200 + "@test.example"] * 22_000
        whole = request(message(), recipients=recipients)
        self.assertGreater(len(whole), 4 * 1024 * 1024)
        self.expect_failure(talk(self.daemon.address, whole, half_close=True), BAD_HEAD)

    def test_a_length_that_is_none_is_answered_behind_the_whole_input(self):
        for length in ("-1", "-613", "abc", "12x", "1e3", "0x20", str(2**63 + 1), "9" * 40):
            with self.subTest(length):
                self.expect_failure(talk(self.daemon.address, request(message() * 500, length=length), half_close=True),
                                    BAD_LENGTH)

    def test_a_missing_length_means_to_the_end_of_input(self):
        raw = talk(self.daemon.address, rspamc.without_length(message("add header")), half_close=True)
        self.expect_wanted(check_reply(raw), "add header")

    def test_a_missing_length_and_no_end_of_input_means_until_nothing_more_comes(self):
        raw = talk(self.daemon.address, rspamc.without_length(message("add header")))
        self.expect_wanted(check_reply(raw), "add header")

    def test_a_client_that_stops_in_the_body_gets_its_answer_without_closing(self):
        self.expect_failure(talk(self.daemon.address, request(message(), length=5000)), CUT_OFF)

    def test_an_unknown_verb_or_version_is_a_check_of_version_1_3(self):
        for first in (b"FROBNICATE RSPAMC/1.3", b"CHECK RSPAMC/7.9"):
            with self.subTest(first):
                raw = talk(self.daemon.address, request(message("reject")).replace(b"CHECK RSPAMC/1.3", first))
                self.assertTrue(raw.startswith(b"RSPAMD/1.3 0 EX_OK\r\n"))
                self.expect_wanted(check_reply(raw), "reject")

    def test_an_older_version_is_repeated(self):
        raw = talk(self.daemon.address, request(message()).replace(b"RSPAMC/1.3", b"RSPAMC/1.1"))
        self.assertTrue(raw.startswith(b"RSPAMD/1.1 0 EX_OK\r\n"))
        self.expect_wanted(check_reply(raw), "no action")

    def test_skip_is_no_action_and_says_so(self):
        reply = check_reply(talk(self.daemon.address, request(message("reject"), verb="SKIP")))
        self.assertEqual(("no action", "0.0"), (reply.action, str(reply.score)))
        self.assertIn("SKIPPED", reply.symbols)


class Bodies(DaemonCase):
    settings = PUT_OFF
    options = option("limits.message", "64KiB") + option("scores.BROKEN_HEADERS", 0)

    def test_a_message_over_the_limit_is_drained_and_passed(self):
        for size in (65_537, 300_000, 5_000_000):
            with self.subTest(size):
                content = message("reject") + b"x" * 70 + b"\n"
                raw = talk(self.daemon.address, request(content + b"y" * (size - len(content))))
                reply = check_reply(raw)
                self.assertEqual("no action", reply.action)
                self.assertIn("LIMIT_MESSAGE", reply.symbols)

    def test_a_message_at_the_limit_is_judged(self):
        content = message("add header")
        content += b"y" * (64 * 1024 - len(content) - 1) + b"\n"
        reply = self.check(content)
        self.assertEqual("add header", reply.action)
        self.assertNotIn("LIMIT_MESSAGE", reply.symbols)

    def test_more_than_announced_is_drained_and_not_part_of_the_message(self):
        content = message("add header")
        for surplus in (b"\r\n", message("reject") * 10, b"z" * 2_000_000):
            for half_close in (False, True):
                with self.subTest(len(surplus), half_close=half_close):
                    raw = talk(self.daemon.address, request(content) + surplus, half_close)
                    self.expect_wanted(check_reply(raw), "add header")

    def test_an_empty_message_gets_a_verdict(self):
        self.assertNotIn("NOT_SCANNED", self.check(b"").symbols)

    def test_zero_bytes_and_other_binary_are_a_message_too(self):
        self.expect_wanted(self.check(message("add header") + bytes(range(256)) * 8), "add header")

    def test_nothing_of_the_sender_ends_a_line_of_the_reply(self):
        content = message("add header").replace(b"<20261122050000.4711@", b"<a\rAction: reject\0\x1b\xff@")
        self.assertIn("WANT_HEADER", self.check(content).symbols)


class RewrittenSubject(DaemonCase):
    options = option("actions.rewrite_subject", 6.5)

    def test_exim_is_told_add_header_and_the_subject(self):
        reply = self.check(message("add header", subject="Minutes"))
        self.assertEqual(("add header", "*** SPAM *** Minutes"), (reply.action, reply.subject))

    def test_a_subject_of_any_length_stays_one_line_of_a_header(self):
        reply = self.check(message("add header", subject="Minutes of " + "x" * 3 * LONGEST_LINE))
        self.assertEqual(("add header", "*** SPAM *** Minutes of xx"), (reply.action, reply.subject[:26]))

    def test_a_subject_is_not_rewritten_below_the_threshold(self):
        self.assertEqual(("greylist", ""), (self.check(message("greylist")).action, self.check(message()).subject))


class OtherProtocols(DaemonCase):
    def test_rspamc_ping(self):
        self.assertEqual(b"RSPAMD/1.3 0 PONG\r\n", talk(self.daemon.address, PING))

    def test_spamc_ping(self):
        self.assertEqual(b"SPAMD/1.5 0 PONG\r\n", talk(self.daemon.address, b"PING SPAMC/1.2\r\n\r\n", half_close=True))

    def test_spamc_check_says_true_from_the_add_header_threshold_on(self):
        for want, word in (("no action", "False"), ("greylist", "False"), ("add header", "True"), ("reject", "True")):
            with self.subTest(want):
                content = message(want)
                whole = b"CHECK SPAMC/1.2\r\nContent-length: %d\r\n\r\n" % len(content) + content
                raw = talk(self.daemon.address, whole, half_close=True)
                self.assertRegex(raw.decode(), rf"\ASPAMD/1\.1 0 EX_OK\r\nSpam: {word} ; -?\d+\.\d / 6\.0\r\n\r\n\Z")

    def test_no_byte_at_all_gets_the_line_for_unknown_protocols(self):
        self.assertEqual(rspamc.UNKNOWN_PROTOCOL, talk(self.daemon.address, b"", half_close=True))

    def test_what_is_no_protocol_gets_the_line_for_unknown_protocols(self):
        for garbage in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"EHLO client.example\r\n", b"\0" * 5000,
                        b"\r\n\r\n", b"check rspamc\r\n", b"A" * 20_000):
            with self.subTest(garbage[:20]):
                self.assertEqual(rspamc.UNKNOWN_PROTOCOL, talk(self.daemon.address, garbage, half_close=True))

    def test_http_is_told_that_it_is_not_spoken_here(self):
        raw = talk(self.daemon.address, b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = raw.partition(b"\r\n\r\n")[0]
        self.assertRegex(head, rb"\AHTTP/1\.[01] 501 ")
        self.assertTrue(re.search(rb"^connection: close\r?$", head, re.MULTILINE | re.IGNORECASE), head)


class Peers(DaemonCase):
    options = option("server.allow", ["127.0.0.1/32"])

    def test_a_peer_outside_the_allowed_networks_is_closed_at_once(self):
        with rspamc.connect(self.daemon.address, source=("127.0.0.2", 0)) as connection:
            self.assertEqual(b"", rspamc.read_to_end(connection))

    def test_a_peer_inside_is_served(self):
        self.expect_wanted(self.check(message("reject")), "reject")

    def test_a_unix_socket_is_open_to_all(self):
        self.expect_wanted(rspamc.check(self.daemon.socket_path, message("reject")), "reject")


class ManyAtOnce(DaemonCase):
    def test_two_hundred_connections_are_all_answered(self):
        wants = ["reject", "no action", "add header", "soft reject"] * (HUNDREDS // 4)
        for want, raw in zip(wants, talk_in_parallel(self.daemon.address, [request(message(want)) for want in wants])):
            self.expect_wanted(check_reply(raw), want)

    def test_connections_that_say_nothing_do_not_keep_others_out(self):
        idle = [rspamc.connect(self.daemon.address) for _ in range(HUNDREDS)]
        self.expect_wanted(self.check(message("reject")), "reject")
        for connection in idle:
            connection.close()


class FewConnections(DaemonCase):
    options = option("limits.connections", 20)

    def test_the_next_one_is_served_and_an_idle_one_goes(self):
        idle = [rspamc.connect(self.daemon.address) for _ in range(60)]
        self.expect_wanted(self.check(message("reject")), "reject")
        for connection in idle:
            connection.close()


class Overload(DaemonCase):
    """One scan at a time, DNS that never answers and clients from outside: whoever waits too long is told so."""
    settings = PUT_OFF
    silent_dns = True
    options = (*option("limits.scans", 1), *option("limits.queue", "1s"), *option("limits.scan", "3s"))

    def test_every_client_gets_its_verdict_or_the_one_for_failures(self):
        requests = [request(message("add header"), ip="192.0.2.10") for _ in range(30)]
        judged = 0
        for raw in talk_in_parallel(self.daemon.address, requests):
            reply = check_reply(raw)
            if "NOT_SCANNED" in reply.symbols:
                self.expect_symbol(reply, OVERLOAD)
                self.assertEqual("soft reject", reply.action)
            else:
                self.expect_wanted(reply, "add header")
                judged += 1
        self.assertGreaterEqual(judged, 1)

    def test_a_client_that_dawdles_keeps_nobody_from_an_answer(self):
        whole = request(message("add header"))
        with rspamc.connect(self.daemon.address) as slow:
            slow.sendall(whole[:-1])
            for raw in talk_in_parallel(self.daemon.address, [request(message("add header"))] * 10):
                self.assertIn(check_reply(raw).action, ("add header", "soft reject"))
            slow.sendall(whole[-1:])
            self.assertIn(check_reply(rspamc.read_to_end(slow)).action, ("add header", "soft reject"))
