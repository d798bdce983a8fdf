"""The re-implementation of Exim's parser, held against what real Exims were seen to do."""
import unittest

from exim_parse import CannotParse, parse_rspamd, parse_spamd

GOOD = (b"RSPAMD/1.3 0 EX_OK\r\nMetric: default; True; 7.25 / 6.00 / 15.00\r\nAction: add header\r\n"
        b"Symbol: A(7.25)\r\nMessage-ID: x@y\r\n")


class TheParserReadsAsEximDoes(unittest.TestCase):
    def test_a_good_reply_gives_all_variables(self):
        reply = parse_rspamd(GOOD)
        self.assertEqual(("7.2", 72, "+++++++", "add header", True),
                         (reply.score, reply.score_int, reply.bar, reply.action, reply.is_spam))
        self.assertEqual("Action: add header\n Symbol: A(7.25)\n Message-ID: x@y", reply.report)

    def test_scores_below_zero_are_cut_towards_zero(self):
        for score, printed, whole, bar in ((b"-1.0", "-1.0", -9, "-"), (b"-12.96", "-13.0", -129, "-" * 12),
                                           (b"-0.5", "-0.5", -4, "/"), (b"120.0", "120.0", 1200, "+" * 51)):
            reply = parse_rspamd(GOOD.replace(b"7.25 /", score + b" /"))
            self.assertEqual((printed, whole, bar), (reply.score, reply.score_int, reply.bar))

    def test_white_space_of_the_format_matches_any_run(self):
        self.assertEqual("add header", parse_rspamd(GOOD.replace(b"EX_OK\r\n", b"EX_OK\r\n\r\n")).action)
        self.assertEqual("add header", parse_rspamd(GOOD.replace(b" / ", b"/")).action)

    def test_the_action_ends_at_cr_only_and_at_31_bytes(self):
        self.assertEqual("add header\nSymbol: A(7.25)\nMess", parse_rspamd(GOOD.replace(b"\r\n", b"\n")).action)
        self.assertEqual("x" * 31, parse_rspamd(GOOD.replace(b"add header", b"x" * 40)).action)

    def test_replies_that_exim_cannot_parse_are_refused(self):
        for bad in (b"", b"garbage", GOOD.replace(b"RSPAMD/1.3", b"RSPAMD/1.3456789"),
                    GOOD.replace(b"0 EX_OK", b"64 Not ok"),
                    GOOD.replace(b"EX_OK\r\n", b"EX_OK\r\nContent-length: 5\r\n"), GOOD.replace(b"7.25 /", b"7,25 /"),
                    GOOD.partition(b"Action")[0], GOOD.replace(b"Action: ", b"Result: "),
                    GOOD.replace(b"7.25 /", b"1e13 /"), GOOD.replace(b"7.25 /", b"nan /"), GOOD + b"\n" * 30000):
            with self.subTest(bad[:60]), self.assertRaises(CannotParse):
                parse_rspamd(bad)

    def test_the_default_variant_takes_either_form_but_not_both(self):
        new = b"SPAMD/1.1 0 EX_OK\r\nContent-length: 20\r\n\r\n7.5/5.0\r\nreport\r\n"
        old = b"SPAMD/1.1 0 EX_OK\r\nSpam: False ; 1.5 / 5.0\r\n\r\nreport\n\n"
        self.assertEqual(("7.5", "reject", "report"), self.three(new))
        self.assertEqual(("1.5", "no action", "report"), self.three(old))
        for bad in (old.replace(b"Spam:", b"Content-length: 8\r\nSpam:"), old.replace(b"report", b"")):
            with self.assertRaises(CannotParse):
                parse_spamd(bad)

    def three(self, reply):
        parsed = parse_spamd(reply)
        return parsed.score, parsed.action, parsed.report
