"""Packed builds: examples stay apart, and the run refuses to start where they would not."""

import pytest
import torch
from transformers import AutoModelForCausalLM

from exemplar_trainer.errors import ConfigError
from exemplar_trainer.packing import check_packing, cut_probe

from .support import events, losses, make_run, pack_rows, run_config, train_in_process, write_build
from .test_training import nll


class ForgetsPositions(torch.nn.Module):
    """A model which looks at its input as one long text, as one with an unsuitable attention would."""

    def __init__(self, model):
        super().__init__()
        self.model, self.config, self.device = model, model.config, model.device

    def forward(self, input_ids, use_cache=False, **_):
        return self.model(input_ids, use_cache=use_cache)


@pytest.fixture(scope="module")
def model(tiny):
    return AutoModelForCausalLM.from_pretrained(tiny)


def test_the_check_tells_apart_from_mixed(model, rows):
    examples = [row["input_ids"] for row in rows[:5]]
    assert check_packing(model, examples) < 1e-4
    with pytest.raises(ConfigError, match="mixes packed examples"):
        check_packing(ForgetsPositions(model), examples)


def test_the_check_holds_in_bfloat16(tiny, rows):
    half = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.bfloat16)
    check_packing(half, [row["input_ids"] for row in rows[:5]])
    with pytest.raises(ConfigError):
        check_packing(ForgetsPositions(half), [row["input_ids"] for row in rows[:5]])


def test_the_probe_is_a_short_piece_of_the_row():
    pieces = cut_probe(list(range(1000)), [10, 500, 490])
    assert pieces[0] == list(range(10)) and pieces[1] == list(range(10, 95)) and pieces[2][0] == 510


def test_packed_loss_is_that_of_the_separate_rows(tiny, model, rows, tmp_path):
    folder = write_build(tmp_path / "b", tiny, {"train": pack_rows(rows[:8], 4), "validation": pack_rows(rows[8:12], 2)})
    config = run_config(tiny, folder, optimisation={"batchSize": 2, "maxSteps": 3}, evaluation={"everySteps": 1})
    run = make_run(tmp_path / "run", config)
    assert train_in_process(run) == 0
    assert losses(run)[1] == pytest.approx(nll(model, rows[:8]), abs=5e-5)
    assert events(run, "eval")[0]["eval_loss"] == pytest.approx(nll(model, rows[8:12]), abs=5e-5)
    trained = sum(label != -100 for row in rows[:8] for label in row["labels"])
    assert events(run, "start")[0]["trained_tokens"] == trained == events(run, "metrics")[0]["trained_tokens_seen"]


def test_a_mixing_model_exits_78(tiny, rows, tmp_path, monkeypatch):
    """The check is on the way of a real run: a model of other attention ends there."""
    from exemplar_trainer import session

    real = session.check_packing
    monkeypatch.setattr(session, "check_packing", lambda model, examples: real(ForgetsPositions(model), examples))
    folder = write_build(tmp_path / "b", tiny, {"train": pack_rows(rows[:8], 4)})
    run = make_run(tmp_path / "run", run_config(tiny, folder))
    assert train_in_process(run) == 78
    assert "build without packing" in events(run, "end")[0]["reason"]
