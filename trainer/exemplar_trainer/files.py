"""Files that other processes read while we write: atomic JSON, hashes, locks."""

import fcntl
import hashlib
import json
import os
from datetime import datetime, timezone
from pathlib import Path

from .errors import AlreadyRunning


def utc_now() -> str:
    """Current time as ISO 8601 with milliseconds, e.g. `2026-01-31T09:30:00.125Z`."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sha256_file(path: Path) -> str:
    """Lower-case hex SHA-256 of a file's bytes, read in blocks of 1 MiB."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def sync_file(path: Path) -> None:
    """Wait until the bytes of a file or the entries of a directory are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json_atomically(path: Path, value: object, mode: int = 0o644) -> None:
    """Write `value` so that a reader sees the old file or the whole new one, never a part of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(value, stream, ensure_ascii=False, indent=2, allow_nan=False)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)
    sync_file(path.parent)


def list_files(folder: Path) -> list[Path]:
    """Every regular file below `folder`, as paths relative to it, sorted by their POSIX form."""
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return sorted(found, key=lambda path: path.as_posix())


def describe_files(folder: Path) -> list[dict]:
    """`[{path, bytes, sha256}]` of every file below `folder`, paths relative, in the order of list_files."""
    return [
        {"path": path.as_posix(), "bytes": (folder / path).stat().st_size, "sha256": sha256_file(folder / path)}
        for path in list_files(folder)
    ]


def hash_folder(folder: Path) -> str:
    """The `contentHash` of a model folder.

    Lower-case hex SHA-256 of the UTF-8 text made of one line `<sha256>  <relative path>\\n` per file, in the
    order of list_files. It is what `sha256sum` prints for the files, hashed again.
    """
    lines = "".join(f"{sha256_file(folder / path)}  {path.as_posix()}\n" for path in list_files(folder))
    return hashlib.sha256(lines.encode()).hexdigest()


class FolderLock:
    """An exclusive advisory lock on a file, held until `release` or the end of this process.

    Python opens files as non-inheritable, so a child never keeps the lock alive after its parent died.
    """

    def __init__(self, path: Path) -> None:
        self._stream = open(path, "a+")
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._stream.close()
            raise AlreadyRunning(f"another process holds {path}") from error

    def release(self) -> None:
        self._stream.close()
