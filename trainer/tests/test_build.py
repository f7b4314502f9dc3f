"""Bad data ends the run with exit 65 and the name of the row."""

import copy
import json

import pyarrow.parquet as pq
import pytest

from exemplar_trainer.base_model import inspect_base_model
from exemplar_trainer.build import load_build
from exemplar_trainer.errors import DataError

from .support import events, make_run, pack_rows, run_config, train_in_process, write_build


@pytest.fixture(scope="module")
def base(tiny):
    return inspect_base_model(tiny)


def test_a_good_build_is_read_whole(build, base, rows):
    read = load_build(build, base)
    assert read.train.table.num_rows == 24 and read.validation.table.num_rows == 4
    assert read.train.table.column("labels").to_pylist() == [row["labels"] for row in rows[:24]]
    assert read.train.trained_tokens == sum(label != -100 for row in rows[:24] for label in row["labels"])
    assert read.train.lengths.tolist() == [len(row["input_ids"]) for row in rows[:24]]
    assert read.train.table.column_names == ["input_ids", "labels"]


def test_test_split_is_never_opened(tiny, base, rows, tmp_path):
    folder = write_build(tmp_path / "b", tiny, {"train": rows[:4], "test": rows[4:8]})
    (folder / "data/test-00000-of-00001.parquet").write_bytes(b"sealed")
    assert load_build(folder, base).validation is None


def break_row(row, kind):
    row = copy.deepcopy(row)
    if kind == "vocabulary":
        row["input_ids"][2] = 99_999
    elif kind == "untrained":
        row["labels"] = [-100] * len(row["labels"])
    elif kind == "only the first token trained":
        row["labels"] = [row["input_ids"][0]] + [-100] * (len(row["labels"]) - 1)
    elif kind == "lengths":
        row["labels"].append(-100)
    elif kind == "other label":
        row["labels"][-2] += 1
    elif kind == "padding":
        row["attention_mask"][0] = 0
    elif kind == "too long":
        row["input_ids"] = row["input_ids"] * 100
        row["labels"] = row["labels"] * 100
        row["attention_mask"] = row["attention_mask"] * 100
    return row


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("vocabulary", "token id 99999 is outside"),
        ("untrained", "no trained token"),
        ("only the first token trained", "no trained token"),
        ("lengths", "input_ids but"),
        ("other label", "is neither -100 nor the token there"),
        ("padding", "attention_mask has a 0"),
        ("too long", "the model's context holds 1024"),
    ],
)
def test_a_bad_row_is_named(tiny, base, rows, tmp_path, kind, said):
    bad = [*rows[:2], break_row(rows[2], kind), rows[3]]
    folder = write_build(tmp_path / "b", tiny, {"train": bad})
    with pytest.raises(DataError, match=said) as caught:
        load_build(folder, base)
    assert "data/train-00000-of-00001.parquet row 2 (conversation_id conv-2, row_id row-2)" in str(caught.value)


def test_manifest_and_files_must_agree(tiny, base, rows, tmp_path):
    def changed(name, change):
        folder = write_build(tmp_path / name, tiny, {"train": rows[:4]})
        manifest = json.loads((folder / "manifest.json").read_text())
        change(manifest, folder)
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(DataError) as caught:
            load_build(folder, base)
        return str(caught.value)

    assert "4 rows, the manifest says 5" in changed("rows", lambda m, f: m["files"][0].update(rows=5))
    assert "sha256 differs" in changed("hash", lambda m, f: m["files"][0].update(sha256="0" * 64))
    assert "tokenizerHash" in changed("tokenizer", lambda m, f: m.update(tokenizerHash="1" * 64))
    assert "chatTemplateHash" in changed("template", lambda m, f: m.pop("chatTemplateHash"))
    assert "outside the build folder" in changed("escape", lambda m, f: m["files"][0].update(path="../../data.parquet"))
    assert "no rows in the split train" in changed("split", lambda m, f: m["files"][0].update(split="test"))

    def drop_labels(manifest, folder):
        from exemplar_trainer.files import sha256_file

        path = folder / manifest["files"][0]["path"]
        pq.write_table(pq.read_table(path).drop_columns(["labels"]), path)
        manifest["files"][0]["sha256"] = sha256_file(path)

    assert "has no column labels" in changed("labels", drop_labels)


def test_packed_rows_must_add_up(tiny, base, rows, tmp_path):
    packed = pack_rows(rows[:8], 4)
    packed[1]["seq_lengths"][0] += 1
    folder = write_build(tmp_path / "b", tiny, {"train": packed})
    with pytest.raises(DataError, match="row 1: seq_lengths add up to"):
        load_build(folder, base)


def test_train_exits_65_with_an_event(tiny, rows, tmp_path):
    folder = write_build(tmp_path / "b", tiny, {"train": [rows[0], break_row(rows[1], "untrained")]})
    run = make_run(tmp_path / "run", run_config(tiny, folder))
    assert train_in_process(run) == 65
    log, end = (event for event in events(run) if event["type"] != "phase")
    assert log["type"] == "log" and log["level"] == "error" and "row-1" in log["text"]
    assert end["type"] == "end" and end["status"] == "failed" and end["exit_code"] == 65
    assert not (run / "result.json").exists()
