"""What the kernel knows about a server's processes: who they are, their processor time, their memory."""
import os
import platform
import time
from pathlib import Path

import support

TICKS = os.sysconf("SC_CLK_TCK")


def family(pid):
    """The process and all below it."""
    found = [pid]
    for parent in found:  # grows while it is walked
        found += support.children(parent)
    return found


def seconds_of(stat, waited_for):
    """Processor time from the text of /proc/PID/stat, with that of ended children that were waited for."""
    fields = stat.rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15 if waited_for else 13]) / TICKS


def cpu_seconds(pids):
    total = 0.0
    for pid in pids:
        try:
            total += seconds_of(Path(f"/proc/{pid}/stat").read_text(), waited_for=True)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def thread_seconds(pid):
    """Processor time of each thread of one process, by thread id; the first is the main thread."""
    return {int(task.name): seconds_of((task / "stat").read_text(), waited_for=False)
            for task in sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda path: int(path.name))}


def busy_seconds():
    """Processor time that everybody on this machine took since its start, idle time and waiting left out."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def processors():
    return len(os.sched_getaffinity(0))


def pss_bytes(pids):
    """Proportional set size: shared pages are counted once over all processes."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def wait_until_idle(pids, seconds=60):
    """Returns once the processes together take less than 5 % of a processor for two seconds (pids: a function)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = cpu_seconds(pids())
        time.sleep(2)
        if cpu_seconds(pids()) - before < 0.1:
            return


def description():
    """One line on the machine, with the load of others at this moment."""
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    system = next((line.partition("=")[2].strip('"') for line in Path("/etc/os-release").read_text().splitlines()
                   if line.startswith("PRETTY_NAME=")), platform.system())
    load = "%.1f" % os.getloadavg()[0]
    return f"{processors()} processors ({model}), {system}, load average before the run {load}"
