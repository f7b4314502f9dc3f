"""Running another program so that a stop of ours stops everything it started. Standard library only: install.py uses it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading

_GRACE_SECONDS = 5


def run_child(command: list[str]) -> subprocess.CompletedProcess:
    """Run a program to its end with its output captured as text, as `subprocess.run` does.

    The program leads a process group of its own, since pip starts programs too. SIGTERM or SIGINT to us goes to that
    whole group, first kindly, and when it is gone ends us by SystemExit with 128 + n. Call it from the main thread.
    """
    asked: list[int] = []
    child: subprocess.Popen | None = None

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        if child is not None:
            _end_group(child.pid)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        if asked:  # between our handler and the program's start
            _end_group(child.pid)
        out, err = child.communicate()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        _signal_group(child.pid, signal.SIGKILL)  # whoever let go of our pipes and stayed
        raise SystemExit(128 + asked[0])
    return subprocess.CompletedProcess(command, child.returncode, out, err)


def _end_group(group: int) -> None:
    _signal_group(group, signal.SIGTERM)
    last = threading.Timer(_GRACE_SECONDS, _signal_group, (group, signal.SIGKILL))
    last.daemon = True
    last.start()


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass
