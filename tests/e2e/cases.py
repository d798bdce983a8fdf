"""Base classes of the tests: who starts what, once for all tests of a class, and how it has to end."""
import unittest

import rspamc
import support
from daemon import WANTED, Daemon, option
from exim import BY_ACTION, Exim, why_no_exim


class DaemonCase(unittest.TestCase):
    """One xspamd for the class. It has to live through all tests unharmed and end with status 0."""
    settings = WANTED
    options = ()
    ipv6 = False
    silent_dns = False
    server_may_die = False

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(cls.settings, cls.options, cls.ipv6, cls.silent_dns).start()
        cls.first_server = cls.daemon.server_pid()

    @classmethod
    def tearDownClass(cls):
        log = cls.daemon.log_text()
        servers = support.children(cls.daemon.pid)
        status = cls.daemon.stop()
        if servers != [cls.first_server] and not cls.server_may_die:
            raise AssertionError(f"the server process died during these tests\n{log}")
        if status != 0:
            raise AssertionError(f"xspamd ended with status {status}\n{log}")

    def check(self, content, **envelope):
        return rspamc.check(self.daemon.address, content, **envelope)

    def expect_symbol(self, reply, symbol_and_option):
        self.assertTrue(reply.has(symbol_and_option), f"{symbol_and_option} is not in {reply.symbols}")

    def expect_wanted(self, reply, want):
        """The verdict is the one that the message asked for by X-Want."""
        symbol, value = {"greylist": ("WANT_GREYLIST", "5.00"), "add header": ("WANT_HEADER", "7.00"),
                         "soft reject": ("WANT_SOFT_REJECT", "12.00"), "reject": ("WANT_REJECT", "20.00"),
                         "no action": (None, None)}[want]
        self.assertEqual(want, reply.action)
        wanted = {name: str(value) for name, (value, _) in reply.symbols.items() if name.startswith("WANT_")}
        self.assertEqual({symbol: value} if symbol else {}, wanted)


class NamesCase(DaemonCase):
    """An xspamd that resolves by a name server of the class, which name_server() makes."""

    @classmethod
    def name_server(cls):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.names = cls.name_server().start()
        cls.addClassCleanup(cls.names.stop)
        # Behind the others: what a class inherits may name the server of another, and the last one counts.
        cls.options = [*cls.options, *option("dns.servers", [cls.names.address])]
        super().setUpClass()


@unittest.skipIf(why_no_exim(), why_no_exim())
class EximCase(DaemonCase):
    """Beside xspamd an Exim that asks it."""
    judge = BY_ACTION
    ipv6 = support.has_ipv6()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(super().tearDownClass)
        cls.exim = Exim(cls.spamd_address(), cls.judge).start()
        cls.addClassCleanup(cls.exim.stop)

    @classmethod
    def tearDownClass(cls):
        """Exim first, xspamd last: both are class cleanups."""

    @classmethod
    def spamd_address(cls):
        return f"127.0.0.1 {cls.daemon.port} variant=rspamd"
