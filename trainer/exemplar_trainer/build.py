"""Reading a build: every shard is the one of the manifest, and every row can be trained on.

A build folder holds `manifest.json` and `data/<split>-*.parquet`. Of the manifest we read
`files: [{path, split, rows, bytes, sha256}]`, `tokenizerHash` and `chatTemplateHash`; other keys are not ours.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .base_model import BaseModel
from .errors import DataError
from .files import sha256_file

IGNORED = -100
_MODEL_COLUMNS = ("input_ids", "labels", "seq_lengths")
_NAME_COLUMNS = ("conversation_id", "row_id")


@dataclass(frozen=True)
class Split:
    """One split, ready for training.

    `table` has the list columns `input_ids` and `labels`, and `seq_lengths` when packed; `lengths` is int64 [rows], tokens a row;
    `trained_tokens` counts the labels that a next-token loss really sees.
    """

    table: pa.Table
    lengths: np.ndarray
    trained_tokens: int
    packed: bool


@dataclass(frozen=True)
class Build:
    train: Split
    validation: Split | None
    manifest_hash: str


def load_build(folder: Path, base: BaseModel) -> Build:
    """Verify and read the splits `train` and `validation`; `test` is never opened.

    Raises DataError, naming the file and the row, on the first thing that does not hold.
    """
    path = folder / "manifest.json"
    if not path.is_file():
        raise DataError(f"manifest.json is missing in the build {folder}")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        files = [(str(f["path"]), str(f["split"]), int(f["rows"]), str(f["sha256"])) for f in manifest["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"manifest.json of the build is not readable: {error!r}") from error
    for key, ours, what in (
        ("tokenizerHash", base.tokenizer_hash, "tokenizer.json"),
        ("chatTemplateHash", base.template_hash, "chat template"),
    ):
        theirs = str(manifest.get(key, "")).removeprefix("sha256:")
        if theirs != ours:
            raise DataError(
                f"manifest.json: {key} is {theirs or 'missing'}, the base model's {what} has {ours}; "
                "build again with this model's tokenizer and template"
            )
    splits = {}
    for split in ("train", "validation"):
        parts = [_read_file(folder, name, rows, digest, base) for name, at, rows, digest in files if at == split]
        splits[split] = _join(split, parts)
    if splits["train"] is None:
        raise DataError("the build has no rows in the split train")
    return Build(splits["train"], splits["validation"], sha256_file(path))


def _join(split: str, parts: list[Split]) -> Split | None:
    parts = [part for part in parts if part.table.num_rows]
    if not parts:
        return None
    if len({part.packed for part in parts}) > 1:
        raise DataError(f"some files of the split {split} have seq_lengths and some have not")
    return Split(
        table=pa.concat_tables([part.table for part in parts]),
        lengths=np.concatenate([part.lengths for part in parts]),
        trained_tokens=sum(part.trained_tokens for part in parts),
        packed=parts[0].packed,
    )


def _read_file(folder: Path, name: str, rows: int, digest: str, base: BaseModel) -> Split:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DataError(f"{name}: lies outside the build folder")
    if not path.is_file():
        raise DataError(f"{name}: is in the manifest but not in the build folder")
    if sha256_file(path) != digest.removeprefix("sha256:"):
        raise DataError(f"{name}: its bytes are not those the manifest names (sha256 differs)")
    try:
        file = pq.ParquetFile(path)
        present = file.schema_arrow.names
        for column in ("input_ids", "labels"):
            if column not in present:
                # Without labels TRL would quietly train on every token, the user's included.
                raise DataError(f"{name}: has no column {column}")
        wanted = [c for c in (*_MODEL_COLUMNS, "attention_mask", *_NAME_COLUMNS) if c in present]
        table = file.read(columns=wanted)
    except pa.ArrowInvalid as error:
        raise DataError(f"{name}: is not readable as Parquet ({error})") from error
    if table.num_rows != rows:
        raise DataError(f"{name}: has {table.num_rows} rows, the manifest says {rows}")
    return _check_rows(name, table, base)


def _lists(table: pa.Table, column: str, say) -> tuple[np.ndarray, np.ndarray]:
    """A list column as (values int64 [tokens], lengths int64 [rows]); `say(row, problem)` raises."""
    array = table.column(column).combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], pa.list_(pa.int32()))
    if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)) or not pa.types.is_integer(array.type.value_type):
        say(None, f"column {column} must be a list of integers, is {array.type}")
    flat = array.flatten()
    if array.null_count:
        say(int(np.flatnonzero(array.is_null().to_numpy(zero_copy_only=False))[0]), f"{column} is null")
    lengths = np.diff(array.offsets.to_numpy()).astype(np.int64)
    if flat.null_count:
        place = int(np.flatnonzero(flat.is_null().to_numpy(zero_copy_only=False))[0])
        say(int(np.searchsorted(np.cumsum(lengths), place, side="right")), f"{column} holds a null")
    return flat.to_numpy(zero_copy_only=False).astype(np.int64), lengths


def _check_rows(name: str, table: pa.Table, base: BaseModel) -> Split:
    """Every rule a row must keep; the first row that breaks one is named with its ids."""

    def say(row: int | None, problem: str) -> None:
        if row is None:
            raise DataError(f"{name}: {problem}")
        names = ", ".join(f"{c} {table.column(c)[row].as_py()}" for c in _NAME_COLUMNS if c in table.column_names)
        raise DataError(f"{name} row {row}{f' ({names})' if names else ''}: {problem}")

    def first(bad: np.ndarray) -> int | None:
        return int(np.argmax(bad)) if bad.any() else None

    ids, lengths = _lists(table, "input_ids", say)
    labels, label_lengths = _lists(table, "labels", say)
    if (row := first(lengths != label_lengths)) is not None:
        say(row, f"{lengths[row]} input_ids but {label_lengths[row]} labels")
    if (row := first(lengths < 2)) is not None:
        say(row, f"has {lengths[row]} tokens; at least 2 are needed to learn anything")
    starts = np.cumsum(lengths) - lengths
    row_of = np.repeat(np.arange(len(lengths)), lengths)
    if (place := first((ids < 0) | (ids >= base.vocab_size))) is not None:
        say(int(row_of[place]), f"token id {ids[place]} is outside the model's vocabulary of {base.vocab_size}")
    if (place := first((labels != IGNORED) & (labels != ids))) is not None:
        say(int(row_of[place]), f"label {labels[place]} at {place - starts[row_of[place]]} is neither {IGNORED} nor the token there")
    if "attention_mask" in table.column_names:
        mask, mask_lengths = _lists(table, "attention_mask", say)
        if (row := first(mask_lengths != lengths)) is not None:
            say(row, f"{lengths[row]} input_ids but {mask_lengths[row]} attention_mask values")
        if (place := first(mask != 1)) is not None:
            say(int(row_of[place]), "attention_mask has a 0: rows must come without padding")
    # The first token of a row, or of a packed example, has nothing before it and is never predicted.
    seen = labels != IGNORED
    seen[starts] = False
    longest, packed = lengths, "seq_lengths" in table.column_names
    if packed:
        parts, part_counts = _lists(table, "seq_lengths", say)
        part_row = np.repeat(np.arange(len(lengths)), part_counts)
        sums = np.bincount(part_row, weights=parts, minlength=len(lengths)).astype(np.int64)
        if (place := first(parts < 1)) is not None:
            say(int(part_row[place]), f"seq_lengths holds {parts[place]}")
        if (row := first(sums != lengths)) is not None:
            say(row, f"seq_lengths add up to {sums[row]}, the row has {lengths[row]} tokens")
        seen[np.cumsum(parts) - parts] = False
        longest = np.zeros(len(lengths), np.int64)
        np.maximum.at(longest, part_row, parts)
    trained = np.bincount(row_of[seen], minlength=len(lengths))
    if (row := first(trained == 0)) is not None:
        say(row, "has no trained token (every label is -100)")
    if base.context_tokens and (row := first(longest > base.context_tokens)) is not None:
        say(row, f"has {longest[row]} tokens, the model's context holds {base.context_tokens}")
    columns = [column for column in _MODEL_COLUMNS if column in table.column_names]
    return Split(table.select(columns), lengths, int(trained.sum()), packed)
