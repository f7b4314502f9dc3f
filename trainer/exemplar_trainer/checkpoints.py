"""Checkpoints that are either complete or do not count.

`checkpoints/checkpoint-<step>/` holds what the library saves plus two files of ours: `exemplar_state.json`
(token counters and what the run was made of) and, renamed into place last, `COMPLETE` with the hash of every
other file. A process killed in mid-save leaves a folder without COMPLETE, which nobody resumes from.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from .errors import ConfigError
from .files import describe_files, sha256_file, sync_file, write_json_atomically

COMPLETE = "COMPLETE"
STATE = "exemplar_state.json"


@dataclass(frozen=True)
class Checkpoint:
    """A verified checkpoint; `state` is the content of its exemplar_state.json."""

    path: Path
    step: int
    state: dict


def complete_checkpoint(folder: Path, step: int, state: dict) -> dict:
    """Write our state and then COMPLETE; returns `{path, bytes, sha256}` with the hash of COMPLETE itself."""
    write_json_atomically(folder / STATE, state)
    files = describe_files(folder)
    for entry in files:  # power may fail: the bytes have to be down before the file that vouches for them
        sync_file(folder / entry["path"])
    write_json_atomically(folder / COMPLETE, {"schemaVersion": 1, "step": step, "files": files})
    return {
        "path": f"{folder.parent.name}/{folder.name}",
        "bytes": sum(entry["bytes"] for entry in files),
        "sha256": sha256_file(folder / COMPLETE),
    }


def verify_checkpoint(folder: Path) -> Checkpoint:
    """Read a checkpoint; raises ConfigError when it is not complete or a file differs from its hash."""
    try:
        mark = json.loads((folder / COMPLETE).read_text(encoding="utf-8"))
        entries, step = mark["files"], int(mark["step"])
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{folder} is not a complete checkpoint (no readable {COMPLETE})") from error
    for entry in entries:
        path = folder / entry["path"]
        if not path.is_file() or sha256_file(path) != entry["sha256"]:
            raise ConfigError(f"{folder} is damaged: {entry['path']} is not the file that was saved")
    return Checkpoint(folder, step, state)


def find_resume_point(own: Path, given: Path | None, warn) -> Checkpoint | None:
    """The checkpoint to go on from: the newest complete one among our own and the one run.json names.

    Our own count even when run.json names one, because a scheduler may start the same attempt again. `warn(text)` is told about
    damaged ones. For a damaged one which run.json names the newest whole one beside it stands in, which costs some steps;
    without any it raises ConfigError.
    """
    best = None
    if given is not None:
        best = _verify_or_older(given, warn)
    for folder in newest_first(own):
        if best is not None and step_of(folder) <= best.step:
            break
        if not (folder / COMPLETE).is_file():
            continue
        try:
            return verify_checkpoint(folder)
        except ConfigError as error:
            warn(str(error))
    return best


def _verify_or_older(given: Path, warn) -> Checkpoint:
    try:
        return verify_checkpoint(given)
    except ConfigError as error:
        problem = error
    for folder in newest_first(given.parent):
        if step_of(folder) < step_of(given) and (folder / COMPLETE).is_file():
            try:
                older = verify_checkpoint(folder)
            except ConfigError as error:
                warn(str(error))
                continue
            warn(f"{problem}; going on from {folder.name} instead")
            return older
    raise ConfigError(f"resumeFrom: {problem}") from problem


def step_of(folder: Path) -> int:
    """The step in a name like `checkpoint-40`; -1 when there is none."""
    number = folder.name.removeprefix("checkpoint-")
    return int(number) if number.isdecimal() else -1


def newest_first(own: Path) -> list[Path]:
    """The checkpoint folders below `own`, complete or not, by falling step."""
    if not own.is_dir():
        return []
    return sorted((path for path in own.iterdir() if step_of(path) >= 0), key=step_of, reverse=True)


def remove_partial(own: Path, above_step: int) -> None:
    """Delete what a killed attempt left: folders without COMPLETE, and those above the step we go on from.

    The latter are damaged (else we went on from them); the library would write into them file by file.
    """
    for folder in newest_first(own):
        if not (folder / COMPLETE).is_file() or step_of(folder) > above_step:
            shutil.rmtree(folder)


def rotate(own: Path, keep: int) -> None:
    """Delete all but the newest `keep` complete checkpoints.

    Done by us after COMPLETE is in place: the library deletes old ones before the new one is safe.
    """
    complete = [folder for folder in newest_first(own) if (folder / COMPLETE).is_file()]
    for folder in complete[max(1, keep) :]:
        (folder / COMPLETE).unlink()  # first, so that a half deleted folder is not taken for a checkpoint
        shutil.rmtree(folder)


def check_same_run(checkpoint: Checkpoint, identity: dict) -> None:
    """A resumed run must be the run it goes on: raises ConfigError naming what differs."""
    before = checkpoint.state.get("identity", {})
    for key in identity:
        if before.get(key) != identity[key]:
            raise ConfigError(
                f"resumeFrom: {checkpoint.path.name} was trained with {key} {json.dumps(before.get(key))}, "
                f"this run has {json.dumps(identity[key])}; start a new run instead"
            )
