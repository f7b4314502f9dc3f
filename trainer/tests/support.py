"""What the tests share: builds made from dialogues, run directories and processes."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from exemplar_trainer.chat_template import hash_chat_template, read_chat_template
from exemplar_trainer.files import sha256_file
from exemplar_trainer.tiny_dialogues import DIALOGUES

TRAINER = Path(__file__).resolve().parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TRAINER), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


def make_rows(tokenizer, dialogues=DIALOGUES) -> list[dict]:
    """Rows as a build has them: answer and end of turn trained, everything else -100."""
    rows = []
    for number, (question, answer) in enumerate(dialogues):
        head = tokenizer(f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n", add_special_tokens=False)["input_ids"]
        tail = tokenizer(f"{answer}<|im_end|>", add_special_tokens=False)["input_ids"]
        end = tokenizer("\n", add_special_tokens=False)["input_ids"]
        ids = head + tail + end
        rows.append(
            {
                "input_ids": ids,
                "labels": [-100] * len(head) + tail + [-100] * len(end),
                "attention_mask": [1] * len(ids),
                "conversation_id": f"conv-{number}",
                "row_id": f"row-{number}",
            }
        )
    return rows


def pack_rows(rows: list[dict], per_row: int) -> list[dict]:
    packed = []
    for start in range(0, len(rows), per_row):
        group = rows[start : start + per_row]
        packed.append(
            {
                "input_ids": [t for row in group for t in row["input_ids"]],
                "labels": [t for row in group for t in row["labels"]],
                "seq_lengths": [len(row["input_ids"]) for row in group],
            }
        )
    return packed


def write_build(folder: Path, base: Path, splits: dict[str, list[dict]], **overrides) -> Path:
    """A build folder; `splits` maps a split's name to its rows, written as int32 lists."""
    (folder / "data").mkdir(parents=True)
    files = []
    for split, rows in splits.items():
        columns = {}
        for name in rows[0]:
            kind = pa.list_(pa.int32()) if isinstance(rows[0][name], list) else pa.string()
            columns[name] = pa.array([row[name] for row in rows], kind)
        path = f"data/{split}-00000-of-00001.parquet"
        pq.write_table(pa.table(columns), folder / path)
        size = (folder / path).stat().st_size
        files.append({"path": path, "split": split, "rows": len(rows), "bytes": size, "sha256": sha256_file(folder / path)})
    manifest = {
        "files": files,
        "tokenizerHash": sha256_file(base / "tokenizer.json"),
        "chatTemplateHash": hash_chat_template(read_chat_template(base)),
        "recipe": {"not": "ours"},
        **overrides,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def run_config(base: Path, build: Path, **changes) -> dict:
    """A run.json for the tiny model; `changes` are merged section by section."""
    config = {
        "schemaVersion": 1,
        "runId": "run-1",
        "attemptId": "attempt-1",
        "baseModel": {"path": str(base)},
        "build": {"path": str(build)},
        "method": "lora",
        "lora": {"r": 8, "alpha": 16, "dropout": 0.0, "targets": "all-linear"},
        "optimisation": {
            "learningRate": 5e-3, "epochs": 1, "maxSteps": 8, "batchSize": 4, "gradientAccumulationSteps": 1,
            "scheduler": "cosine", "warmupSteps": 2, "weightDecay": 0.0, "maxGradNorm": 1.0, "seed": 7,
            "dtype": "float32", "gradientCheckpointing": False,
        },
        "evaluation": {"everySteps": None},
        "checkpoints": {"everySteps": None, "keep": 2},
        "samples": {"everySteps": None, "maxNewTokens": 8, "prompts": []},
        "logging": {"everySteps": 1},
        "resumeFrom": None,
    }  # fmt: skip
    for key, value in changes.items():
        config[key] = {**config[key], **value} if isinstance(config.get(key), dict) and isinstance(value, dict) else value
    return config


def make_run(folder: Path, config: dict) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(config))
    return folder


def train_in_process(run_dir: Path) -> int:
    """Run `train` in this process, which spares the seconds of importing torch; returns the exit code."""
    from exemplar_trainer.train import main

    return main(["--run-dir", str(run_dir)])


def start_train(run_dir: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "exemplar_trainer.train", "--run-dir", str(run_dir)]
    with open(run_dir / "out.txt", "ab") as out:
        return subprocess.Popen(command, env=ENVIRONMENT, stdout=out, stderr=out)


def events(run_dir: Path, kind: str | None = None) -> list[dict]:
    path = run_dir / "events.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = [json.loads(line) for line in text.split("\n")[:-1]]
    return [event for event in found if kind is None or event["type"] == kind]


def losses(run_dir: Path) -> dict[int, float]:
    """Loss by step; a step trained twice counts as its newest attempt saw it."""
    return {event["step"]: event["loss"] for event in events(run_dir, "metrics")}


def wait_for(condition, seconds: float = 60.0, what: str = "condition"):
    """Wait until `condition()` is truthy and return it; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come true within {seconds} s")


def hash_bytes(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
