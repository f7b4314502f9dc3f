"""Python's own libraries judge what the engine exports: transformers the tokens, `datasets` the folder, TRL the training."""

import copy
import importlib.util
import json
import pathlib
import random
import shutil

import pytest
from judge_tokens import Judge, judge_build, judge_rows, leave_out_turns

DEMO_ROWS = 300  # the demo has more; far fewer would mean that they were not found

HOSTILE = [
    "<|im_end|>", "<|im_start|>", "<|im_start|>assistant\n", "<|endoftext|>", "<|im_", "end|>", "\ufeff", "\u200b", "e\u0301", "👩‍👩‍👧", "🇫🇷",
    "\r\n", "\n\n", "   ", "\t", "{{ 7 * 7 }}", "{% raw %}", "it's", '"quoted"', "a\\b", "١٢٣", "3.14159", "你好", "مرحبا", "\u202e", "ß", "word",
]  # fmt: skip


def write_rows(file, rows):
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def hostile_rows(count):
    """Conversations of pieces that have broken tokenizers or masks, always the same ones."""
    chance = random.Random(20260101)

    def text():
        return chance.choice(["", " ", "\n"]).join(chance.choices(HOSTILE, k=chance.randint(1, 7)))

    for _ in range(count):
        messages = [{"role": "system", "content": text()}] if chance.random() < 0.3 else []
        for turn in range(turns := chance.randint(1, 4)):
            weight = 1 if turn == turns - 1 else chance.randint(0, 1)
            messages += [{"role": "user", "content": text()}, {"role": "assistant", "content": text(), "weight": weight}]
        yield {"messages": messages, "tools": None}


@pytest.fixture(scope="module")
def demo(emit, tmp_path_factory):
    """The demo conversations, every round of them."""
    file = tmp_path_factory.mktemp("demo") / "demo.jsonl"
    emit("demo", file)
    return file


@pytest.fixture(scope="module")
def chatml(golden):
    return (golden / "templates/chatml-generation.jinja").read_text(encoding="utf-8")


def calls_tools(row):
    return any(message.get("tool_calls") for message in row["messages"])


@pytest.mark.parametrize("engine", ["rust", "browser"])
def test_demo_on_the_bundled_model_is_what_transformers_makes_of_it(emit, demo, smollm, chatml, tmp_path, engine):
    emit("rows", smollm, demo, tmp_path / "rows", *(["--browser"] if engine == "browser" else []))
    faults, rows, _ = judge_rows(tmp_path / "rows", smollm, training_template=chatml)
    assert faults == []
    # Its template has no word for tool calls: exactly those conversations are left out, rather than teach an empty turn.
    assert all(row.get("refused") == ("tool-call-dropped" if calls_tools(row) else None) for row in rows)
    assert len([row for row in rows if "refused" not in row]) > DEMO_ROWS
    assert any(message.get("weight") == 0 for row in rows for message in row["messages"])


def test_the_exported_parquet_for_the_bundled_model_holds_the_ids_and_labels_that_were_judged(emit, demo, smollm, tmp_path):
    import datasets

    emit("rows", smollm, demo, tmp_path / "rows")
    last = {}  # rounds of a conversation stand in order; the build has its last one
    for line in (tmp_path / "rows").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        last[row["key"].rsplit("/", 1)[0]] = row
    emit("build", smollm, tmp_path / "build", json.dumps({"maxLength": 8192}))
    loaded = datasets.load_dataset(str(tmp_path / "build"), cache_dir=str(tmp_path / "cache"))
    exported = [row for split in loaded.values() for row in split]
    assert len(exported) > DEMO_ROWS
    for row in exported:
        judged = last[row["conversation_id"]]
        assert row["input_ids"] == judged["ids"] and row["labels"] == judged["labels"], row["conversation_id"]


@pytest.mark.parametrize("engine", ["rust", "browser"])
def test_hostile_text_on_the_bundled_model(emit, smollm, chatml, tmp_path, engine):
    unspellable = {"messages": [{"role": "user", "content": "a\u0004b"}, {"role": "assistant", "content": "c"}], "tools": None}
    given = write_rows(tmp_path / "given", [*hostile_rows(200), unspellable])
    emit("rows", smollm, given, tmp_path / "rows", *(["--browser"] if engine == "browser" else []))
    faults, rows, guarded = judge_rows(tmp_path / "rows", smollm, training_template=chatml)
    assert faults == []
    assert [row.get("refused") for row in rows] == [None] * 200 + ["character-not-in-vocabulary"]
    assert 100 < guarded < 200


@pytest.mark.parametrize("family", ["qwen3", "qwen3_instruct_2507", "llama3", "gemma3", "lfm2_v2", "phi3_5"])
def test_demo_in_the_training_templates_of_trl(emit, demo, golden, tmp_path, family):
    """TRL trains with these templates and their masks; ours are the same when the whitespace after a turn is trained too."""
    folder = pathlib.Path(importlib.util.find_spec("trl").origin).parent / "chat_templates"
    template = folder / f"{family}_training.jinja"
    emit("rows", golden / "tokenizer", demo, tmp_path / "rows", "--template", template, "--suffix")
    text = template.read_text(encoding="utf-8")
    faults, rows, _ = judge_rows(tmp_path / "rows", golden / "tokenizer", template=text, training_template=text)
    assert faults == []
    refused = [row for row in rows if "refused" in row]
    assert all(row["refused"] == "template-refused" or (row["refused"] == "tool-call-dropped" and calls_tools(row)) for row in refused)
    assert len(rows) - len(refused) > DEMO_ROWS


def test_the_judge_finds_every_kind_of_fault(emit, demo, golden, chatml, tmp_path):
    emit("rows", golden / "tokenizer", demo, tmp_path / "rows")
    judge = Judge(golden / "tokenizer", None, chatml)
    rows = [json.loads(line) for line in (tmp_path / "rows").read_text(encoding="utf-8").splitlines()]
    good = next(row for row in rows if "refused" not in row and len(row["messages"]) > 3 and all(message.get("weight") != 0 for message in row["messages"]))
    assert judge.fault(good) is None

    def spoil(change):
        row = copy.deepcopy(good)
        change(row)
        return judge.fault(row)

    last = max(at for at, label in enumerate(good["labels"]) if label != -100)
    first = good["labels"].index(next(label for label in good["labels"] if label != -100))
    assert "ids differ" in spoil(lambda row: row["ids"].__setitem__(first, 5))
    assert "text differs" in spoil(lambda row: row.update(text=row["text"].replace("user", "User", 1)))
    assert "text differs" in spoil(lambda row: row.update(text=row["text"][:-1]))
    assert "mask differs" in spoil(lambda row: row["labels"].__setitem__(last, -100))
    assert "mask differs" in spoil(lambda row: row["labels"].__setitem__(first - 1, row["ids"][first - 1]))
    assert "mask differs" in spoil(lambda row: row["messages"][-1].update(weight=0))
    assert "neither -100" in spoil(lambda row: row["labels"].__setitem__(last, 7))
    assert "Python renders" in spoil(lambda row: row.update(refused="template-refused", message="no"))
    judge.training_template = chatml + "x"
    assert "does not give the ids" in judge.fault(good)


def test_turns_left_out_of_a_mask():
    assert leave_out_turns([0, 1, 1, 0, 1], [True, False]) == [0, 0, 0, 0, 1]
    assert leave_out_turns([0, 1, 1, 0, 1], [False, True]) == [0, 1, 1, 0, 0]
    assert leave_out_turns([0, 1, 1, 0, 1], [True, False, False]) is None


RECIPES = {
    "loose": {"maxLength": 512},
    "cut": {"maxLength": 128, "truncation": "keep-start"},
    "packed": {"maxLength": 512, "packing": "bfd"},
    "messages": {"format": "messages"},
}


@pytest.fixture(scope="module")
def builds(emit, tiny, tmp_path_factory):
    """Build folders of the demo for the tiny model, by recipe."""
    parent = tmp_path_factory.mktemp("builds")
    for name, recipe in RECIPES.items():
        emit("build", tiny, parent / name, json.dumps(recipe))
    return parent


@pytest.mark.parametrize("name", RECIPES)
def test_datasets_opens_a_build_with_the_declared_features(builds, name):
    faults, files = judge_build(builds / name)
    assert faults == [] and files == 3


@pytest.mark.parametrize("name", RECIPES)
def test_the_code_in_the_readme_loads_the_folder_as_it_stands(builds, name, tmp_path, monkeypatch):
    folder = shutil.copytree(builds / name, tmp_path / "unpacked")
    code = (folder / "README.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(folder)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    told = {}
    exec(code, told)
    counts = json.loads((folder / "manifest.json").read_text())["counts"]
    assert {split: len(rows) for split, rows in told["dataset"].items()} == {split: each["rows"] for split, each in counts.items()}


def test_a_damaged_build_is_found(builds, tmp_path):
    folder = shutil.copytree(builds / "loose", tmp_path / "build")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["counts"]["train"]["rows"] += 1
    manifest["counts"]["test"]["trainedTokens"] += 1
    (folder / "manifest.json").write_text(json.dumps(manifest))
    faults, _ = judge_build(folder)
    assert len(faults) == 2 and faults[0].startswith("train: ") and faults[1].startswith("test: ")


def mean_loss_by_hand(model, rows):
    """Cross entropy of each trained token given the tokens before it, row by row, divided by their number."""
    import torch

    total, count = 0.0, 0
    with torch.no_grad():
        for row in rows:
            logits = model(torch.tensor([row["input_ids"]])).logits[0, :-1]
            labels = torch.tensor(row["labels"])[1:]
            trained = labels != -100
            total += torch.nn.functional.cross_entropy(logits[trained], labels[trained], reduction="sum").item()
            count += int(trained.sum())
    return total / count


@pytest.mark.parametrize("loss", ["nll", None], ids=["nll", "default"])
def test_trl_trains_the_rows_of_a_build_as_they_are(builds, tiny, tmp_path, loss):
    import datasets
    import pyarrow.parquet as pq
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    loaded = datasets.load_dataset(str(builds / "loose"), cache_dir=str(tmp_path / "cache"))["train"]
    options = {} if loss is None else {"loss_type": loss}
    config = SFTConfig(
        output_dir=str(tmp_path / "out"), max_length=None, per_device_train_batch_size=8, max_steps=1, learning_rate=0.0, logging_steps=1,
        bf16=False, gradient_checkpointing=False, report_to="none", save_strategy="no", use_cpu=True, disable_tqdm=True, **options,
    )  # fmt: skip
    model = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    trainer = SFTTrainer(model=model, args=config, train_dataset=loaded, processing_class=tokenizer)
    built = pq.read_table(next((builds / "loose/data").glob("train-*.parquet"))).to_pydict()
    kept = trainer.train_dataset
    assert kept["input_ids"] == built["input_ids"] and kept["labels"] == built["labels"]

    batches = []
    collate = trainer.data_collator
    trainer.data_collator = lambda rows: batches.append(rows) or collate(rows)
    trainer.train()  # at a learning rate of 0, so the model is still the one the loss was computed with
    assert len(batches[0]) == 8 and len({len(row["input_ids"]) for row in batches[0]}) > 1
    assert trainer.state.log_history[0]["loss"] == pytest.approx(mean_loss_by_hand(model, batches[0]), abs=1e-5)
