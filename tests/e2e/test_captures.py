"""Requests as Exims of many versions sent them, in every way that TCP and a broken client can cut them."""
import re
import unittest

import exim_parse
import rspamc
import support
from cases import DaemonCase
from daemon import WANTED

OWN = sorted((support.DATA / "requests").glob("*.txt"))
CAPTURES = sorted((support.SHARED / "facts" / "captures").glob("exim-*-request.txt"))
WHY_NO_CAPTURES = "" if CAPTURES else f"no captured requests of Exim below {support.SHARED}"

ENVELOPE_RULES = """
[rules.SEEN_SENDER]
envelope = "sender"
exists = true
score = 0.1
about = "The message has a sender"

[rules.SEEN_QUOTED_SENDER]
envelope = "sender"
match = '^"a> b\\\\"c"@x\\.example$'
score = 0.1
about = "The sender as it stands between the outer brackets"

[rules.SEEN_IPV6]
envelope = "ip"
match = '^2001:db8::25$'
score = 0.1
about = "The client came over IPv6"

[rules.SEEN_LONG_QUEUE_ID]
envelope = "queue_id"
match = '^[0-9A-Za-z-]{23}$'
score = 0.1
about = "A queue id as long as those of Exim 4.97"

[rules.SEEN_USER]
envelope = "user"
match = '^alice smith$'
score = 0.1
about = "The login is the first one named"

[rules.SEEN_SECOND_VALUES]
envelope = "queue_id"
match = '^SECOND-'
score = 0.1
about = "The second of two queue ids was taken"

[rules.SEEN_BOTH_RECIPIENTS]
envelope = "recipient"
match = '^[bc]@test\\.example$'
max_hits = 2
score = 0.1
about = "The recipients b and c"
"""

# What each of our own requests has to show, beside the verdict that it wants.
SEEN = {
    "01-one-recipient": {"SEEN_SENDER"},
    "02-quoted-local-part": {"SEEN_SENDER", "SEEN_QUOTED_SENDER"},
    "03-bounce": {"SEEN_BOTH_RECIPIENTS"},
    "04-ipv6-and-long-queue-id": {"SEEN_SENDER", "SEEN_IPV6", "SEEN_LONG_QUEUE_ID"},
    "05-authenticated-user": {"SEEN_SENDER", "SEEN_USER"},
    "06-odd-case-and-duplicates": {"SEEN_SENDER", "SEEN_USER", "SEEN_BOTH_RECIPIENTS"},
}


def wanted(request):
    """The verdict that the message in a request asks for."""
    found = re.search(rb"^X-Want: (.*?)\r?$", request, re.MULTILINE)
    return found[1].decode() if found else "no action"


def is_rspamc(request):
    return b" RSPAMC/" in request.partition(b"\n")[0]


def cuts(request):
    """Places to cut a request at: behind its first line, within the head, the body, and one byte short."""
    head = request.index(b"\r\n\r\n")
    first = request.index(b"\r\n") + 2
    body = head + 4
    return [first, (first + head) // 2, head + 2, body, (body + len(request)) // 2, len(request) - 1]


class ReplayCase(DaemonCase):
    settings = WANTED + ENVELOPE_RULES

    def replay_all(self, paths, **how):
        self.assertTrue(paths)
        for path in paths:
            with self.subTest(path.name):
                request = path.read_bytes()
                self.expect_verdict(request, rspamc.talk(self.daemon.address, request, **how))

    def expect_verdict(self, request, raw):
        if is_rspamc(request):
            self.expect_wanted(rspamc.check_reply(raw), wanted(request))
            return
        self.assertRegex(raw, rb"^SPAMD/1\.1 0 EX_OK\r\nSpam: (True|False) ; ")
        (_, score, required), _ = exim_parse.scan(exim_parse.SPAMD_BEFORE_2_50, raw)
        self.assertEqual(wanted(request) != "no action", score >= required)

    def truncate_all(self, paths, action="no action"):
        """Cut off anywhere and ended, an RSPAMC request gets the verdict for failures, a SPAMC one an error line."""
        for path in paths:
            request = path.read_bytes()
            for cut in cuts(request):
                with self.subTest(path.name, cut=cut, of=len(request)):
                    raw = rspamc.talk(self.daemon.address, request[:cut], half_close=True)
                    if is_rspamc(request):
                        reply = rspamc.check_reply(raw)
                        self.assertEqual(action, reply.action)
                        self.expect_symbol(reply, rspamc.CUT_OFF)
                    else:
                        self.assertRegex(raw, rb"^SPAMD/1\.0 76 Bad header line: .+\r\n$")


class OwnRequests(ReplayCase):
    def test_whole_on_a_connection_that_stays_open(self):
        self.replay_all(OWN)

    def test_whole_with_the_client_side_closed_behind(self):
        self.replay_all(OWN, half_close=True)

    def test_byte_by_byte(self):
        self.replay_all(OWN, byte_by_byte=True)

    def test_cut_off_anywhere(self):
        self.truncate_all(OWN)

    def test_the_envelope_is_read_as_it_was_meant(self):
        self.assertEqual(sorted(SEEN), [path.stem for path in OWN])
        for path in OWN:
            with self.subTest(path.name):
                reply = rspamc.check_reply(rspamc.talk(self.daemon.address, path.read_bytes()))
                self.assertEqual(SEEN[path.stem], {name for name in reply.symbols if name.startswith("SEEN_")})

    def test_both_recipients_are_seen(self):
        raw = rspamc.talk(self.daemon.address, (support.DATA / "requests" / "03-bounce.txt").read_bytes())
        self.assertEqual("0.20", str(rspamc.check_reply(raw).symbols["SEEN_BOTH_RECIPIENTS"][0]))

    def test_a_cut_within_the_first_line_is_an_unknown_protocol(self):
        for cut in (1, 6, 12):
            with self.subTest(cut):
                raw = rspamc.talk(self.daemon.address, b"CHECK RSPAMC/1.3"[:cut], half_close=True)
                self.assertEqual(rspamc.UNKNOWN_PROTOCOL, raw)


@unittest.skipIf(WHY_NO_CAPTURES, WHY_NO_CAPTURES)
class CapturedRequests(ReplayCase):
    def test_whole_on_a_connection_that_stays_open(self):
        self.replay_all(CAPTURES)

    def test_whole_with_the_client_side_closed_behind(self):
        self.replay_all(CAPTURES, half_close=True)

    def test_byte_by_byte(self):
        self.replay_all(CAPTURES, byte_by_byte=True)

    def test_cut_off_anywhere(self):
        self.truncate_all(CAPTURES)

    def test_the_default_variant_gets_a_report_that_exim_can_take(self):
        for path in CAPTURES:
            request = path.read_bytes()
            if not is_rspamc(request):
                reply = exim_parse.parse_spamd(rspamc.talk(self.daemon.address, request, half_close=True))
                self.assertEqual("reject" if wanted(request) == "add header" else "no action", reply.action)


class OwnRequestsWhereFailuresArePutOff(ReplayCase):
    settings = ReplayCase.settings.replace("[actions]", '[actions]\non_failure = "soft reject"')

    def test_cut_off_anywhere(self):
        self.truncate_all(OWN, action="soft reject")

    def test_whole_requests_are_judged_all_the_same(self):
        self.replay_all(OWN)
