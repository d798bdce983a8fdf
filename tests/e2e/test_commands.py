"""The commands beside serving: each is run as an administrator would run it."""
import os
import re
import shutil
import socket
import subprocess
import unittest
from pathlib import Path

import exim
import support
from daemon import Daemon, option, own_user, run_to_end
from resolver import Resolver

FINE, PROBLEM, USAGE, BAD_CONFIGURATION = 0, 1, 64, 78

SITE = """[actions]
reject = 12.5

[rules.OUR_NEWSLETTER]
header = "List-Id"
match = '<news>'
score = -3.0
about = "Our own newsletter"
"""
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


class CommandCase(unittest.TestCase):
    def setUp(self):
        self.folder = support.Folder("commands")
        self.addCleanup(self.folder.remove)
        self.file = self.folder / "xspamd.toml"
        self.file.write_text(SITE)

    def run_command(self, *words, config=None, status=FINE):
        done = run_to_end([*words, "--config", str(config or self.file)])
        self.assertEqual(status, done.returncode, done.stdout)
        return done.stdout

    def expect_lines(self, text, *lines):
        for line in lines:
            self.assertIn(line, text.splitlines())


class Words(CommandCase):
    def test_common_options_stand_before_or_behind_a_command(self):
        config = ["--config", str(self.file), "-o", "actions.reject=33"]
        for words in (["dump-config", *config], [*config, "dump-config"], [*config[:2], "dump-config", *config[2:]]):
            with self.subTest(words):
                self.expect_lines(run_to_end(words).stdout, "reject = 33")

    def test_every_command_refuses_what_it_does_not_know(self):
        for command in ("check-config", "dump-config", "list-checks", "list-symbols", "exim-config", "doctor"):
            with self.subTest(command):
                self.assertEqual(USAGE, run_to_end([command, "--no-such-option"]).returncode)
                self.assertEqual(USAGE, run_to_end([command, "word"]).returncode)
        for command in ("scan", "explain"):
            with self.subTest(command):
                self.assertEqual(USAGE, run_to_end([command]).returncode)
                self.assertEqual(USAGE, run_to_end([command, "--ip", "nowhere", str(self.file)]).returncode)

    def test_every_command_refuses_a_bad_configuration_with_its_place(self):
        self.file.write_text("[actions]\nrejct = 5\n")
        for words in (["check-config"], ["dump-config"], ["list-checks"], ["list-symbols"], ["exim-config"],
                      ["doctor"], ["scan", "/dev/null"], ["explain", "/dev/null"]):
            with self.subTest(words):
                output = self.run_command(*words, status=BAD_CONFIGURATION)
                self.assertIn(f"{self.file}:2:1", output)
                self.assertIn("rejct", output)


class DumpConfig(CommandCase):
    def test_what_is_set_and_what_is_not_both_stand_in_it(self):
        self.expect_lines(self.run_command("dump-config"), "[actions]", "reject = 12.5", "add_header = 6",
                          "[rules.OUR_NEWSLETTER]", "score = -3.0", 'message = "50MiB"', "[checks.gtube]")

    def test_fed_back_it_gives_the_same(self):
        for style in ([], ["--rules"]):
            with self.subTest(style):
                first = self.run_command("dump-config", *style)
                again = self.folder / "again.toml"
                again.write_text(first)
                self.assertEqual(first, self.run_command("dump-config", *style, config=again))

    def test_shipped_rules_stand_in_it_only_when_asked_for(self):
        self.assertNotIn("[rules.MISSING_MID]", self.run_command("dump-config"))
        self.assertIn("[rules.MISSING_MID]", self.run_command("dump-config", "--rules"))

    def test_origin_tells_file_and_line_for_each_layer(self):
        (self.folder / "conf.d").mkdir()
        (self.folder / "conf.d" / "10-dns.toml").write_text("# ours\n\n[dns]\nretries = 3\n")
        output = self.run_command("dump-config", "--origin", "--rules", "-o", "log.level=debug")
        self.expect_lines(output, f"reject = 12.5  # {self.file}:2", f"score = -3.0  # {self.file}:7",
                          f"retries = 3  # {self.folder / 'conf.d' / '10-dns.toml'}:4",
                          'level = "debug"  # -o', "cache = 20000  # default")
        self.assertRegex(output, r'(?m)^header = "Message-ID"  # built-in/rules\.d/\w+\.toml:\d+$')

    def test_secrets_are_not_shown(self):
        output = self.run_command("dump-config", *option("store.url", "redis://u:geheim@localhost:6379/1"))
        self.expect_lines(output, 'url = "redis://u:***@localhost:6379/1"  # hidden')
        self.assertNotIn("geheim", output)

    def test_default_prints_the_shipped_file(self):
        shipped = (support.CHECKOUT / "conf" / "default" / "xspamd.toml").read_text()
        self.assertEqual(shipped, self.run_command("dump-config", "--default"))

    def test_the_default_file_can_be_used_as_it_is(self):
        shipped = support.CHECKOUT / "conf" / "default" / "xspamd.toml"
        self.assertIn("fine", self.run_command("check-config", config=shipped))

    def test_reference_prints_a_row_for_a_key(self):
        self.expect_lines(self.run_command("dump-config", "--reference"),
                          "| `limits.scan` | duration | `\"8s\"` | Time for one scan |")


class Lists(CommandCase):
    def test_list_checks_tells_phase_state_and_options(self):
        output = self.run_command("list-checks", "-o", "checks.rules.enabled=false")
        self.assertRegex(output, r"(?m)^gtube +before +on +The test string for spam filters$")
        self.assertRegex(output, r"(?m)^rules +scan +off +\S")
        self.assertRegex(output, r"(?m)^    enabled = true +Whether the check runs$")

    def test_list_symbols_tells_where_each_comes_from(self):
        output = self.run_command("list-symbols", "-o", "scores.MISSING_MID=1.5")
        self.assertRegex(output, rf"(?m)^OUR_NEWSLETTER +-3\.00 - +Our own newsletter \({re.escape(str(self.file))}:4\)$")
        self.assertRegex(output, r"(?m)^GTUBE +15\.00 test +.* \(check gtube\)$")
        self.assertRegex(output, r"(?m)^NOT_SCANNED +0\.00 service +.* \(the scan itself\)$")
        self.assertRegex(output, r"(?m)^MISSING_MID +1\.50 \S+ +.*\(built-in/rules\.d/\w+\.toml:\d+; score: -o\)$")


class Explain(CommandCase):
    def message(self, body="hello"):
        path = self.folder / "message.eml"
        path.write_text(f"From: a@example.org\nList-Id: <news>\nSubject: x\n\n{body}\n")
        return str(path)

    def test_it_shows_symbols_with_their_sentence_and_place_and_the_rest(self):
        output = self.run_command("explain", self.message(), "--ip", "192.0.2.1")
        self.expect_lines(output, self.message(), "   -3.00 OUR_NEWSLETTER", "         Our own newsletter",
                          f"         from: {self.file}:4", "    12.5 reject, not reached", "     off soft reject",
                          "skipped", "time")
        self.assertRegex(output, r"(?m)^ +\d+\.\d\d ms parse$")

    def test_it_says_what_decided_and_what_the_client_is_told(self):
        output = self.run_command("explain", self.message(GTUBE))
        self.expect_lines(output, "action: reject, decided by GTUBE whatever the score", "    12.5 reject, reached",
                          "SMTP reply: Gtube pattern")

    def test_a_recipient_does_not_take_the_file_for_another(self):
        output = self.run_command("explain", "--rcpt", "a@example.org", self.message())
        self.assertIn("OUR_NEWSLETTER", output)

    def test_a_file_that_is_not_there_ends_with_1_and_the_others_are_shown(self):
        output = self.run_command("explain", "/no/such/file", self.message(), status=PROBLEM)
        self.assertIn("/no/such/file", output)
        self.assertIn("OUR_NEWSLETTER", output)


# What is configured to listen, and what Exim has to be told.
ADDRESSES = {
    "the first TCP address": (["unix:/run/x.sock", "127.0.0.1:783", "127.0.0.1:784"], "127.0.0.1 783"),
    "a unix socket": (["unix:/run/x.sock"], "/run/x.sock"),
    "a unix socket with a colon": (["unix:/run/x:y.sock"], "<; /run/x:y.sock"),
    "IPv6": (["[::1]:11333"], "<; ::1 11333"),
    "every IPv4 address": (["0.0.0.0:11333"], "127.0.0.1 11333"),
    "every IPv6 address": (["[::]:11333"], "<; ::1 11333"),
    "another address": (["192.0.2.7:11333"], "192.0.2.7 11333"),
    "localhost": (["localhost:783"], "127.0.0.1 783"),
}


class EximConfig(CommandCase):
    def config_for(self, listen, variant):
        return self.run_command("exim-config", "--variant", variant, *option("server.listen", listen))

    def test_the_address_is_the_one_that_is_configured(self):
        for name, (listen, address) in ADDRESSES.items():
            with self.subTest(name):
                self.expect_lines(self.config_for(listen, "rspamd"), f"spamd_address = {address} variant=rspamd")
                self.expect_lines(self.config_for(listen, "spamassassin"), f"spamd_address = {address}")

    def test_without_a_choice_both_are_printed(self):
        output = self.run_command("exim-config")
        self.expect_lines(output, "spamd_address = 127.0.0.1 11333 variant=rspamd", "spamd_address = 127.0.0.1 11333")

    def test_the_thresholds_are_those_in_force_times_ten(self):
        def thresholds(*options):
            output = self.run_command("exim-config", "--variant", "spamassassin", *options)
            return re.findall(r">=\{\$acl_m_spam_score\}\{(-?\d+)\}", output)
        self.assertEqual(["125", "60"], thresholds())
        self.assertEqual(["60", "5"], thresholds("-o", "actions.reject=6", "-o", "actions.add_header=0.5"))
        self.assertEqual(["99999", "-12"], thresholds("-o", "actions.reject=false", "-o", "actions.add_header=-1.2"))

    def test_a_port_that_changes_and_a_variant_that_is_none_are_refused(self):
        self.run_command("exim-config", *option("server.listen", ["127.0.0.1:0"]), status=PROBLEM)
        self.run_command("exim-config", "--variant", "clamav", status=USAGE)

    @unittest.skipIf(exim.why_no_exim(), exim.why_no_exim())
    def test_exim_accepts_what_is_printed(self):
        for variant in ("rspamd", "spamassassin"):
            for name, (listen, address) in ADDRESSES.items():
                with self.subTest(variant=variant, listen=name):
                    main, acl = self.config_for(listen, variant).split("acl_check_data:\n", 1)
                    path = self.folder / "exim.conf"
                    path.write_text(f"hostlist relay_from_hosts = 127.0.0.1\n{main}"
                                    f"\nbegin acl\nacl_check_data:\n{acl}\nbegin routers\nbegin transports\n")
                    self.expect_exim_takes(path, address + (" variant=rspamd" if variant == "rspamd" else ""))

    def expect_exim_takes(self, path, address):
        def run(*words):
            return subprocess.run([exim.exim_binary(), "-C", str(path), *words], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=support.PATIENCE)
        read = run("-bV")
        self.assertEqual(0, read.returncode, read.stdout)
        self.assertNotIn("error", read.stdout.lower())
        self.assertIn(f"spamd_address = {address}", run("-bP", "spamd_address").stdout)
        self.assertIn("acl_smtp_data = acl_check_data", run("-bP", "acl_smtp_data").stdout)


# Stands for Exim: what it prints for -bV and for -bP.
FAKE_EXIM = """#!/bin/sh
[ "$1" = -bV ] && printf 'Exim version %s #2 built\\nSupport for: %s\\n' '{version}' '{support}'
[ "$1" = -bP ] && echo {wireformat}
{more}
exit 0
"""


class Doctor(CommandCase):
    def setUp(self):
        super().setUp()
        self.port = support.free_port()
        self.names = Resolver().start()
        self.addCleanup(self.names.stop)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.fake_exim()

    def fake_exim(self, version="4.96", support_for="IPv6 Content_Scanning DKIM", wireformat="no_spool_wireformat",
                  more=""):
        path = self.bin / "exim4"
        path.write_text(FAKE_EXIM.format(version=version, support=support_for, wireformat=wireformat, more=more))
        path.chmod(0o755)

    def doctor(self, *options, listen=None, status=FINE):
        words = [str(support.BINARY), "doctor", "--config", str(self.file), *own_user(),
                 *option("store.url", "memory:"), *option("server.listen", listen or [f"127.0.0.1:{self.port}"]),
                 *option("dns.servers", [self.names.address]), *options]
        environment = dict(os.environ, PATH=f"{self.bin}:{os.environ['PATH']}")
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, env=environment, timeout=support.PATIENCE)
        self.assertEqual(status, done.returncode, done.stdout)
        for line in done.stdout.splitlines():
            self.assertRegex(line, r"^(OK     |WARN   |PROBLEM) \S")
        return done.stdout

    def test_a_sound_machine_is_fine(self):
        output = self.doctor()
        self.assertNotIn("PROBLEM", output)
        self.expect_lines(output, f"OK      listen 127.0.0.1:{self.port}: free",
                          "OK      Exim: built with Content_Scanning")
        self.assertRegex(output, r"(?m)^OK      configuration: .*xspamd\.toml, \d+ checks, \d+ symbols$")
        self.assertRegex(output, r"(?m)^OK      clock: 20\d\d-")

    def test_a_port_that_another_has_is_a_problem_that_names_who(self):
        with socket.create_server(("127.0.0.1", 0)) as owner:
            address = "127.0.0.1:%d" % owner.getsockname()[1]
            output = self.doctor(listen=[address], status=PROBLEM)
        name = Path("/proc/self/comm").read_text().strip()
        self.assertIn(f"PROBLEM listen {address}: taken by {name} (pid {os.getpid()})", output)

    def test_a_unix_socket_that_another_has_is_a_problem_that_names_who(self):
        path = str(self.folder / "x.sock")
        with socket.socket(socket.AF_UNIX) as owner:
            owner.bind(path)
            owner.listen()
            output = self.doctor(listen=[f"unix:{path}"], status=PROBLEM)
        self.assertRegex(output, rf"PROBLEM listen unix:{path}: taken by .*pid {os.getpid()}\b")
        self.assertIn("stale", self.doctor(listen=[f"unix:{path}"]))
        self.assertTrue(os.path.exists(path))

    def test_addresses_that_our_own_server_has_are_fine(self):
        daemon = Daemon()
        self.addCleanup(daemon.stop)
        daemon.start()
        output = self.doctor(listen=[f"127.0.0.1:{daemon.port}", f"unix:{daemon.socket_path}"])
        self.assertEqual(2, len(re.findall(r"(?m)^OK      listen .*: xspamd \(pid \d+\) serves there$", output)), output)

    def test_a_store_without_a_folder_comes_with_the_line_that_makes_it(self):
        output = self.doctor("-o", f"store.url=sqlite:{self.folder / 'none'}/x.db")
        self.assertRegex(output, rf"(?m)^WARN    store .*: install -d -o \S+ -g \S+ -m 750 {self.folder / 'none'}$")

    @unittest.skipUnless(support.is_root(), "only root can look with the eyes of another user")
    def test_a_store_that_the_servers_user_may_not_write_to_is_told(self):
        state = self.folder / "state"
        state.mkdir(mode=0o700)
        url = f"store.url=sqlite:{state}/x.db"
        self.assertIn(f"nobody may not write to {state}", self.doctor("-o", url))
        shutil.chown(state, "nobody", "nogroup")
        self.assertIn(f"nobody may write to {state}", self.doctor("-o", url))

    @unittest.skipUnless(support.is_root(), "only root can become another user")
    def test_a_user_that_does_not_exist_is_a_problem_with_the_line_that_makes_it(self):
        output = self.doctor("-o", "server.user=no-such-user", status=PROBLEM)
        self.assertRegex(output, r"(?m)^PROBLEM user no-such-user: .*adduser")

    def test_each_version_of_exim_is_told_what_it_needs(self):
        for version, expected in {
            "4.84_2": "WARN    Exim 4.84 ", "4.86": "half-closes", "4.87.1": "half-closes",
            "4.88": "needs no setting", "4.99.1": "needs no setting", "4.100": "needs no setting",
        }.items():
            with self.subTest(version):
                self.fake_exim(version)
                self.assertIn(expected, self.doctor())

    def test_an_exim_without_content_scanning_is_a_problem(self):
        self.fake_exim(support_for="IPv6 DKIM")
        self.assertIn("PROBLEM Exim: built without Content_Scanning", self.doctor(status=PROBLEM))

    def test_the_option_that_hides_mail_from_scanners_is_told(self):
        self.fake_exim(wireformat="spool_wireformat")
        self.assertIn("WARN    Exim: spool_wireformat is on", self.doctor())

    def test_an_exim_that_hangs_does_not_hang_the_doctor(self):
        self.fake_exim(more="exec sleep 60")
        self.assertIn("did not end within 5 s", self.doctor())
