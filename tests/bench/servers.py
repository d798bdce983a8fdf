"""The servers that are compared: each in a folder of its own, on loopback ports of its own, ended by pid."""
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import machine
import support

DEBIAN_RSPAMD = Path("/etc/rspamd")
FIRST_ANSWER = 120  # seconds that a cold start may take


def toml(key, value):
    return ["-o", f"{key}={json.dumps(value)}"]


class Server:
    """Start with start(), end with stop(). `protocol` and `connections` are for the load."""
    name = ""
    protocol = "rspamc"
    connections = 8
    share = 1.0  # of the messages asked for: a round must last long enough to be measured, and not for ever

    def __init__(self, dns_port):
        self.folder = support.Folder("bench")
        self.port = support.free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.dns = f"127.0.0.1:{dns_port}"
        self._processes = []

    @staticmethod
    def missing():
        """Why this server cannot run here; empty when it can."""
        return ""

    def start(self):
        raise NotImplementedError

    def run(self, *words):
        with open(self.folder / "output", "ab") as output:
            process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=output, cwd=self.folder.path)
        self._processes.append(process)
        return process

    def pids(self):
        return [pid for process in self._processes for pid in machine.family(process.pid)]

    def serving_pid(self):
        """The process whose threads are worth a look; none here."""
        return None

    def first_answer(self, message):
        """Asks for a verdict until one comes."""
        end = time.monotonic() + FIRST_ANSWER
        while time.monotonic() < end:
            for process in self._processes:
                if process.poll() is not None:
                    raise AssertionError(f"{process.args[0]} ended with status {process.returncode}:\n{self.output()}")
            if self._has_verdict(message):
                return
            time.sleep(0.005)
        raise AssertionError(f"no verdict within {FIRST_ANSWER} s:\n{self.output()}")

    def _has_verdict(self, message):
        verb = "CHECK RSPAMC/1.3" if self.protocol == "rspamc" else "REPORT SPAMC/1.2"
        reply = b""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=FIRST_ANSWER) as connection:
                connection.sendall(f"{verb}\r\nContent-length: {len(message)}\r\n\r\n".encode() + message)
                while more := connection.recv(65536):
                    reply += more
        except (ConnectionError, TimeoutError):
            return False
        return b"\nAction: " in reply or b"\nSpam: " in reply

    def output(self):
        return support.last_lines(self.folder / "output")

    def stop(self):
        """SIGTERM, later ones first; SIGKILL to what is left of the families after ten seconds."""
        for process in reversed(self._processes):
            known = machine.family(process.pid)
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                for pid in known:
                    if support.process_runs(pid):
                        os.kill(pid, signal.SIGKILL)
                process.wait()
        self.folder.remove()


class Xspamd(Server):
    """Defaults, but for addresses, the places of store and log, and the user."""
    name = "xspamd"
    share = 5.0

    def start(self):
        words = [support.BINARY, "--config", self.folder / "none.toml", *toml("server.listen", [self.address]),
                 *toml("dns.servers", [self.dns]), *toml("store.url", f"sqlite:{self.folder / 'store' / 'xspamd.db'}"),
                 *toml("log.target", f"file:{self.folder / 'store' / 'log'}")]
        (self.folder / "store").mkdir()
        (self.folder / "none.toml").write_text("")
        if support.is_root():
            words += toml("server.user", "nobody") + toml("server.group", "nogroup")
            shutil.chown(self.folder / "store", "nobody", "nogroup")
        self.run(*words)

    def serving_pid(self):
        return (support.children(self._processes[0].pid) or [self._processes[0].pid])[0]


class Rspamd(Server):
    """Debian's package and configuration, two scanning workers, Redis; its other workers on unix sockets.

    Greylisting is off, as in xspamd: it would answer a message that comes again without looking at it.
    """
    name = "rspamd"

    @staticmethod
    def missing():
        programs = [name for name in ("rspamd", "redis-server") if not shutil.which(name)]
        return f"{' and '.join(programs)} not installed" if programs else ""

    def start(self):
        configuration, state = self.folder / "etc", self.folder / "state"
        shutil.copytree(DEBIAN_RSPAMD, configuration)
        state.mkdir()
        redis_port = support.free_port()
        redis = ["redis-server", "--bind", "127.0.0.1", "--port", redis_port, "--dir", state, "--save", ""]
        self._write(configuration / "local.d" / "redis.conf", f'servers = "127.0.0.1:{redis_port}";\n')
        self._write(configuration / "local.d" / "options.inc", 'dns { nameserver = ["%s"]; }\n' % self.dns)
        self._write(configuration / "local.d" / "greylist.conf", "enabled = false;\n")
        self._write(configuration / "override.d" / "worker-normal.inc",
                    f'bind_socket = "{self.address}"; count = 2;\n')
        for worker in ("controller", "proxy"):
            self._write(configuration / "override.d" / f"worker-{worker}.inc",
                        f'bind_socket = "{state}/{worker}.sock mode=0600";\n')
        words = ["rspamd", "-f", "-c", configuration / "rspamd.conf"]
        for name, path in (("CONFDIR", configuration), ("LOCAL_CONFDIR", configuration), ("DBDIR", state),
                           ("RUNDIR", state), ("LOGDIR", state)):
            words += ["--var", f"{name}={path}"]
        if support.is_root():
            words += ["-u", "_rspamd", "-g", "_rspamd"]
            shutil.chown(state, "_rspamd", "_rspamd")
        self.run(*redis)
        self.run(*words)

    @staticmethod
    def _write(path, text):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


class Spamd(Server):
    """Debian's rules without network tests, no Bayes data, two connections: it has a process for each."""
    name = "spamd -L"
    protocol = "spamc"
    connections = 2
    share = 0.1

    @staticmethod
    def missing():
        return "" if shutil.which("spamd") else "spamd not installed"

    def start(self):
        words = ["spamd", "-L", "-x", "--listen", "127.0.0.1", "--port", self.port, "--pidfile",
                 self.folder / "pid", "--syslog", "stderr", "--cf", "use_bayes 0"]
        if support.is_root():
            words += ["-u", "debian-spamd"]
        self.run(*words)


ALL = (Rspamd, Spamd, Xspamd)
