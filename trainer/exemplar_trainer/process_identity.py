"""Which process is that? Facts which stay true when a process id is used again."""

import os
import platform
import socket
import subprocess
from pathlib import Path


def start_time(pid: int) -> str | None:
    """When a process started, as an opaque text to compare; None when there is no such process.

    On Linux field 22 of /proc/<pid>/stat (clock ticks since boot), elsewhere what `ps -o lstart=` prints.
    """
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        # Field 2 is the name in brackets and may itself hold spaces and brackets: count from the last one.
        fields = stat[stat.rindex(")") + 2 :].split()
        return None if fields[0] == "Z" else fields[19]
    return _output(["ps", "-o", "lstart=", "-p", str(pid)])


def boot_id() -> str | None:
    """An id which changes when the machine starts anew; None where the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        if platform.system() == "Darwin":
            return _output(["sysctl", "-n", "kern.bootsessionuuid"])
        return None


def describe_process(pid: int | None = None) -> dict:
    """`{pid, startTime, bootId, host}` of a process, by default this one."""
    pid = pid or os.getpid()
    return {"pid": pid, "startTime": start_time(pid), "bootId": boot_id(), "host": socket.gethostname()}


def is_alive(facts: dict) -> bool:
    """Whether the process described by `facts` still runs on this machine, since this boot."""
    return facts.get("bootId") == boot_id() and facts.get("startTime") is not None and start_time(int(facts["pid"])) == facts["startTime"]


def _output(command: list[str]) -> str | None:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() or None
    except (OSError, subprocess.CalledProcessError):
        return None
