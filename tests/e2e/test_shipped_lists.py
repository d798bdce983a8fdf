"""The DNS lists that xspamd ships: every answer that conf/default/lists.toml speaks of, from a server on loopback."""
import base64
import hashlib
import ipaddress
import pathlib
import re
import tomllib
import unittest

import support
from cases import DaemonCase, NamesCase
from daemon import WANTED, option
from list_server import ListServer, reversed_name
from rspamc import message
from test_exim_signed import KEY, SIGNED
from list_cases import linking, with_way

SHIPPED = tomllib.loads((support.CHECKOUT / "conf/default/lists.toml").read_text())
LISTS = SHIPPED["lists"]
RSPAMDS = pathlib.Path("/etc/rspamd/scores.d")
SECRET = "k3y"
SIGNATURE = {"s1._domainkey.signed.example": KEY}
USUAL_REFUSAL = ["127.255.255.0/24"]
LABELS = {"envelope.ip": "from", "received.ip": "received", "url.domain": "url", "email": "email",
          "dkim.domain": "dkim"}
Z_BASE_32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "ybndrfg8ejkmcpqxot1uwisza345h769")


def switched_on():
    """Options that make the daemon ask every list, also those that are off or wait for a key."""
    words = []
    for name, each in LISTS.items():
        words += option(f"lists.{name}.key", SECRET) if "{key}" in each["zone"] else []
        words += option(f"lists.{name}.enabled", True) if each.get("enabled") is False else []
    return words


def subject_of(each):
    """One of what the list looks at, for which a message can be made."""
    told = each["look_at"] if isinstance(each["look_at"], list) else [each["look_at"]]
    return next(subject for subject in LABELS if subject in told)


def example_of(pattern):
    """An address that an answer of a list stands for: the last one, but no refusal."""
    if pattern.startswith("&"):
        return f"127.0.0.{pattern[1:]}"
    if pattern == "127.0.0.0/8":
        return "127.9.9.9"
    return str(ipaddress.ip_network(pattern.replace("*", "7"))[-1])


def blake2(text):
    """BLAKE2b in z-base-32 whose bits are counted from the low end, as rspamd's own lists want it: 32 characters."""
    def turned(byte):
        return int(f"{byte:08b}"[::-1], 2)
    digest = bytes(map(turned, hashlib.blake2b(text.encode()).digest()))
    plain = base64.b32encode(digest).decode().rstrip("=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "".join(alphabet[int(f"{alphabet.index(c):05b}"[::-1], 2)] for c in plain)[:32].translate(Z_BASE_32)


def name_asked(each, value):
    zone = each["zone"].replace("{key}", SECRET)
    if each.get("hash") == "sha1":
        return f"{hashlib.sha1(value.encode()).hexdigest()}.{zone}"
    if each.get("hash") == "blake2":
        return f"{blake2(value)}.{zone}"
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return f"{value}.{zone}"
    if address.version == 4:
        return reversed_name(value, zone)
    return f"{address.reverse_pointer.removesuffix('.ip6.arpa')}.{zone}"


def score_of(symbol):
    """As lists.toml tells it, at one of the answers that have the symbol."""
    told = [answer["score"] for each in LISTS.values() for answer in each["codes"].values()
            if answer["symbol"] == symbol and "score" in answer]
    return told[0]


class ShippedCase(NamesCase):
    number = 0  # of the message
    settings = WANTED + '\n[networks]\nlocal = ["127.0.0.0/8"]\n'
    options = switched_on()

    @classmethod
    def name_server(cls):
        return ListServer(texts=SIGNATURE)

    def reply_about(self, each, subject, answers):
        """What is said of a message about which this list has these answers; and the value it was asked about."""
        self.__class__.number = number = self.number + 1
        v6 = each.get("ipv4") is False
        address = f"2001:db8::{number:x}" if v6 else f"198.51.100.{number}"
        content, ip, value = message(), "127.0.0.1", address
        if subject == "envelope.ip":
            ip = address
        elif subject == "received.ip":
            content, ip = with_way(message(), address), "203.0.113.1"
        elif subject == "url.domain":
            value = f"d{number}.test"
            content = linking(f"www.{value}")
        elif subject == "email":
            value = f"fraud{number}@answers.test"
            content = f"Reply-To: <{value}>\n".encode() + message()
        else:
            value, content, ip = "signed.example", SIGNED, "203.0.113.1"  # our own mail is not verified
        self.names.entries = {name_asked(each, value): answers}
        return self.check(content, ip=ip), value


class Answers(ShippedCase):
    def test_every_answer_of_every_list(self):
        for name, each in LISTS.items():
            subject = subject_of(each)
            for pattern, answer in each["codes"].items():
                with self.subTest(name, answer=pattern):
                    symbol = answer["symbol"]
                    reply, value = self.reply_about(each, subject, [example_of(pattern)])
                    self.assertIn(symbol, reply.symbols)
                    score, said = reply.symbols[symbol]
                    self.assertEqual((score_of(symbol), f"{value}:{LABELS[subject]}"), (float(score), said))
                    mine = {other["symbol"] for other in each["codes"].values()}
                    self.assertEqual({symbol}, mine & reply.symbols.keys())

    def test_what_is_not_listed_has_no_symbol(self):
        symbols = {answer["symbol"] for each in LISTS.values() for answer in each["codes"].values()}
        for name, each in LISTS.items():
            with self.subTest(name):
                reply, _ = self.reply_about(each, subject_of(each), None)
                self.assertEqual(set(), symbols & reply.symbols.keys())

    def test_white_lists_take_the_points_of_black_ones_where_they_are_sure(self):
        zen = LISTS["spamhaus_zen"]
        for name, answer, takes in (("dnswl", "127.0.5.3", True), ("dnswl", "127.0.5.2", True),
                                    ("dnswl", "127.0.5.1", False), ("mailspike", "127.0.0.20", True),
                                    ("mailspike", "127.0.0.19", True), ("mailspike", "127.0.0.18", False)):
            with self.subTest(name, answer=answer):
                number = int(answer.rpartition(".")[2]) + (100 if name == "dnswl" else 0)
                address = f"203.0.113.{number}"
                self.names.entries = {name_asked(zen, address): ["127.0.0.2"],
                                      name_asked(LISTS[name], address): [answer]}
                reply = self.check(message(), ip=address)
                self.assertEqual(0.0 if takes else 4.0, float(reply.symbols["RBL_SPAMHAUS_SBL"][0]))

    def test_one_botnet_counts_once(self):
        client, hop = "203.0.113.77", "203.0.113.78"
        self.names.entries = {name_asked(LISTS["spamhaus_zen"], address): ["127.0.0.4"] for address in (client, hop)}
        reply = self.check(with_way(message(), hop), ip=client)
        scores = {name: float(score) for name, (score, _) in reply.symbols.items() if "SPAMHAUS" in name}
        self.assertEqual({"RBL_SPAMHAUS_XBL_ANY": 4.0, "RBL_SPAMHAUS_XBL": 0.0, "RECEIVED_SPAMHAUS_XBL": 0.0}, scores)

    def test_what_speaks_against_web_addresses_is_capped(self):
        names = ("spamhaus_dbl", "uribl", "surbl")
        self.names.entries = {name_asked(LISTS[name], "capped.test"): [answer]
                              for name, answer in zip(names, ("127.0.1.2", "127.0.0.2", "127.0.0.72"))}
        reply = self.check(linking("capped.test"), ip="127.0.0.1")
        self.assertEqual({"DBL_SPAM", "URIBL_BLACK", "PH_SURBL_MULTI", "ABUSE_SURBL"},
                         {name for name, (score, _) in reply.symbols.items() if float(score) > 5})
        self.assertEqual(12.5 - 6.5 - 7.5 - 5.5 - 5.5, float(reply.symbols["CAP_SURBL"][0]))

    def test_lists_of_domains_are_not_asked_about_numbers(self):
        before = len(self.names.asked)
        self.check(linking("203.0.113.99"), ip="127.0.0.1")
        forms = ("99.113.0.203.", "203.0.113.99.")
        asked = [name for name in self.names.asked[before:] if name.startswith(forms)]
        zones = {each["zone"].replace("{key}", SECRET) for each in LISTS.values() if each.get("addresses") is True}
        self.assertEqual({f"99.113.0.203.{zone}" for zone in zones}, set(asked))

    def test_nobody_is_asked_about_the_well_known(self):
        before = len(self.names.asked)
        self.check(linking("www.w3.org", "www.google.com", "GOOGLE.com", "stranger.test"), ip="127.0.0.1")
        asked = [name for name in self.names.asked[before:] if name.endswith(".multi.uribl.com")]
        self.assertIn("stranger.test.multi.uribl.com", asked)
        self.assertEqual([], [name for name in asked if "google.com" in name or "w3.org" in name])

    @unittest.skipUnless(RSPAMDS.exists(), "the scores of rspamd are not on this machine")
    def test_scores_are_those_of_rspamd(self):
        text = "".join((RSPAMDS / f"{name}_group.conf").read_text() for name in ("rbl", "surbl"))
        theirs = {name: float(score) for name, score in re.findall(r'"(\w+)" \{[^}]*?weight = ([-\d.]+)', text)}
        ours = {answer["symbol"] for each in LISTS.values() for answer in each["codes"].values()}
        self.assertGreater(len(ours & theirs.keys()), 60)
        self.assertEqual({name: theirs[name] for name in ours & theirs.keys()},
                         {name: score_of(name) for name in ours & theirs.keys()})


class FirstRefusal(ShippedCase):
    """A list that has refused rests, so that each of its refusals needs a daemon of its own."""
    place = 0

    def test_it_is_shown_without_points(self):
        refusing = {name: each.get("refused", USUAL_REFUSAL)[self.place:] for name, each in LISTS.items()}
        refusing = {name: told[0] for name, told in refusing.items() if told}
        for name, refused in refusing.items():
            each = LISTS[name]
            with self.subTest(name, refused=refused):
                address = str(ipaddress.ip_network(refused)[-1])
                reply, _ = self.reply_about(each, subject_of(each), [address])
                mine = {answer["symbol"] for answer in each["codes"].values()}
                self.assertEqual(set(), mine & reply.symbols.keys())
                if "refused_symbol" in each:
                    self.assertEqual("0.00", str(reply.symbols[each["refused_symbol"]][0]))
        warned = [f"list {name} ({LISTS[name]['zone']}) refuses" for name in refusing]
        self.daemon.wait_for_log(warned[-1])
        self.assertEqual({said: 1 for said in warned}, {said: len(self.daemon.log_lines(said)) for said in warned})


class SecondRefusal(FirstRefusal):
    place = 1


class ThirdRefusal(FirstRefusal):
    place = 2

    def test_no_list_has_more(self):
        self.assertEqual(3, max(len(each.get("refused", USUAL_REFUSAL)) for each in LISTS.values()))


class Defaults(DaemonCase):
    """As a user gets it."""

    def test_who_is_asked_without_any_setting(self):
        line = self.daemon.wait_for_log("lists asked:")[0]
        for name, each in LISTS.items():
            with self.subTest(name):
                waits = "{key}" in each["zone"] or each.get("enabled") is False
                self.assertEqual(not waits, f"{name} ({each['zone']})" in line)


if __name__ == "__main__":
    unittest.main()
