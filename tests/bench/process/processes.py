"""Programs whose cost is measured, and what the kernel says of them."""

import os
import signal
import subprocess
import threading
import time

from harness import PATIENCE


class Cost:
    """What a program took, from its start to its end."""

    def __init__(self, code, usage, seconds, stderr):
        self.code = code
        self.user = usage.ru_utime
        self.system = usage.ru_stime
        self.cpu = usage.ru_utime + usage.ru_stime  # seconds
        self.switches = usage.ru_nvcsw + usage.ru_nivcsw
        self.peak = usage.ru_maxrss << 10  # bytes
        self.seconds = seconds
        self.stderr = stderr


def run(command, environment=None, folder=None, seconds=PATIENCE):
    """Runs a program to its end, which must be a good one."""
    begin = time.monotonic()
    with open(os.path.join(folder or "/tmp", "measured.stderr"), "w+b") as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment)
        watch = threading.Timer(seconds, process.kill)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    cost = Cost(process.returncode, usage, time.monotonic() - begin, said)
    if cost.code != 0:
        killed = f" (no end within {seconds:.0f} s)" if cost.code == -signal.SIGKILL else ""
        raise AssertionError(f"exit status {cost.code}{killed}: {' '.join(command)}\n{said}")
    return cost


def cpu_of(pid):
    """Seconds that a running process has used so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
