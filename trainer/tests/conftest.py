"""Fixtures: the tiny model, its tokenizer and a build, made once a session."""

import os

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import pytest  # noqa: E402

from exemplar_trainer.environment import prepare_environment  # noqa: E402

prepare_environment()

from .support import make_rows, write_build  # noqa: E402


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Folder of the tiny base model."""
    import torch

    from exemplar_trainer.tiny_model import make_tiny_model

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_model(folder)
    return folder


@pytest.fixture(scope="session")
def tokenizer(tiny):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny)


@pytest.fixture(scope="session")
def rows(tokenizer):
    return make_rows(tokenizer)


@pytest.fixture(scope="session")
def build(tiny, rows, tmp_path_factory):
    """A build of 24 training, 4 validation and 4 test rows."""
    return write_build(
        tmp_path_factory.mktemp("builds") / "plain",
        tiny,
        {"train": rows[:24], "validation": rows[24:28], "test": rows[28:]},
    )
