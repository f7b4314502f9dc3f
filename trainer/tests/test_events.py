"""The event log: exactly-once readable, whatever happened to its writer."""

import json
import math

from exemplar_trainer.events import MAX_LINE_BYTES, EventWriter


def read(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_seq_grows_over_attempts(tmp_path):
    path = tmp_path / "events.jsonl"
    for _ in range(2):
        writer = EventWriter(path)
        writer.write("log", level="info", text="a")
        writer.write("end", status="failed", exit_code=1, reason="b")
        writer.close()
    assert [event["seq"] for event in read(path)] == [1, 2, 3, 4]
    assert all(event["v"] == 1 and event["ts"].endswith("Z") for event in read(path))


def test_cuts_the_unfinished_line_of_a_killed_writer(tmp_path):
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    writer.write("log", level="info", text="whole")
    writer.close()
    whole = path.stat().st_size
    with open(path, "ab") as stream:
        stream.write(b'{"v":1,"seq":2,"ty')
    writer = EventWriter(path)
    assert path.stat().st_size == whole
    writer.write("log", level="info", text="next")
    assert [event["seq"] for event in read(path)] == [1, 2]


def test_a_file_with_nothing_but_an_unfinished_line(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"v":1,"se')
    EventWriter(path).write("log", level="info", text="first")
    assert [event["seq"] for event in read(path)] == [1]


def test_not_a_number_becomes_null_with_a_flag(tmp_path):
    writer = EventWriter(tmp_path / "events.jsonl")
    writer.write("metrics", step=1, loss=math.nan, grad_norm=math.inf, lr=0.5, token_accuracy=None)
    (event,) = read(tmp_path / "events.jsonl")
    assert event["loss"] is None and event["grad_norm"] is None and event["flag"] == "nan"
    assert event["lr"] == 0.5 and "token_accuracy" not in event
    writer.write("metrics", step=2, loss=1.0)
    assert "flag" not in read(tmp_path / "events.jsonl")[1]


def test_a_line_never_passes_64_kib(tmp_path):
    writer = EventWriter(tmp_path / "events.jsonl")
    writer.write("sample", step=0, text="字" * 100_000, messages=[{"role": "user", "content": "x" * 100_000}])
    line = (tmp_path / "events.jsonl").read_bytes()
    assert len(line) <= MAX_LINE_BYTES
    event = json.loads(line)
    assert event["truncated"] is True and event["text"].startswith("字字")
