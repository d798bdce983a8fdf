"""Rate limits: what is more than a bucket holds is put off unscanned, however many requests come at once."""
import itertools
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import support
from cases import EximCase
from daemon import Daemon, option, run_to_end
from exim import LOGIN, PASSWORD, send
from rspamc import check, message
from stores import SqliteStore

CLIENT, OTHER = "198.51.100.7", "203.0.113.7"
PARALLEL = 200
BURST = 50


def limit(name, by, rate, **keys):
    """The options for [ratelimits.NAME]."""
    keys = {"by": by, "rate": rate, **keys}
    return [word for key, value in keys.items() for word in option(f"ratelimits.{name}.{key}", value)]


class RatelimitCase(unittest.TestCase):
    store = SqliteStore

    def setUp(self):
        self.shared = self.store()
        self.addCleanup(self.shared.remove)

    def start(self, *options):
        daemon = Daemon(options=[*option("store.url", self.shared.url), *options]).start()
        self.addCleanup(daemon.stop)
        return daemon

    def start_all(self, *options):
        """As many as the store can serve."""
        return [self.start(*options) for _ in range(self.shared.servers)]

    def send_at_once(self, daemons, count=PARALLEL, **envelope):
        """What became of so many messages, spread over the daemons."""
        envelope = {"ip": CLIENT, **envelope}
        with ThreadPoolExecutor(count) as pool:
            addresses = itertools.islice(itertools.cycle(daemon.address for daemon in daemons), count)
            replies = list(pool.map(lambda address: check(address, message(), **envelope), addresses))
        return Counter(reply.action == "soft reject" for reply in replies)


class Parallel(RatelimitCase):
    def test_of_many_at_once_exactly_those_pass_that_the_bucket_holds(self):
        daemons = self.start_all(*limit("daily", ["ip"], f"{BURST} / 1d"))
        self.assertEqual({False: BURST, True: PARALLEL - BURST}, self.send_at_once(daemons))
        self.assertEqual({True: 10}, self.send_at_once(daemons, 10))
        self.assertEqual({False: 10}, self.send_at_once(daemons, 10, ip=OTHER))

    def test_each_combination_has_its_own(self):
        daemons = self.start_all(*limit("pairs", ["sender", "recipient"], f"{BURST} / 1d"))
        recipients = ["a@test.example", "b@test.example"]
        self.assertEqual({False: BURST, True: 150}, self.send_at_once(daemons, recipients=recipients))
        self.assertEqual({True: 10}, self.send_at_once(daemons, 10, recipients=recipients[:1]))
        self.assertEqual({False: 10}, self.send_at_once(daemons, 10, recipients=["c@test.example"]))

    def test_of_two_limits_neither_is_exceeded(self):
        daemons = self.start_all(*limit("wide", ["ip"], "100 / 1d"), *limit("narrow", ["sender"], f"{BURST} / 1d"))
        self.assertEqual(BURST, self.send_at_once(daemons)[False])
        # What was refused has not filled the wide one, but for what came at the same moment.
        left = self.send_at_once(daemons, 60, sender="eve@other.example")[False]
        self.assertTrue(0 < left <= BURST, left)


class Limited(RatelimitCase):
    def test_a_limited_message_is_not_scanned_and_its_client_is_told_why(self):
        daemon = self.start(*limit("hourly", ["ip", "sender"], "1 / 1h"))
        first = check(daemon.address, message("add header"), ip=CLIENT)
        self.assertEqual("add header", first.action)
        self.assertNotIn("RATELIMITED", first.symbols)
        second = check(daemon.address, message("add header"), ip=CLIENT)
        self.assertEqual(("soft reject", 'Ratelimit "hourly" exceeded'), (second.action, second.message))
        self.assertEqual({"RATELIMITED"}, set(second.symbols))
        self.assertEqual(f"hourly, {CLIENT} alice@sender.example", second.symbols["RATELIMITED"][1])

    def test_a_bucket_leaks(self):
        daemon = self.start(*limit("fast", ["ip"], "2 / 1s"))
        self.assertIn(True, self.send_at_once([daemon], 20))
        support.wait_until(lambda: check(daemon.address, message(), ip=CLIENT).action == "no action",
                           "room in the bucket")

    def test_what_was_sent_is_known_after_a_restart(self):
        options = limit("daily", ["ip"], "2 / 1d")
        daemon = self.start(*options)
        self.assertEqual({False: 2, True: 3}, self.send_at_once([daemon], 5))
        self.assertEqual(0, daemon.stop())
        self.assertEqual({True: 5}, self.send_at_once([self.start(*options)], 5))

    def test_a_store_that_is_none_limits_nobody(self):
        self.shared.file.write_bytes(b"This is no database.\n" * 1000)
        daemon = self.start(*limit("daily", ["ip"], "1 / 1d"))
        for _ in range(3):
            reply = check(daemon.address, message("add header"), ip=CLIENT)
            self.assertEqual("add header", reply.action)
            self.assertIn("ratelimit", reply.symbols["STORE_UNAVAILABLE"][1])


class Mistakes(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("limits")
        self.addCleanup(self.folder.remove)

    def expect_refused(self, text, sentence):
        path = self.folder / "x.toml"
        path.write_text(text)
        done = run_to_end(["--config", str(path), "check-config"])
        self.assertEqual(78, done.returncode, done.stdout)
        self.assertIn(f"{path}:{sentence}", done.stdout)

    def test_a_rate_that_is_none_is_told_with_its_place(self):
        self.expect_refused('[ratelimits.out]\nby = ["user"]\nrate = "100 per hour"\n',
                            '3:1: ratelimits.out.rate: expected a number and a time such as "100 / 1h", found '
                            '"100 per hour"')

    def test_what_is_missing_is_told(self):
        self.expect_refused('[ratelimits.out]\nrate = "100 / 1h"\n', "1:")
        self.expect_refused('[ratelimits.out]\nby = ["user"]\n', "1:")


class LimitedByExim(EximCase):
    options = [*limit("user", ["user"], "2 / 1d"), *limit("outside", ["ip"], "1 / 1d")]

    def test_a_user_is_put_off_and_others_are_not(self):
        with self.exim.session() as session:
            session.login(LOGIN, PASSWORD)
            codes = [send(session, message()).code for _ in range(3)]
        self.assertEqual([250, 250, 451], codes)
        # Mail of our own networks is not counted by its address.
        self.assertEqual([250, 250, 250], [self.exim.submit(message()).code for _ in range(3)])


if __name__ == "__main__":
    unittest.main()
