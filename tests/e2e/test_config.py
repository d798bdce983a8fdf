"""Starting: what is wrong is refused and explained, what is right is short and quiet."""
import os
import socket
import subprocess
import sys
import unittest
from pathlib import Path

import rspamc
import support
from cases import DaemonCase
from daemon import WANTED, Daemon, harmless, option, own_user, run_to_end
from rspamc import message

USAGE, BAD_CONFIGURATION = 64, 78

# What is written, the line that is wrong, and what the refusal has to say beside the place.
MISTAKES = {
    "an unknown key": ('[server]\nlistn = ["127.0.0.1:1"]\n', 2, ["listn", "listen"]),
    "an unknown table": ("[acitons]\nreject = 15\n", 1, ["acitons", "actions"]),
    "an unknown key further down": ('# x\n\n[limits]\nmessage = "1MiB"\nmesage = "2MiB"\n', 5, ["mesage", "message"]),
    "a word instead of a number": ('[actions]\nreject = "many"\n', 2, ["many"]),
    "a threshold out of range": ("[actions]\nreject = 10000\n", 2, ["10000"]),
    "an action spelled as a key": ('[actions]\non_failure = "soft_reject"\n', 2, ["soft_reject", "soft reject"]),
    "a key spelled as an action": ('[actions]\n"add header" = 6\n', 2, ["add header", "add_header"]),
    "a size without a unit that exists": ('[limits]\nmessage = "50 furlongs"\n', 2, ["50 furlongs"]),
    "a network that is none": ('[server]\nallow = ["127.0.0.1/33"]\n', 2, ["127.0.0.1/33"]),
    "a pattern that is none": ('[rules.A]\nheader = "To"\nmatch = "(open"\nscore = 1\nabout = "x"\n', 3, ["(open"]),
    "no TOML": ("[server]\nlisten = = 1\n", 2, []),
    "a key twice": ("[actions]\nreject = 15\nreject = 16\n", 3, ["reject"]),
}


class ConfigCase(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("config")
        self.addCleanup(self.folder.remove)
        self.file = self.folder / "xspamd.toml"

    def write(self, text):
        self.file.write_text(text)
        return ["--config", str(self.file)]

    def expect_refused(self, done, *texts):
        self.assertEqual(BAD_CONFIGURATION, done.returncode, done.stdout)
        for text in texts:
            self.assertIn(text, done.stdout)


class Mistakes(ConfigCase):
    def test_the_daemon_refuses_them_with_place_and_nearest_name(self):
        self.expect_all_refused([])

    def test_check_config_refuses_them_with_the_same_words(self):
        self.expect_all_refused(["check-config"])

    def expect_all_refused(self, command):
        for name, (text, line, expected) in MISTAKES.items():
            with self.subTest(name):
                done = run_to_end([*self.write(text), *harmless(), *command])
                self.expect_refused(done, *expected)
                self.assertRegex(done.stdout, rf"xspamd\.toml:{line}:\d+")

    def test_a_file_named_but_absent_is_refused(self):
        self.expect_refused(run_to_end(["--config", str(self.folder / "none.toml"), *harmless()]), "none.toml")

    def test_an_option_is_checked_like_the_file(self):
        self.expect_refused(run_to_end([*self.write(""), *harmless(), "-o", "actions.rejct=5"]), "rejct", "reject")

    def test_a_wrong_file_beside_the_main_one_is_named(self):
        (self.folder / "conf.d").mkdir()
        (self.folder / "conf.d" / "10-site.toml").write_text("[actions]\nrejct = 5\n")
        done = run_to_end([*self.write(""), *harmless(), "check-config"])
        self.expect_refused(done, "10-site.toml:2:", "rejct", "reject")

    @unittest.skipUnless(support.is_root(), "only root can become another user")
    def test_a_user_that_does_not_exist_comes_with_the_line_that_makes_it(self):
        done = run_to_end([*self.write(""), *harmless(), *option("server.user", "no-such-user")])
        self.expect_refused(done, "no-such-user", "adduser")


class RightOnes(ConfigCase):
    def test_check_config_accepts_an_empty_file(self):
        done = run_to_end([*self.write(""), *harmless(), "check-config"])
        self.assertEqual(0, done.returncode, done.stdout)

    def test_check_config_accepts_the_rules_of_these_tests(self):
        done = run_to_end([*self.write(WANTED), *harmless(), "check-config"])
        self.assertEqual(0, done.returncode, done.stdout)


class CommandLine(ConfigCase):
    def test_what_it_does_not_know_is_a_usage_error(self):
        for words in (["--no-such-option"], ["no-such-command"], ["--config"], ["-o"]):
            with self.subTest(words):
                self.assertEqual(USAGE, run_to_end(words).returncode)

    def test_help_and_version_are_no_error(self):
        for word in ("--help", "--version"):
            with self.subTest(word):
                done = run_to_end([word])
                self.assertEqual(0, done.returncode)
                self.assertIn("xspamd", done.stdout)


class Layers(unittest.TestCase):
    def verdict(self, settings, options=(), beside=None):
        daemon = Daemon(settings, options)
        self.addCleanup(daemon.stop)
        if beside is not None:
            (daemon.folder / "conf.d").mkdir()
            (daemon.folder / "conf.d" / "10-site.toml").write_text(beside)
        daemon.start()
        return rspamc.check_reply(rspamc.talk(daemon.address, rspamc.request(message("reject"))), "30.0", "30.0")

    def test_a_file_in_conf_d_overrides_the_main_file(self):
        self.assertEqual("soft reject", self.verdict(WANTED, beside="[actions]\nreject = 30\n").action)

    def test_an_option_overrides_both(self):
        reply = self.verdict(WANTED, ["-o", "actions.reject=30", "-o", "actions.soft_reject=false"],
                             beside="[actions]\nreject = 25\n")
        self.assertEqual("add header", reply.action)

    def test_an_option_overrides_the_score_of_a_rule(self):
        reply = self.verdict(WANTED, ["-o", "actions.reject=30", "-o", "scores.WANT_REJECT=7.5"])
        self.assertEqual(("add header", "7.50"), (reply.action, str(reply.symbols["WANT_REJECT"][0])))


class Addresses(ConfigCase):
    def start_on(self, *addresses):
        return run_to_end([*self.write(""), *harmless(*addresses)])

    def test_a_port_that_is_taken_ends_with_1_and_names_the_owner(self):
        with socket.create_server(("127.0.0.1", 0)) as owner:
            address = "127.0.0.1:%d" % owner.getsockname()[1]
            done = self.start_on(address)
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn(address, done.stdout)
        name = Path("/proc/self/comm").read_text().strip()
        self.assertRegex(done.stdout, rf"\b({name}|{os.getpid()})\b")

    def test_a_unix_socket_on_which_another_answers_is_taken_too(self):
        path = str(self.folder / "taken.sock")
        with socket.socket(socket.AF_UNIX) as owner:
            owner.bind(path)
            owner.listen()
            done = self.start_on(f"unix:{path}")
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn(path, done.stdout)
        self.assertTrue(os.path.exists(path))

    def test_a_unix_socket_left_by_the_dead_is_replaced(self):
        daemon = Daemon()
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(daemon.socket_path)
        daemon.start()
        self.addCleanup(daemon.stop)
        self.assertEqual("reject", rspamc.check(daemon.socket_path, message("reject")).action)

    def test_a_configured_address_that_the_machine_lacks_ends_with_1(self):
        done = self.start_on("192.0.2.77:11333")
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn("192.0.2.77", done.stdout)


# Runs in a network of its own, where the default port is free and IPv6 is off.
ALONE = """
import subprocess, sys, time
sys.path.insert(0, sys.argv[1])
import rspamc, support
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
open("/proc/sys/net/ipv6/conf/all/disable_ipv6", "w").write("1")
open("/proc/sys/net/ipv6/conf/lo/disable_ipv6", "w").write("1")
assert not support.has_ipv6()
daemon = subprocess.Popen(sys.argv[2:])
def pong():
    assert daemon.poll() is None, "it ended"
    try:
        return rspamc.talk(("127.0.0.1", 11333), b"PING RSPAMC/1.3\\r\\n\\r\\n")
    except ConnectionError:
        return b""
try:
    print(support.wait_until(pong, "PONG"), flush=True)
finally:
    daemon.terminate()
    print("status", daemon.wait(timeout=support.PATIENCE), flush=True)
"""


class DefaultAddresses(ConfigCase):
    @unittest.skipUnless(support.is_root(), "only root can make a network of its own")
    def test_a_machine_without_ipv6_is_served_on_ipv4(self):
        switch = "/proc/sys/net/ipv6/conf/all/disable_ipv6"
        probe = subprocess.run(["unshare", "--net", "sh", "-c", f"ip link set lo up && test -w {switch}"],
                               capture_output=True)
        if probe.returncode != 0:
            self.skipTest("this machine gives no network of one's own")
        done = subprocess.run(
            ["unshare", "--net", sys.executable, "-B", "-c", ALONE, str(Path(__file__).parent), str(support.BINARY),
             *self.write(""), *own_user(), *option("store.url", "memory:")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=2 * support.PATIENCE)
        self.assertIn("PONG", done.stdout)
        self.assertIn("status 0", done.stdout)
        self.assertIn("[::1]:11333", done.stdout)


class LogOfAHealthyDay(DaemonCase):
    def test_the_start_takes_at_most_six_lines(self):
        lines = self.daemon.log_text().splitlines()
        self.assertTrue(1 <= len(lines) <= 6, self.daemon.log_text())
        self.assertIn(str(self.daemon.port), self.daemon.log_text())

    def test_each_scan_makes_one_line_with_its_queue_id(self):
        self.check(message("add header"), queue_id="1xV0aa-111111-11")
        self.check(message("reject"), queue_id="1xV0aa-222222-22")
        self.daemon.wait_for_log("1xV0aa-222222-22")
        (line,) = self.daemon.log_lines("1xV0aa-111111-11")
        self.assertIn("add header", line)
        self.assertIn("WANT_HEADER", line)

    def test_a_sender_cannot_write_a_line_of_its_own(self):
        self.check(message(), queue_id="1xV0aa-333333-33", sender="a\x1b[31m b\"c@x.example")
        (line,) = self.daemon.wait_for_log("1xV0aa-333333-33")
        self.assertNotIn("\x1b", line)
