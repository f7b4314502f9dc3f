"""run.json is read strictly: whatever is wrong is named by its key."""

import copy
import json

import pytest

from exemplar_trainer.config import load_config, parse_config
from exemplar_trainer.errors import ConfigError

from .support import run_config


@pytest.fixture
def config():
    return run_config("/models/base", "/builds/one")


def test_reads_every_field(config):
    config["samples"]["prompts"] = [{"id": "p", "messages": [{"role": "user", "content": ""}]}]
    config["resumeFrom"] = "/runs/one/checkpoints/checkpoint-5"
    read = parse_config(config)
    assert (read.run_id, read.method, read.lora.r, read.lora.targets) == ("run-1", "lora", 8, "all-linear")
    assert read.optimisation.learning_rate == 5e-3 and read.optimisation.max_steps == 8
    assert read.prompts[0].messages == ({"role": "user", "content": ""},)
    assert str(read.resume_from) == "/runs/one/checkpoints/checkpoint-5"


def test_optional_sections_have_their_documented_meaning(config):
    for key in ("evaluation", "checkpoints", "samples", "logging", "resumeFrom"):
        del config[key]
    read = parse_config(config)
    assert (read.evaluate_every, read.checkpoint_every, read.sample_every, read.log_every) == (None, None, None, 1)
    assert read.prompts == () and read.resume_from is None


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (["optimisation", "learningrate"], 1, "optimisation.learningrate: unknown key"),
        (["colour"], 1, "colour: unknown key"),
        (["build", "hash"], "x", "build.hash: unknown key"),
        (["optimisation", "learningRate"], 0, "optimisation.learningRate"),
        (["optimisation", "learningRate"], float("nan"), "optimisation.learningRate"),
        (["optimisation", "batchSize"], 1.5, "optimisation.batchSize"),
        (["optimisation", "batchSize"], True, "optimisation.batchSize"),
        (["optimisation", "scheduler"], "step", "optimisation.scheduler"),
        (["optimisation", "dtype"], "float16", "optimisation.dtype"),
        (["optimisation", "gradientCheckpointing"], 1, "optimisation.gradientCheckpointing"),
        (["lora", "targets"], [], "lora.targets"),
        (["lora", "targets"], ["q_proj", "lm_head"], "lora.targets"),
        (["lora", "dropout"], 1.0, "lora.dropout"),
        (["lora"], None, "lora: missing"),
        (["baseModel", "path"], "relative/base", "baseModel.path"),
        (["schemaVersion"], 2, "schemaVersion"),
        (["method"], "dpo", "method"),
        (["checkpoints", "keep"], 0, "checkpoints.keep"),
        (["samples", "prompts"], [{"id": "a", "messages": []}], r"samples.prompts\[0\].messages"),
        (["samples", "prompts"], [{"id": "a", "messages": [{"role": "user"}]}], r"messages\[0\].content: missing"),
    ],
)
def test_names_the_key_that_is_wrong(config, path, value, named):
    changed = copy.deepcopy(config)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ConfigError, match=named):
        parse_config(changed)


def test_every_optimisation_key_must_be_said(config):
    for key in config["optimisation"]:
        if key == "maxSteps":
            continue
        less = copy.deepcopy(config)
        del less["optimisation"][key]
        with pytest.raises(ConfigError, match=f"optimisation.{key}: missing"):
            parse_config(less)


def test_file_that_is_missing_or_not_json(tmp_path):
    with pytest.raises(ConfigError, match="run.json: missing"):
        load_config(tmp_path / "run.json")
    (tmp_path / "run.json").write_text(json.dumps({})[:-1])
    with pytest.raises(ConfigError, match="run.json: is not JSON"):
        load_config(tmp_path / "run.json")
