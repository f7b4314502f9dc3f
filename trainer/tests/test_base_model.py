"""A base model folder is checked from its files, and the machine from its memory and disk."""

import json
import shutil

import pytest

from exemplar_trainer import preflight
from exemplar_trainer.base_model import inspect_base_model
from exemplar_trainer.chat_template import CHATML, find_injected_text
from exemplar_trainer.config import parse_config
from exemplar_trainer.errors import ConfigError
from exemplar_trainer.files import hash_folder, sha256_file

from .support import events, make_run, run_config, train_in_process


@pytest.fixture
def copy_of_tiny(tiny, tmp_path):
    return shutil.copytree(tiny, tmp_path / "copy")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors", "chat_template.jinja"])
def test_a_missing_file_is_named_and_exits_78(copy_of_tiny, build, tmp_path, name):
    (copy_of_tiny / name).unlink()
    run = make_run(tmp_path / "run", run_config(copy_of_tiny, build))
    assert train_in_process(run) == 78
    assert f"{name} is missing" in events(run, "end")[0]["reason"]


def test_weights_cut_short(copy_of_tiny):
    path = copy_of_tiny / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ConfigError, match="its header says"):
        inspect_base_model(copy_of_tiny)


def test_a_shard_of_the_index_is_missing(copy_of_tiny):
    (copy_of_tiny / "model.safetensors").unlink()
    (copy_of_tiny / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "model-00001-of-00002.safetensors"}}))
    with pytest.raises(ConfigError, match="model-00001-of-00002.safetensors is missing"):
        inspect_base_model(copy_of_tiny)


def test_content_hash_must_fit(tiny):
    assert inspect_base_model(tiny, hash_folder(tiny)).tokenizer_hash == sha256_file(tiny / "tokenizer.json")
    with pytest.raises(ConfigError, match="baseModel.contentHash"):
        inspect_base_model(tiny, "0" * 64)


def test_parameters_are_counted_from_the_header(tiny):
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny)
    assert inspect_base_model(tiny).parameters == sum(p.numel() for p in model.parameters())


def test_hash_folder_is_what_sha256sum_gives(tiny):
    import hashlib
    import subprocess

    names = sorted(path.name for path in tiny.iterdir())
    lines = subprocess.run(["sha256sum", *names], cwd=tiny, capture_output=True).stdout
    assert hash_folder(tiny) == hashlib.sha256(lines).hexdigest()


def test_a_template_which_injects_an_identity_is_found(tokenizer):
    assert find_injected_text(tokenizer) is None
    original = tokenizer.chat_template
    tokenizer.chat_template = (
        "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou are Bob, trained by a shop<|im_end|>\\n' }}{% endif %}" + CHATML
    )
    try:
        assert find_injected_text(tokenizer) == "You are Bob, trained by a shop"
    finally:
        tokenizer.chat_template = original


def test_memory_and_disk_are_refused_only_when_certain(tiny, build, tmp_path, monkeypatch):
    config = parse_config(run_config(tiny, build))
    base = inspect_base_model(tiny)
    needs = preflight.estimate_needs(config, base, trainable=1000, longest_tokens=100)
    assert needs.certain_memory == base.parameters * 4 + 1000 * 16
    assert needs.certain_memory < needs.likely_memory
    monkeypatch.setattr(preflight, "available_memory", lambda device: 2**40)
    assert preflight.check_fits(needs, tmp_path, "cpu", 4) is None
    between = (needs.certain_memory + needs.likely_memory) // 2 + preflight._RUNTIME_BYTES
    monkeypatch.setattr(preflight, "available_memory", lambda device: between)
    assert "memory may run out" in preflight.check_fits(needs, tmp_path, "cpu", 4)
    monkeypatch.setattr(preflight, "available_memory", lambda device: 2**20)
    with pytest.raises(ConfigError, match="not enough memory"):
        preflight.check_fits(needs, tmp_path, "cpu", 4)
    monkeypatch.setattr(preflight, "available_memory", lambda device: 2**40)
    huge = preflight.Needs(needs.certain_memory, needs.likely_memory, 2**60)
    with pytest.raises(ConfigError, match="not enough disk"):
        preflight.check_fits(huge, tmp_path, "cpu", 4)


def test_tiny_model_is_the_same_every_time(tiny, tmp_path):
    from exemplar_trainer.tiny_model import make_tiny_model

    make_tiny_model(tmp_path / "again")
    assert hash_folder(tmp_path / "again") == hash_folder(tiny)
