"""The run's event log: append-only JSON lines which the platform reads while we write."""

import json
import math
import os
from pathlib import Path

from .files import utc_now

MAX_LINE_BYTES = 64 * 1024
_TAIL_BYTES = 4 * MAX_LINE_BYTES


class EventWriter:
    """Appends `{"v":1,"seq":n,"ts":"…Z","type":…,…}` lines; one writer a directory, at most 64 KiB a line.

    `seq` starts at 1 and goes on growing over all attempts written into the same file, so a reader which
    remembers the last one it stored reads every event exactly once.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._seq = self._recover()

    def _recover(self) -> int:
        """Cut a line left unfinished by a killed attempt and return the last `seq` in the file.

        Readers leave an unfinished last line alone, so cutting it cannot take away what somebody has read.
        """
        size = os.fstat(self._descriptor).st_size
        start = max(0, size - _TAIL_BYTES)
        tail = os.pread(self._descriptor, size - start, start)
        whole = tail[: tail.rfind(b"\n") + 1]
        os.ftruncate(self._descriptor, start + len(whole))
        for line in reversed(whole.splitlines()):
            try:
                return int(json.loads(line)["seq"])
            except (ValueError, KeyError, TypeError):
                continue
        return 0

    def write(self, event_type: str, /, **fields: object) -> dict:
        """Append one event and return it as written.

        Numbers that are not finite become null and the event gets `"flag": "nan"`. Fields that are None stay
        out, except those made null by that rule.
        """
        body = {key: value for key, value in fields.items() if value is not None}
        body, has_nan = _without_nan(body)
        if has_nan:
            body["flag"] = "nan"
        self._seq += 1
        event = {"v": 1, "seq": self._seq, "ts": utc_now(), "type": event_type, **body}
        line = _encode(event)
        if len(line) > MAX_LINE_BYTES:
            event = _shorten(event)
            line = _encode(event)
        os.write(self._descriptor, line)
        return event

    def sync(self) -> None:
        """Wait until every event so far is on disk."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


def _encode(event: dict) -> bytes:
    return (json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode("utf-8")


def _without_nan(value: object) -> tuple[object, bool]:
    if isinstance(value, float):
        return (value, False) if math.isfinite(value) else (None, True)
    if isinstance(value, dict):
        pairs = {key: _without_nan(item) for key, item in value.items()}
        return {key: pair[0] for key, pair in pairs.items()}, any(pair[1] for pair in pairs.values())
    if isinstance(value, (list, tuple)):
        pairs = [_without_nan(item) for item in value]
        return [pair[0] for pair in pairs], any(pair[1] for pair in pairs)
    return value, False


def _shorten(event: dict) -> dict:
    """Halve the longest text of the event until it fits; `"truncated": true` tells the reader."""
    event = {**event, "truncated": True}
    event.pop("messages", None)  # the prompts stand in run.json; the answer matters more
    while len(_encode(event)) > MAX_LINE_BYTES:
        key = max((key for key, value in event.items() if isinstance(value, str)), key=lambda key: len(event[key]))
        event[key] = event[key][: len(event[key]) // 2]
    return event
