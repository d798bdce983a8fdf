"""What every end-to-end test needs: where things are, what the machine offers, and how to wait.

Waiting is always for something (a line, an end, an answer) and always bounded: a bound that is reached is a
failure that says what was waited for, never a hang.
"""
import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
BINARY = CHECKOUT / os.environ.get("XSPAMD_BINARY", "build/xspamd")
# Conformance data made by others lies outside the checkout; tests that want it skip where it is absent.
SHARED = CHECKOUT / os.environ.get("XSPAMD_SHARED", "../shared")
DATA = CHECKOUT / "tests" / "data"

PATIENCE = 30.0  # seconds: a guard against hanging, no statement about speed

# Daemons and MTAs that run now, in the order of their start; the runner prints their logs below a failure.
running = []


def is_root():
    return os.geteuid() == 0


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def free_port():
    """A port that is free on every loopback address we use. Taken again at once by whom it is for."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            if not has_ipv6():
                return port
            try:
                with socket.socket(socket.AF_INET6) as other:
                    other.bind(("::1", port))
                return port
            except OSError:
                continue


def wait_until(condition, what, seconds=PATIENCE):
    """Returns the first true value of condition(); fails naming `what` when none comes."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.01)


def process_runs(pid):
    """False also for a zombie: whoever inherited the process may be slow to collect it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def children(pid):
    """The child processes of `pid`."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def sockets_of(pid):
    """The sockets that a process holds, by the kernel's numbers for them."""
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(os.readlink(link))
        except FileNotFoundError:
            continue
    return sorted(link for link in links if link.startswith("socket:"))


class Folder:
    """A folder of one test's own below /tmp, short enough for unix sockets and open to service users."""

    def __init__(self, name):
        self.path = Path(tempfile.mkdtemp(prefix=f"xspamd-e2e-{name}-", dir="/tmp"))
        self.path.chmod(0o755)

    def __truediv__(self, name):
        return self.path / name

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


def last_lines(path, count=60):
    try:
        lines = Path(path).read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(lines[-count:])
