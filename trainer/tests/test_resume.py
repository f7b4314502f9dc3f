"""Stopping and going on: a resumed run learns exactly what an uninterrupted one would have."""

import json
import shutil
import signal
import subprocess
import sys

import pytest

from exemplar_trainer.checkpoints import complete_checkpoint, find_resume_point, rotate, verify_checkpoint
from exemplar_trainer.errors import ConfigError
from exemplar_trainer.stop import StopRequest

from .support import ENVIRONMENT, events, hash_bytes, losses, make_run, run_config, start_train, train_in_process, wait_for

WEIGHTS = "output/adapter_model.safetensors"


def long_config(tiny, build, **changes):
    """Three epochs of six steps, with dropout and evaluations, so that order, random state and counters all matter."""
    return run_config(
        tiny, build,
        lora={"dropout": 0.1},
        optimisation={"maxSteps": None, "epochs": 3, **changes.pop("optimisation", {})},
        evaluation={"everySteps": 5},
        checkpoints={"everySteps": 4, "keep": 2},
        samples={"everySteps": 5, "prompts": [{"id": "a", "messages": [{"role": "user", "content": "Hello!"}]}]},
        **changes,
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole(tiny, build, tmp_path_factory):
    """The uninterrupted run."""
    run = make_run(tmp_path_factory.mktemp("runs") / "whole", long_config(tiny, build))
    assert train_in_process(run) == 0
    assert len(losses(run)) == 18
    return run


def assert_same_run(run, whole):
    assert losses(run) == losses(whole)
    assert hash_bytes(run / WEIGHTS) == hash_bytes(whole / WEIGHTS)
    last, wanted = events(run, "metrics")[-1], events(whole, "metrics")[-1]
    assert (last["tokens_seen"], last["trained_tokens_seen"]) == (wanted["tokens_seen"], wanted["trained_tokens_seen"])
    assert [event["seq"] for event in events(run)] == list(range(1, len(events(run)) + 1))


def slow(config):
    """Enough prose at every step that a signal surely finds the run in the middle; it does not change what is learnt."""
    config["samples"] = {"everySteps": 1, "maxNewTokens": 60, "prompts": config["samples"]["prompts"] * 2}
    return config


def test_sigterm_saves_and_the_next_attempt_goes_on(tiny, build, whole, tmp_path):
    run = make_run(tmp_path / "run", slow(long_config(tiny, build)))
    process = start_train(run)
    wait_for(lambda: 7 in losses(run), what="step 7")
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 75
    end, checkpoint = events(run, "end")[-1], events(run, "checkpoint")[-1]
    assert end["status"] == "stopped" and end["reason"] == checkpoint["reason"] == "SIGTERM"
    assert verify_checkpoint(run / checkpoint["path"]).step == checkpoint["step"] < 18
    assert not (run / "result.json").exists()
    assert train_in_process(run) == 0
    assert events(run, "start")[-1]["resumed_from"]["step"] == checkpoint["step"]
    assert_same_run(run, whole)


def test_kill_9_goes_on_from_the_last_whole_checkpoint(tiny, build, whole, tmp_path):
    run = make_run(tmp_path / "run", slow(long_config(tiny, build)))
    process = start_train(run)
    wait_for(lambda: 10 in losses(run), what="step 10")
    process.kill()
    process.wait()
    (run / "checkpoints/checkpoint-17").mkdir()  # as a save that was under way leaves it
    (run / "checkpoints/checkpoint-17/adapter_model.safetensors").write_bytes(b"half")
    assert train_in_process(run) == 0
    assert events(run, "start")[-1]["resumed_from"]["step"] == 8
    assert_same_run(run, whole)


def test_stop_file(tiny, build, whole, tmp_path):
    run = make_run(tmp_path / "run", slow(long_config(tiny, build)))
    process = start_train(run)
    wait_for(lambda: 3 in losses(run), what="step 3")
    (run / "stop").write_text("cancel")
    assert process.wait(60) == 75
    assert events(run, "end")[-1]["reason"] == "cancel"
    saved = run / events(run, "checkpoint")[-1]["path"]
    assert (saved / "COMPLETE").is_file()
    assert not (run / "stop").exists()  # obeyed, so that the next attempt does not stop at once
    # the next attempt may have a directory of its own and be told where to go on
    other = make_run(tmp_path / "other", long_config(tiny, build, resumeFrom=str(saved)))
    assert train_in_process(other) == 0
    assert hash_bytes(other / WEIGHTS) == hash_bytes(whole / WEIGHTS)
    assert losses(other) == {step: loss for step, loss in losses(whole).items() if step > events(run, "checkpoint")[-1]["step"]}


def test_stop_before_the_first_step_leaves_nothing_behind(tiny, build, tmp_path):
    run = make_run(tmp_path / "run", long_config(tiny, build))
    (run / "stop").write_text("checkpoint")
    assert train_in_process(run) == 75
    assert "no new checkpoint" in events(run, "end")[-1]["reason"] and not list(run.glob("checkpoints/checkpoint-*"))


def test_what_asks_for_a_stop(tmp_path):
    stop = StopRequest(tmp_path)
    assert stop.reason is None
    (tmp_path / "stop").write_text("checkpoint\n")
    assert stop.reason == "checkpoint"
    stop.settle()
    assert StopRequest(tmp_path).reason is None


def test_second_sigterm_leaves_at_once(tmp_path):
    code = "import sys, time; from exemplar_trainer.stop import StopRequest; from pathlib import Path\n"
    code += "stop = StopRequest(Path(sys.argv[1])); stop.listen(); print('listening', flush=True)\n"
    code += "while not stop.reason: time.sleep(0.01)\n"
    code += "print(stop.reason, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "listening\n"
    process.terminate()
    assert process.stdout.readline() == "SIGTERM\n" and process.poll() is None
    process.terminate()
    assert process.wait(10) == 143


def test_a_resumed_run_must_be_the_same_run(tiny, build, tmp_path):
    run = make_run(tmp_path / "run", run_config(tiny, build, checkpoints={"everySteps": 2}, optimisation={"maxSteps": 4}))
    assert train_in_process(run) == 0
    assert train_in_process(make_run(run, run_config(tiny, build, optimisation={"maxSteps": 4, "learningRate": 1e-4}))) == 78
    assert "optimisation.learningRate 0.005, this run has 0.0001" in events(run, "end")[-1]["reason"]


def test_two_trainers_cannot_share_a_directory(tiny, build, tmp_path):
    from exemplar_trainer.files import FolderLock

    run = make_run(tmp_path / "run", run_config(tiny, build))
    lock = FolderLock(run / "train.lock")
    assert train_in_process(run) == 73
    assert not (run / "events.jsonl").exists()
    lock.release()


def fake_checkpoint(folder, step):
    path = folder / f"checkpoint-{step}"
    path.mkdir(parents=True)
    (path / "weights").write_bytes(b"w" * step)
    complete_checkpoint(path, step, {"identity": {}})
    return path


def test_partial_and_damaged_checkpoints_do_not_count(tmp_path):
    for step in (4, 8, 12):
        fake_checkpoint(tmp_path, step)
    (tmp_path / "checkpoint-12" / "COMPLETE").unlink()
    (tmp_path / "checkpoint-8" / "weights").write_bytes(b"x" * 8)
    told = []
    assert find_resume_point(tmp_path, None, told.append).step == 4
    assert len(told) == 1 and "checkpoint-8 is damaged: weights" in told[0]
    with pytest.raises(ConfigError, match="resumeFrom.*not a complete checkpoint"):
        find_resume_point(tmp_path / "own", tmp_path / "elsewhere" / "checkpoint-12", told.append)


def test_own_newer_checkpoints_outrank_the_given_one(tmp_path):
    given = fake_checkpoint(tmp_path / "elsewhere", 6)
    assert find_resume_point(tmp_path / "own", given, pytest.fail).path == given
    fake_checkpoint(tmp_path / "own", 4)
    assert find_resume_point(tmp_path / "own", given, pytest.fail).path == given
    own = fake_checkpoint(tmp_path / "own", 9)
    assert find_resume_point(tmp_path / "own", given, pytest.fail).path == own


def test_rotation_keeps_the_newest_complete_ones(tmp_path):
    for step in (2, 10, 4):
        fake_checkpoint(tmp_path, step)
    shutil.copytree(tmp_path / "checkpoint-10", tmp_path / "checkpoint-11")
    (tmp_path / "checkpoint-11" / "COMPLETE").unlink()
    rotate(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-10", "checkpoint-11", "checkpoint-4"]
    assert json.loads((tmp_path / "checkpoint-10" / "COMPLETE").read_text())["step"] == 10


def test_a_damaged_given_checkpoint_gives_way_to_the_whole_one_before_it(tmp_path):
    folder, own = tmp_path / "attempt-1", tmp_path / "own"
    older, given = fake_checkpoint(folder, 4), fake_checkpoint(folder, 6)
    fake_checkpoint(folder, 8)  # newer than the named one: not what was asked for
    (given / "weights").write_bytes(b"x" * 6)
    told = []
    assert find_resume_point(own, given, told.append).path == older
    assert "checkpoint-6 is damaged" in told[0] and "going on from checkpoint-4" in told[0]
    (older / "weights").unlink()
    with pytest.raises(ConfigError, match="resumeFrom: .*checkpoint-6 is damaged"):
        find_resume_point(own, given, told.append)
