"""`python -m exemplar_trainer.train --run-dir D`: one attempt of one fine-tuning run.

Reads `D/run.json` (see config.py) and the build it names; writes `D/events.jsonl`, `D/checkpoints/`, `D/output/` and, on
success only, `D/result.json`. Exit codes stand in errors.py.
"""

import argparse
import sys
import traceback
from pathlib import Path

from .environment import prepare_environment
from .errors import EXIT_CRASH, EXIT_OK, EXIT_STOPPED, AlreadyRunning, Stopped, TrainerError
from .events import EventWriter
from .files import FolderLock
from .stop import StopRequest


def main(arguments: list[str] | None = None) -> int:
    """Run one attempt and return the exit code; every way out leaves an `end` event, save the second SIGTERM."""
    parser = argparse.ArgumentParser(prog="exemplar_trainer.train")
    parser.add_argument("--run-dir", type=Path, required=True)
    run_dir = parser.parse_args(arguments).run_dir.resolve()
    prepare_environment()
    stop = StopRequest(run_dir)
    stop.listen()
    try:
        # The supervisor holds a lock too, but it may be killed and leave us running: two trainers in one folder would mix.
        lock = FolderLock(run_dir / "train.lock")
    except AlreadyRunning as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"the run directory {run_dir} cannot be used: {error}", file=sys.stderr)
        return TrainerError.exit_code
    events = EventWriter(run_dir / "events.jsonl")
    try:
        code = _attempt(run_dir, events, stop)
    finally:
        events.close()
        lock.release()
    return code


def _attempt(run_dir: Path, events: EventWriter, stop: StopRequest) -> int:
    try:
        events.write("phase", name="libraries")
        from .session import run_training  # imports torch and the libraries, which takes seconds

        stopped = run_training(run_dir, events, stop)
        status, code, reason = ("stopped", EXIT_STOPPED, stopped) if stopped else ("succeeded", EXIT_OK, "completed")
    except Stopped as error:
        status, code, reason = "stopped", error.exit_code, str(error)
    except TrainerError as error:
        status, code, reason = "failed", error.exit_code, str(error)
    except Exception as error:  # a crash: say where, keep the whole trace in the log
        traceback.print_exc()
        status, code, reason = "failed", EXIT_CRASH, _explain(error)
    if status == "failed":
        events.write("log", level="error", text=reason)
        print(f"error: {reason}", file=sys.stderr, flush=True)
    if status == "stopped":
        stop.settle()
    events.write("end", status=status, exit_code=code, reason=reason)
    events.sync()
    return code


def _explain(error: Exception) -> str:
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return f"out of memory: use gradientCheckpointing, a smaller batchSize or shorter rows ({error})"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} (in {Path(last.filename).name}, line {last.lineno})"


if __name__ == "__main__":
    sys.exit(main())
