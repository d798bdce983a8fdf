"""Several servers with one Redis: what one learns the other knows, and trouble with it costs no verdict."""
import subprocess
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

import redis_server
import support
import test_fuzzy
import test_greylist
import test_ratelimit
from daemon import Daemon, option, own_user
from redis_server import RedisServer, cluster
from rspamc import check
from stores import RedisStore
from test_teaching import FEW, FORGOTTEN, HAM, LEARNED, NOTHING, SPAM, mail, tell

SCAN_LIMIT = 2.0  # limits.scan of these daemons, and the slack of a busy machine
SLACK = 3.0


@unittest.skipUnless(redis_server.is_there(), "redis-server is not installed")
class RedisCase(unittest.TestCase):
    def redis(self, *words, **how):
        server = RedisServer(*words, **how)
        self.addCleanup(server.remove)
        return server.start()

    def start(self, url, *options):
        daemon = Daemon(options=[*option("store.url", url), *FEW, *option("limits.scan", f"{SCAN_LIMIT:g}s"),
                                 *option("learn.allow", ["127.0.0.0/8", "unix"]), *options]).start()
        self.addCleanup(daemon.stop)
        return daemon

    def url(self, redis, more=""):
        return f"redis://127.0.0.1:{redis.port}{more}"

    def learn(self, daemon, content, which):
        """A second may pass between two lessons on one message: servers take turns."""
        support.wait_until(lambda: b"EX_OK" in self.last(tell(daemon.address, content, which)), "the lesson")
        return self.reply

    def last(self, reply):
        self.reply = reply
        return reply

    def teach_all(self, daemon, count=6):
        for number in range(count):
            self.assertIn(LEARNED, tell(daemon.address, mail(number, SPAM), b"spam"))
            self.assertIn(LEARNED, tell(daemon.address, mail(100 + number, HAM), b"ham"))

    def symbols(self, daemon, words):
        began = time.monotonic()
        symbols = check(daemon.address, mail(999, words)).symbols
        self.assertLess(time.monotonic() - began, SCAN_LIMIT + SLACK)
        return symbols

    def wait_for(self, daemon, symbol, words=SPAM):
        support.wait_until(lambda: symbol in self.symbols(daemon, words), symbol)


class TwoServers(RedisCase):
    def test_what_one_is_taught_the_other_knows(self):
        redis = self.redis()
        one, other = self.start(self.url(redis)), self.start(self.url(redis))
        self.assertIn("BAYES_UNTRAINED", self.symbols(other, SPAM))
        self.teach_all(one)
        self.wait_for(other, "BAYES_SPAM")
        self.wait_for(other, "BAYES_HAM", HAM)
        self.assertNotIn(LEARNED, self.learn(other, mail(1, SPAM), b"spam"), "learned by the first already")
        self.assertIn(FORGOTTEN, self.learn(other, mail(1, SPAM), None))
        time.sleep(1.5)  # one lesson a second on the same message
        self.assertNotIn(FORGOTTEN, self.learn(one, mail(1, SPAM), None))

    def test_a_message_taught_to_both_at_once_counts_once(self):
        redis = self.redis()
        one, other = self.start(self.url(redis)), self.start(self.url(redis))
        for number in range(20):
            with ThreadPoolExecutor(2) as pool:
                replies = list(pool.map(lambda daemon: tell(daemon.address, mail(number, SPAM), b"spam"), (one, other)))
            self.assertEqual(1, sum(LEARNED in reply for reply in replies), replies)

    def test_history_is_one(self):
        redis = self.redis()
        url = self.url(redis)
        one, other = self.start(url), self.start(url)
        for daemon in (one, other):
            check(daemon.address, mail(1, HAM))
        def shown():
            done = subprocess.run([support.BINARY, "history", *option("store.url", url), *own_user()],
                                  capture_output=True, text=True, timeout=support.PATIENCE)
            self.assertEqual(0, done.returncode, done.stderr)
            return done.stdout
        support.wait_until(lambda: shown().count("alice@sender.example") == 2, "both verdicts")

    def test_scan_without_a_server_knows_it_too(self):
        redis = self.redis()
        self.teach_all(self.start(self.url(redis)))
        folder = support.Folder("message")
        self.addCleanup(folder.remove)
        (folder / "m").write_bytes(mail(999, SPAM))
        support.wait_until(lambda: "BAYES_SPAM" in subprocess.run(
            [support.BINARY, "scan", "--local", *option("store.url", self.url(redis)), *FEW, *own_user(),
             str(folder / "m")], capture_output=True, text=True, timeout=support.PATIENCE).stdout, "BAYES_SPAM")


class Doctor(RedisCase):
    def findings(self, url):
        done = subprocess.run([support.BINARY, "doctor", *option("store.url", url), *own_user()],
                              capture_output=True, text=True, timeout=support.PATIENCE)
        return [line for line in done.stdout.splitlines() if "store redis" in line]

    def test_says_whether_it_answers(self):
        redis = self.redis("--requirepass", "s3cret")
        self.assertIn("OK", self.findings(f"redis://:s3cret@127.0.0.1:{redis.port}")[0])
        wrong = self.findings(f"redis://:wr0ng@127.0.0.1:{redis.port}")
        self.assertIn("PROBLEM", wrong[0])
        self.assertNotIn("wr0ng", str(wrong))
        redis.kill()
        self.assertIn("PROBLEM", self.findings(f"redis://:s3cret@127.0.0.1:{redis.port}")[0])


class Trouble(RedisCase):
    def test_stopped_and_started_again(self):
        redis = self.redis()
        daemon = self.start(self.url(redis))
        self.teach_all(daemon)
        self.wait_for(daemon, "BAYES_SPAM")
        redis.kill()
        self.wait_for(daemon, "STORE_UNAVAILABLE")
        self.assertEqual("no action", check(daemon.address, mail(1, HAM)).action)
        redis.start()
        support.wait_until(lambda: "STORE_UNAVAILABLE" not in self.symbols(daemon, SPAM), "the store to come back")
        self.teach_all(daemon)  # it kept nothing: --save ""
        self.wait_for(daemon, "BAYES_SPAM")
        warnings = [line for line in daemon.log_text().splitlines() if " warning " in line and str(redis.port) in line]
        self.assertLessEqual(len(warnings), 2, warnings)

    def test_a_silent_server_delays_no_scan_beyond_its_limit(self):
        redis = self.redis()
        daemon = self.start(self.url(redis))
        self.teach_all(daemon)
        self.wait_for(daemon, "BAYES_SPAM")
        redis.hold()
        for _ in range(3):
            self.assertNotIn("BAYES_SPAM", self.symbols(daemon, SPAM))
        self.assertIn("STORE_UNAVAILABLE", self.symbols(daemon, SPAM))
        redis.go_on()
        self.wait_for(daemon, "BAYES_SPAM")

    def test_a_password(self):
        redis = self.redis("--requirepass", "s3cr:t/")
        right = self.start(f"redis://:s3cr%3At%2F@127.0.0.1:{redis.port}/3")
        self.teach_all(right)
        self.wait_for(right, "BAYES_SPAM")
        wrong = self.start(f"redis://:wr0ng@127.0.0.1:{redis.port}")
        self.wait_for(wrong, "STORE_UNAVAILABLE")
        self.assertNotIn("wr0ng", wrong.log_text())
        self.assertNotIn("s3cr", right.log_text())


@unittest.skipUnless(redis_server.is_there(), "redis-server is not installed")
class GreylistingTogether(test_greylist.Greylisting):
    store = RedisStore


@unittest.skipUnless(redis_server.is_there(), "redis-server is not installed")
class GreylistedByEximWithTwo(test_greylist.GreylistedByExim):
    """Exim asks either of two servers, as it likes."""
    store = RedisStore

    @classmethod
    def spamd_address(cls):
        other = Daemon(options=cls.options).start()
        cls.addClassCleanup(other.stop)
        return " : ".join(f"127.0.0.1 {port} variant=rspamd" for port in (cls.daemon.port, other.port))


@unittest.skipUnless(redis_server.is_there(), "redis-server is not installed")
class LimitedTogether(test_ratelimit.Parallel):
    store = RedisStore


@unittest.skipUnless(redis_server.is_there(), "redis-server is not installed")
class FuzzyTogether(test_fuzzy.WhatIsReported):
    def setUp(self):
        super().setUp()
        redis = RedisStore()
        self.addCleanup(redis.remove)
        self.STORE = redis.url

    def test_what_one_is_told_the_other_finds(self):
        one, other = self.start(), self.start()
        content = mail(1, " ".join(f"{word}{letter}" for word in SPAM.split() for letter in "abcdef"))
        self.xspamc(one, "fuzzy-add", "-f", "denied", content=content)
        self.wait_for(other, content, "FUZZY_DENIED")


class Sentinels(RedisCase):
    def test_the_next_master_is_found(self):
        master = self.redis()
        replica = self.redis("--replicaof", f"127.0.0.1 {master.port}")
        sentinel = self.redis(sentinel=f"sentinel monitor mail 127.0.0.1 {master.port} 1\n"
                                       "sentinel down-after-milliseconds mail 1000\n"
                                       "sentinel failover-timeout mail 3000\n")
        support.wait_until(lambda: b"role:slave" in replica.ask("INFO", "replication") and
                           b"master_link_status:up" in replica.ask("INFO", "replication"), "the replica")
        support.wait_until(lambda: str(replica.port).encode() in sentinel.ask("SENTINEL", "replicas", "mail"),
                           "the sentinel to know the replica")
        daemon = self.start(f"redis+sentinel://127.0.0.1:{sentinel.port}/mail")
        self.teach_all(daemon)
        self.wait_for(daemon, "BAYES_SPAM")
        master.kill()
        self.symbols(daemon, SPAM)
        support.wait_until(lambda: b"role:master" in replica.ask("INFO", "replication"), "the fail-over", 60)
        self.wait_for(daemon, "BAYES_SPAM")
        self.assertIn(LEARNED, self.learn(daemon, mail(50, SPAM), b"spam"))


class Clusters(RedisCase):
    def test_of_three_nodes_one_is_lost_and_comes_back(self):
        nodes = [self.redis("--cluster-enabled", "yes", "--cluster-node-timeout", "2000",
                            "--cluster-require-full-coverage", "no") for _ in range(3)]
        cluster(nodes)
        daemon = self.start("redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in nodes))
        self.teach_all(daemon)
        self.wait_for(daemon, "BAYES_SPAM")
        nodes[2].kill()
        for _ in range(3):
            self.symbols(daemon, SPAM)
        self.wait_for(daemon, "STORE_UNAVAILABLE")
        nodes[2].start()
        support.wait_until(lambda: "STORE_UNAVAILABLE" not in self.symbols(daemon, SPAM), "the node to be back", 60)


if __name__ == "__main__":
    unittest.main()
