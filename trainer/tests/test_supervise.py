"""The supervisor: one at a time, true facts on disk, signals passed on, nothing orphaned."""

import json
import os
import signal
import subprocess
import sys

from exemplar_trainer.process_identity import describe_process, is_alive, start_time

from .support import ENVIRONMENT, events, losses, make_run, run_config, wait_for

SLEEPER = "import time; print('begun', flush=True); time.sleep(60)"
CATCHER = """
import signal, sys, time
seen = []
for n in (signal.SIGTERM, signal.SIGUSR1):
    signal.signal(n, lambda n, _: seen.append(signal.Signals(n).name))
print('begun', flush=True)
while len(seen) < 2: time.sleep(0.01)
print(*seen, flush=True)
sys.exit(75)
"""


def start(run_dir, *arguments):
    command = [sys.executable, "-m", "exemplar_trainer.supervise", "--run-dir", str(run_dir), "--", *arguments]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return process


def read(path):
    return json.loads(path.read_text()) if path.exists() else None


def begun(run_dir):
    wait_for(lambda: (run_dir / "log.txt").exists() and "begun" in (run_dir / "log.txt").read_text(), what="child")
    return wait_for(lambda: (read(run_dir / "pid.json") or {}).get("child") and read(run_dir / "pid.json"), what="pid.json")


def test_facts_and_exit_code(tmp_path):
    assert start(tmp_path, "-c", "print('out'); import sys; print('err', file=sys.stderr); sys.exit(65)").wait(20) == 65
    facts = read(tmp_path / "exit.json")
    assert facts["exitCode"] == 65 and facts["signal"] is None and facts["endedAt"].endswith("Z")
    assert sorted((tmp_path / "log.txt").read_text().split()) == ["err", "out"]
    pid = read(tmp_path / "pid.json")
    assert pid.keys() == {"pid", "startTime", "bootId", "host", "child"} and not is_alive(pid)


def test_second_start_is_refused_and_touches_nothing(tmp_path):
    first = start(tmp_path, "-c", SLEEPER)
    facts = begun(tmp_path)
    assert facts["pid"] == first.pid and is_alive(facts) and start_time(facts["child"]["pid"]) == facts["child"]["startTime"]
    second = start(tmp_path, "-c", "print('second')")
    assert second.wait(20) == 73 and b"already running" in second.stderr.read()
    assert read(tmp_path / "pid.json") == facts and "second" not in (tmp_path / "log.txt").read_text()
    assert os.getsid(first.pid) == first.pid and os.getpgid(facts["child"]["pid"]) == facts["child"]["pid"]
    first.terminate()
    assert first.wait(20) == 128 + signal.SIGTERM
    assert read(tmp_path / "exit.json")["signal"] == "SIGTERM" and read(tmp_path / "exit.json")["exitCode"] is None


def test_signals_to_the_group_arrive_once(tmp_path):
    process = start(tmp_path, "-c", CATCHER)
    begun(tmp_path)
    os.killpg(process.pid, signal.SIGTERM)
    wait_for(lambda: process.poll() is None, what="still running")
    os.killpg(process.pid, signal.SIGUSR1)
    assert process.wait(20) == 75
    # a signal which came twice would have taken the other's place
    assert sorted((tmp_path / "log.txt").read_text().split()[1:]) == ["SIGTERM", "SIGUSR1"]


def test_child_killed_is_told_in_exit_json(tmp_path):
    process = start(tmp_path, "-c", SLEEPER)
    os.kill(begun(tmp_path)["child"]["pid"], signal.SIGKILL)
    assert process.wait(20) == 137
    assert read(tmp_path / "exit.json")["signal"] == "SIGKILL"


def test_killed_supervisor_leaves_detectable_facts_and_no_orphan(tmp_path):
    process = start(tmp_path, "-c", SLEEPER)
    facts = begun(tmp_path)
    process.kill()
    process.wait()
    assert not is_alive(facts) and not (tmp_path / "exit.json").exists()  # this pair means: lost
    wait_for(lambda: start_time(facts["child"]["pid"]) != facts["child"]["startTime"], 10, "end of the child")
    again = start(tmp_path, "-c", "pass")  # the lock went with its holder
    assert again.wait(20) == 0 and read(tmp_path / "exit.json")["exitCode"] == 0


def test_identity_survives_reuse_of_the_pid():
    facts = describe_process()
    assert is_alive(facts)
    assert not is_alive({**facts, "startTime": "1"}) and not is_alive({**facts, "bootId": "another boot"})


def test_supervised_training_is_stopped_and_resumed(tiny, build, tmp_path):
    config = run_config(tiny, build, optimisation={"maxSteps": 400})
    run = make_run(tmp_path / "run", config)
    process = start(run, "-m", "exemplar_trainer.train", "--run-dir", str(run))
    wait_for(lambda: losses(run), what="first step")
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 75 and read(run / "exit.json")["exitCode"] == 75
    assert events(run, "end")[-1]["status"] == "stopped" and "step 1/400" in (run / "log.txt").read_text()
