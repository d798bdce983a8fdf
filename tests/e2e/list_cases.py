"""What tests of DNS lists have in common: lists of their own, a daemon whose only DNS server plays them."""
import hashlib
import subprocess

import support
from cases import NamesCase
from daemon import WANTED, option, own_user
from list_server import ListServer
from rspamc import message

CLIENT, HOP = "192.0.2.42", "192.0.2.7"
WAY = "Received: from sender.example (sender.example [{}]) by {} with ESMTP id 1; Sun, 22 Nov 2026 {} +0000\n"


def table(name, zone, look_at, codes, more=""):
    """[lists.NAME]; `codes` are answer -> (symbol, score) or (symbol, score, "allow = true")."""
    lines = [f"[lists.{name}]", f'zone = "{zone}"', f"look_at = {look_at}".replace("'", '"'), more]
    for code, (symbol, score, *rest) in codes.items():
        keys = [f'symbol = "{symbol}"', f"score = {score}", *rest]
        lines.append(f"codes.\"{code}\" = {{ {', '.join(keys)} }}")
    return "\n".join([*lines, "", ""])


def simple(name, zone, look_at, score=1.0, more=""):
    """A list with one answer, whose symbol is its name."""
    return table(name, zone, [look_at], {"127.0.0.2": (name.upper(), score)}, more)


def linking(*hosts):
    return message(body="".join(f"See http://{host}/ for it.\n" for host in hosts))


def with_way(content, *hops):
    """The message with a hop for each address behind that of our own server."""
    way = [WAY.format(hop, "relay.example", "11:59:00") for hop in hops]
    return "".join([WAY.format(CLIENT, "mx.test.example", "12:00:00"), *way]).encode() + content


def digest(text):
    return hashlib.sha1(text.encode()).hexdigest()


class ListCase(NamesCase):
    """The test's own symbols begin with T_."""
    lists = ""

    @classmethod
    def name_server(cls):
        return ListServer()

    @classmethod
    def setUpClass(cls):
        cls.settings = WANTED + cls.lists
        super().setUpClass()

    def found(self, content=None, ip=CLIENT, **envelope):
        """What the test's own symbols say: {name: option}."""
        reply = self.check(content or message(), ip=ip, **envelope)
        return {name: said for name, (_, said) in reply.symbols.items() if name.startswith("T_")}

    def run_command(self, *words, status=0):
        """What a command says of the daemon's configuration."""
        words = [str(support.BINARY), *words, "--config", str(self.daemon.config), *own_user(), *self.options,
                 *option("store.url", "memory:"), *option("server.listen", [f"127.0.0.1:{support.free_port()}"])]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=support.PATIENCE)
        self.assertEqual(status, done.returncode, done.stdout)
        return done.stdout
