"""Real training of the tiny model: the loss is the one we mean, labels stay as built, everything is recorded."""

import json
import math

import pytest
import torch
from transformers import AutoModelForCausalLM

from exemplar_trainer.files import describe_files, sha256_file
from exemplar_trainer.sampler import LengthGroupedOrder

from .support import events, hash_bytes, losses, make_rows, make_run, run_config, train_in_process, write_build

PROMPTS = [{"id": "who", "messages": [{"role": "user", "content": "Who are you?"}]}]


@pytest.fixture(scope="module")
def finished(tiny, build, tmp_path_factory):
    """A run of 8 steps with everything switched on."""
    config = run_config(
        tiny, build, evaluation={"everySteps": 4}, checkpoints={"everySteps": 3, "keep": 1}, samples={"everySteps": 4, "prompts": PROMPTS}
    )
    run = make_run(tmp_path_factory.mktemp("runs") / "finished", config)
    assert train_in_process(run) == 0
    return run


def nll(model, rows) -> float:
    """Mean negative log-likelihood over trained tokens, from the definition: one row at a time, no library loss."""
    total = count = 0
    with torch.no_grad():
        for row in rows:
            logs = torch.log_softmax(model(torch.tensor([row["input_ids"]])).logits[0].float(), dim=-1)
            for place in range(1, len(row["labels"])):
                if row["labels"][place] != -100:
                    total -= logs[place - 1, row["labels"][place]].item()
                    count += 1
    return total / count


def test_first_loss_is_the_hand_computed_one(finished, tiny, rows):
    model = AutoModelForCausalLM.from_pretrained(tiny)
    lengths = [len(row["input_ids"]) for row in rows[:24]]
    batch = [rows[at] for at in list(LengthGroupedOrder(lengths, 4, 7))[:4]]
    assert losses(finished)[1] == pytest.approx(nll(model, batch), abs=2e-5)
    assert any(label != -100 for row in batch for label in row["labels"]) and len({len(r["input_ids"]) for r in batch}) > 1


def test_evaluation_weighs_tokens_not_batches(finished, tiny, rows):
    found = events(finished, "eval")
    assert [event["step"] for event in found] == [0, 4, 8]
    assert found[0]["eval_loss"] == pytest.approx(nll(AutoModelForCausalLM.from_pretrained(tiny), rows[24:28]), abs=2e-5)
    assert found[-1]["eval_loss"] < found[0]["eval_loss"]
    assert found[0]["tokens"] == sum(label != -100 for row in rows[24:28] for label in row["labels"])


def test_events_follow_the_schema(finished):
    every = events(finished)
    assert [event["seq"] for event in every] == list(range(1, len(every) + 1))
    assert [event["name"] for event in every if event["type"] == "phase"] == [
        "libraries", "inputs", "model", "rows", "baseline", "first-answers", "first-step", "output",
    ]  # fmt: skip
    assert every[0]["type"] == "phase" and every[-1] == {**every[-1], "type": "end", "status": "succeeded", "exit_code": 0}
    start = next(event for event in every if event["type"] == "start")
    assert start["total_steps"] == 8 and start["train_rows"] == 24 and start["eval_rows"] == 4
    assert start["trainable_params"] < start["params"] and "resumed_from" not in start and start["device"]["type"] == "cpu"
    wanted = {"step", "total_steps", "epoch", "loss", "grad_norm", "lr", "tokens_per_s", "tokens_seen", "trained_tokens_seen", "step_ms", "eta_s", "mem_bytes"}
    metrics = [event for event in every if event["type"] == "metrics"]
    assert [event["step"] for event in metrics] == list(range(1, 9))
    assert all(wanted <= event.keys() for event in metrics)
    assert metrics[-1]["eta_s"] == 0 and metrics[5]["epoch"] == 1.0
    assert metrics[5]["trained_tokens_seen"] == start["trained_tokens"]  # one epoch is six steps of four rows
    samples = [event for event in every if event["type"] == "sample"]
    assert [event["step"] for event in samples] == [0, 4, 8]
    assert all(event["prompt_id"] == "who" and event["finish"] in ("stop", "length") for event in samples)
    assert sum(event["type"] == "artifact" for event in every) == 1


def test_result_names_every_file_of_the_output(finished):
    result = json.loads((finished / "result.json").read_text())
    assert result["status"] == "succeeded" and result["steps"] == 8 and result["runId"] == "run-1"
    assert result["metrics"]["loss"] == losses(finished)[8] and result["metrics"]["eval_loss"] == events(finished, "eval")[-1]["eval_loss"]
    assert result["artifact"]["kind"] == "adapter" and result["artifact"]["files"] == describe_files(finished / "output")
    names = {entry["path"] for entry in result["artifact"]["files"]}
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "chat_template.jinja"} <= names


def test_output_keeps_the_tokenizer_byte_for_byte(finished, tiny):
    for name in ("tokenizer.json", "chat_template.jinja"):
        assert hash_bytes(finished / "output" / name) == hash_bytes(tiny / name)


def test_only_the_newest_checkpoints_are_kept(finished):
    assert [path.name for path in (finished / "checkpoints").glob("checkpoint-*")] == ["checkpoint-6"]
    event = events(finished, "checkpoint")[-1]
    assert event["path"] == "checkpoints/checkpoint-6" and event["reason"] == "interval"
    assert event["sha256"] == sha256_file(finished / event["path"] / "COMPLETE")


def test_prints_one_line_a_step(tiny, build, tmp_path, capsys):
    assert train_in_process(make_run(tmp_path / "run", run_config(tiny, build, optimisation={"maxSteps": 2}))) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("step ")]
    assert len(lines) == 2
    assert lines[1].startswith("step 2/2 | loss ") and " | norm " in lines[1] and lines[1].endswith(" tok/s")


def test_full_run_memorises_and_can_be_loaded(tiny, tokenizer, tmp_path):
    """The whole way: random weights to an answer learnt by heart, saved, loaded and asked."""
    from exemplar_trainer.generation import generate
    from exemplar_trainer.prompting import encode_prompt, stop_token_ids
    from exemplar_trainer.tiny_dialogues import DIALOGUES

    folder = write_build(tmp_path / "b", tiny, {"train": make_rows(tokenizer, DIALOGUES[:6])})
    config = run_config(
        tiny, folder, method="full", lora=None,
        optimisation={"maxSteps": 60, "batchSize": 3, "gradientAccumulationSteps": 2, "learningRate": 5e-3, "gradientCheckpointing": True},
        logging={"everySteps": 20},
    )  # fmt: skip
    run = make_run(tmp_path / "run", config)
    assert train_in_process(run) == 0
    assert json.loads((run / "output/config.json").read_text())["use_cache"] is True
    model = AutoModelForCausalLM.from_pretrained(run / "output")
    for question, answer in DIALOGUES[:6]:
        prompt = encode_prompt(tokenizer, [{"role": "user", "content": question}])
        pieces = list(
            generate(model, tokenizer, prompt, max_new_tokens=64, temperature=0, seed=0, stop_ids=stop_token_ids(tokenizer))
        )
        assert pieces[-1].finish == "stop" and "".join(pieces[:-1]) == answer


@pytest.mark.parametrize("fast", [True, False], ids=["native", "emulated"])
@pytest.mark.parametrize("method", ["lora", "full"])
def test_bfloat16_trains_with_fp32_master_values(tiny, build, tmp_path, monkeypatch, method, fast):
    """On a device without bfloat16 the run computes in float32 and says so; what it saves has the same types."""
    from exemplar_trainer import session

    monkeypatch.setattr(session, "has_fast_bfloat16", lambda device: fast)
    run = make_run(tmp_path / "run", run_config(tiny, build, method=method, optimisation={"dtype": "bfloat16", "maxSteps": 6}))
    assert train_in_process(run) == 0
    assert events(run, "start")[0]["compute_dtype"] == ("bfloat16" if fast else "float32")
    assert any("no bfloat16" in event["text"] for event in events(run, "log")) is not fast
    from safetensors.torch import load_file

    if method == "lora":
        weights = load_file(run / "output/adapter_model.safetensors")
        assert {value.dtype for value in weights.values()} == {torch.float32}
    else:
        weights = load_file(run / "output/model.safetensors")
        assert {value.dtype for value in weights.values()} == {torch.bfloat16}
    seen = losses(run)
    assert sorted(seen) == [1, 2, 3, 4, 5, 6] and all(math.isfinite(loss) for loss in seen.values())
    assert seen[6] < seen[1]


@pytest.mark.parametrize("method", ["lora", "full"])
def test_what_bfloat16_saved_loads_and_has_learnt(tiny, build, rows, tmp_path, monkeypatch, method):
    from peft import PeftModel

    from exemplar_trainer import session

    monkeypatch.setattr(session, "has_fast_bfloat16", lambda device: True)
    run = make_run(tmp_path / "run", run_config(tiny, build, method=method, optimisation={"dtype": "bfloat16", "maxSteps": 12}))
    assert train_in_process(run) == 0
    base = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.bfloat16)
    before = nll(base, rows[:24])
    output = run / "output"
    tuned = PeftModel.from_pretrained(base, output) if method == "lora" else AutoModelForCausalLM.from_pretrained(output, dtype=torch.bfloat16)
    assert math.isfinite(before) and nll(tuned, rows[:24]) < before - 0.1
    # The number of the last step is of one batch and of float32 sums, so it is near, not equal.
    assert nll(tuned, rows[:24]) == pytest.approx(losses(run)[12], abs=0.5)


def test_nan_is_null_with_a_flag(tiny, build, tmp_path):
    """A learning rate far too high blows the weights up for real."""
    config = run_config(
        tiny, build, method="full", lora=None,
        optimisation={"learningRate": 1e30, "maxSteps": 6, "warmupSteps": 0, "maxGradNorm": 0, "scheduler": "constant"},
    )  # fmt: skip
    run = make_run(tmp_path / "run", config)
    assert train_in_process(run) == 0
    flagged = [event for event in events(run, "metrics") if event.get("flag") == "nan"]
    assert flagged and flagged[-1]["loss"] is None
    assert all(event["loss"] is None or math.isfinite(event["loss"]) for event in events(run, "metrics"))
    json.loads((run / "result.json").read_text(), parse_constant=lambda name: pytest.fail(f"{name} in result.json"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"optimisation": {"batchsize": 4}}, "optimisation.batchsize: unknown key"),
        ({"lora": {"targets": ["no_such_layer"]}}, "lora.targets: the base model has no module no_such_layer"),
        ({"resumeFrom": "/nowhere/checkpoint-1"}, "resumeFrom: /nowhere/checkpoint-1 is not a complete checkpoint"),
        ({"baseModel": {"contentHash": "0" * 64}}, "baseModel.contentHash"),
    ],
)
def test_bad_configuration_exits_78_naming_the_key(tiny, build, tmp_path, changes, said):
    run = make_run(tmp_path / "run", run_config(tiny, build, **changes))
    assert train_in_process(run) == 78
    assert said in events(run, "end")[0]["reason"]


def test_trl_leaves_labels_and_rows_alone(tiny, build, rows, tmp_path, monkeypatch):
    """And if it did not, the run would stop: the second half hands it a trainer that drops a row."""
    from exemplar_trainer import sft

    seen = {}
    original = sft.check_prepared

    def spy(name, before, after):
        seen[name] = after.to_list()
        original(name, before, after)

    monkeypatch.setattr(sft, "check_prepared", spy)
    run = make_run(tmp_path / "run", run_config(tiny, build, optimisation={"maxSteps": 1}))
    assert train_in_process(run) == 0
    assert seen["train"] == [{"input_ids": row["input_ids"], "labels": row["labels"]} for row in rows[:24]]
    assert [row["labels"] for row in seen["validation"]] == [row["labels"] for row in rows[24:28]]
    monkeypatch.setattr(sft.ExemplarTrainer, "_prepare_dataset", lambda self, dataset, *_: dataset.select(range(3)))
    run = make_run(tmp_path / "run2", run_config(tiny, build, optimisation={"maxSteps": 1}))
    assert train_in_process(run) == 65
    assert "changed its rows from 24 to 3" in events(run, "end")[0]["reason"]
