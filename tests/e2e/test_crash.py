"""Death and end: mail goes on when the server process dies, and nobody is left without an answer."""
import os
import signal
import socket
import unittest

import rspamc
import support
from cases import DaemonCase, EximCase
from daemon import Daemon, option
from exim import send
from rspamc import message, request


def kill_server(daemon):
    """Kills the server process without warning; returns its pid."""
    victim = daemon.server_pid()
    os.kill(victim, signal.SIGKILL)
    return victim


class TheServerProcessDies(DaemonCase):
    server_may_die = True

    def test_the_next_message_is_judged_as_usual(self):
        self.expect_wanted(self.check(message("reject")), "reject")
        victim = kill_server(self.daemon)
        self.expect_wanted(self.check(message("add header")), "add header")
        self.assertNotEqual(victim, self.daemon.server_pid())

    def test_nobody_is_refused_while_it_dies_again_and_again(self):
        for want in ("reject", "no action", "add header", "soft reject", "no action"):
            kill_server(self.daemon)
            self.expect_wanted(self.check(message(want)), want)

    def test_connections_that_arrive_meanwhile_wait_and_are_served(self):
        kill_server(self.daemon)
        waiting = [rspamc.connect(self.daemon.address) for _ in range(20)]
        for connection in waiting:
            connection.sendall(request(message("add header")))
        for connection in waiting:
            with connection:
                self.expect_wanted(rspamc.check_reply(rspamc.read_to_end(connection)), "add header")

    def test_the_unix_socket_survives_too(self):
        kill_server(self.daemon)
        self.expect_wanted(rspamc.check(self.daemon.socket_path, message("reject")), "reject")

    def test_the_supervisor_keeps_its_pid_and_says_what_happened(self):
        victim = kill_server(self.daemon)
        self.check(message())
        self.assertIsNone(self.daemon.process.poll())
        self.daemon.wait_for_log(str(victim))


class TheServerProcessDiesUnderExim(EximCase):
    server_may_die = True

    def test_the_second_message_of_the_connection_gets_its_own_verdict(self):
        with self.exim.session() as session:
            refused = send(session, message("reject"))
            kill_server(self.daemon)
            accepted = send(session, message("add header"))
        self.assertEqual([550, 250], [refused.code, accepted.code])
        self.assertIn(b"\nX-Spam-Action: add header\n", self.exim.deliver(accepted))
        self.assertNotIn("spam acl condition", self.exim.main_log())


class EndCase(unittest.TestCase):
    """A daemon for each test, as each ends it."""
    options = option("server.grace", "3s")

    def setUp(self):
        self.daemon = Daemon(options=self.options).start()
        self.addCleanup(self.daemon.stop)

    def begin(self, content):
        """A connection that has handed over half of its request, and the other half."""
        connection, rest = self.begin_at_once(self.daemon, content)
        self.assertTrue(self.daemon.answers_ping())  # the server has gone round and read the first half
        return connection, rest

    def begin_at_once(self, daemon, content):
        whole = request(content)
        connection = rspamc.connect(daemon.address)
        self.addCleanup(connection.close)
        connection.sendall(whole[:len(whole) // 2])
        return connection, whole[len(whole) // 2:]

    def finish(self, connection, rest):
        """Whether judged or cut off by the end, the reply is a verdict."""
        with connection:
            connection.sendall(rest)
            reply = rspamc.check_reply(rspamc.read_to_end(connection))
        self.assertIn(reply.action, ("add header", "no action"))
        self.assertEqual(reply.action == "no action", "NOT_SCANNED" in reply.symbols)

    def expect_refused(self):
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(self.daemon.address, timeout=support.PATIENCE).close()


class TheSupervisorDies(EndCase):
    def test_the_server_answers_what_it_has_and_ends(self):
        server = self.daemon.server_pid()
        connection, rest = self.begin(message("add header"))
        os.kill(self.daemon.pid, signal.SIGKILL)
        self.assertEqual(-signal.SIGKILL, self.daemon.wait_for_end())
        self.finish(connection, rest)
        support.wait_until(lambda: not support.process_runs(server), "the end of the server")
        self.expect_refused()


class SigtermEndsIt(EndCase):
    def test_the_status_is_0_and_nothing_is_left_behind(self):
        server = self.daemon.server_pid()
        self.assertTrue(os.path.exists(self.daemon.socket_path))
        self.daemon.terminate()
        self.assertEqual(0, self.daemon.wait_for_end())
        self.assertFalse(support.process_runs(server))
        self.assertFalse(os.path.exists(self.daemon.socket_path))
        self.expect_refused()

    def test_a_request_half_read_is_still_answered(self):
        connection, rest = self.begin(message("add header"))
        self.daemon.terminate()
        self.finish(connection, rest)
        self.assertEqual(0, self.daemon.wait_for_end())

    def test_a_request_that_comes_with_the_signal_is_still_answered(self):
        """The connection stands before the signal; what the server has read of it then is chance, so try often."""
        for _ in range(10):
            daemon = Daemon(options=self.options).start()
            self.addCleanup(daemon.stop)
            connection, rest = self.begin_at_once(daemon, message("add header"))
            daemon.terminate()
            self.finish(connection, rest)
            self.assertEqual(0, daemon.wait_for_end())

    def test_a_client_that_never_goes_on_cannot_prevent_the_end(self):
        self.begin(message())
        self.daemon.terminate()
        self.assertEqual(0, self.daemon.wait_for_end())

    def test_a_new_start_finds_its_addresses_free(self):
        self.check_served()
        self.daemon.terminate()
        self.assertEqual(0, self.daemon.wait_for_end())
        again = Daemon(port=self.daemon.port).start()
        self.addCleanup(again.stop)
        self.assertEqual("reject", rspamc.check(again.address, message("reject")).action)

    def check_served(self):
        self.assertEqual("no action", rspamc.check(self.daemon.address, message()).action)


class WithoutSupervisor(EndCase):
    options = ("--no-supervisor", *EndCase.options)

    def test_one_process_serves_and_ends_with_0(self):
        self.assertEqual("add header", rspamc.check(self.daemon.address, message("add header")).action)
        self.assertEqual([], support.children(self.daemon.pid))
        self.daemon.terminate()
        self.assertEqual(0, self.daemon.wait_for_end())
