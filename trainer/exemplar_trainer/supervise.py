"""`python -m exemplar_trainer.supervise --run-dir D -- <python arguments>`: keep one attempt, outlive its starter.

The command after `--` is run with this Python, e.g. `-- -m exemplar_trainer.train --run-dir D`. In D:

- `lock`: held (flock) as long as the supervisor lives; a second start exits with 73 and touches nothing
- `pid.json`: `{pid, startTime, bootId, host, child: {pid, startTime}}` of the supervisor and its child
- `log.txt`: the child's stdout and stderr, appended
- `exit.json`: `{exitCode, signal, endedAt}`, renamed into place when the child has ended; `exitCode` is null and
  `signal` a name like `SIGKILL` when a signal ended it

SIGTERM, SIGINT (as SIGTERM) and SIGUSR1 are passed on once each. The child leads a session of its own, so a
signal to the supervisor's group does not reach it twice. If the supervisor itself is killed, Linux sends the
child SIGTERM: it saves a checkpoint and leaves. No exit.json and no live process then means: lost, resumable.
"""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

from .errors import AlreadyRunning
from .files import FolderLock, utc_now, write_json_atomically
from .process_identity import describe_process, start_time

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str] | None = None) -> int:
    """Run the command to its end; returns its exit code, 128 + n after signal n, 73 when one already runs."""
    parser = argparse.ArgumentParser(prog="exemplar_trainer.supervise")
    parser.add_argument("--run-dir", type=Path, required=True)
    parser.add_argument("command", nargs="+", metavar="-- python arguments")
    options = parser.parse_args(arguments)
    run_dir = options.run_dir.resolve()
    run_dir.mkdir(parents=True, exist_ok=True)
    try:
        lock = FolderLock(run_dir / "lock")
    except AlreadyRunning as error:
        print(f"already running: {error}", file=sys.stderr)
        return error.exit_code
    try:
        os.setsid()  # away from the terminal and the group of whoever started us
    except PermissionError:
        pass  # the starter made us a group leader already
    try:
        return _supervise(run_dir, [sys.executable, *options.command])
    finally:
        lock.release()


def _supervise(run_dir: Path, command: list[str]) -> int:
    (run_dir / "exit.json").unlink(missing_ok=True)  # of an earlier attempt: it would win over our being alive
    child: subprocess.Popen | None = None
    early: list[int] = []

    def forward(number: int, _frame: object) -> None:
        number = signal.SIGTERM if number == signal.SIGINT else number
        if child is None:
            early.append(number)
        elif child.poll() is None:
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
        signal.signal(number, forward)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the terminal of whoever started us may close
    write_json_atomically(run_dir / "pid.json", describe_process())
    parent = os.getpid()
    with open(run_dir / "log.txt", "ab") as log, open(os.devnull, "rb") as nothing:
        try:
            child = subprocess.Popen(
                command, stdin=nothing, stdout=log, stderr=log, start_new_session=True, preexec_fn=lambda: _die_with(parent)
            )
        except OSError as error:
            log.write(f"cannot start {command[0]}: {error}\n".encode())
            _write_exit(run_dir, 127)
            return 127
    facts = {"child": {"pid": child.pid, "startTime": start_time(child.pid)}}
    write_json_atomically(run_dir / "pid.json", {**describe_process(), **facts})
    for number in early:
        forward(number, None)
    code = child.wait()
    _write_exit(run_dir, code)
    return code if code >= 0 else 128 - code


def _die_with(parent: int) -> None:
    """In the child before it starts: ask Linux to send SIGTERM when the supervisor is gone."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def _write_exit(run_dir: Path, code: int) -> None:
    facts = {"exitCode": code, "signal": None} if code >= 0 else {"exitCode": None, "signal": signal.Signals(-code).name}
    write_json_atomically(run_dir / "exit.json", {**facts, "endedAt": utc_now()})


if __name__ == "__main__":
    sys.exit(main())
