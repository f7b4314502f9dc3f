"""A stop of a set-up command stops everything it started."""

import signal
import subprocess
import sys

import pytest

from exemplar_trainer.child import run_child
from exemplar_trainer.process_identity import start_time

from .support import ENVIRONMENT, TRAINER, wait_for

# A program that starts another one, as pip does, and notes both numbers.
PARENT = """
import os, pathlib, subprocess, sys, time
inner = subprocess.Popen([sys.executable, "-c", {inner!r}])
pathlib.Path(sys.argv[1]).write_text(f"{{os.getpid()}} {{inner.pid}}")
time.sleep(600)
"""
PATIENT = "import time; time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def test_what_a_program_said_and_how_it_ended():
    done = run_child([sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"])
    assert (done.returncode, done.stdout, done.stderr) == (3, "out\n", "err\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("inner", [PATIENT, STUBBORN], ids=["patient", "stubborn"])
def test_a_signal_ends_the_whole_group_and_then_us(tmp_path, number, inner):
    noted = tmp_path / "pids"
    command = [sys.executable, "-c", PARENT.format(inner=inner), str(noted)]
    ours = subprocess.Popen([sys.executable, "-c", f"from exemplar_trainer.child import run_child; run_child({command!r})"], env=ENVIRONMENT)
    pids = wait_for(lambda: noted.exists() and noted.read_text().split(), what="both programs")
    started = {int(pid): start_time(int(pid)) for pid in pids}
    assert all(started.values())
    ours.send_signal(number)
    assert ours.wait(60) == 128 + number
    for pid, began in started.items():
        wait_for(lambda: start_time(pid) != began, what=f"the end of {pid}")


def test_install_passes_a_stop_on_to_pip(tmp_path):
    """The real command with a pip that never ends, put where a finished `venv` would have it."""
    venv, noted = tmp_path / "venv", tmp_path / "pids"
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text("")
    version = sys.version.split()[0]
    script = f"""#!/bin/sh
case "$*" in
  *--version*) exit 0;;
  *"print(sys.version"*) echo {version};;
  *) sleep 600 & echo $$ $! > {noted}; wait;;
esac
"""
    (venv / "bin" / "python").write_text(script)
    (venv / "bin" / "python").chmod(0o755)
    command = [sys.executable, str(TRAINER / "install.py"), "--venv", str(venv)]
    ours = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    pids = wait_for(lambda: noted.exists() and len(noted.read_text().split()) == 2 and noted.read_text().split(), what="pip")
    began = {int(pid): start_time(int(pid)) for pid in pids}
    ours.terminate()
    assert ours.wait(60) == 128 + signal.SIGTERM
    for pid, started in began.items():
        wait_for(lambda: start_time(pid) != started, what=f"the end of {pid}")
