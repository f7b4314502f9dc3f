"""Fixtures: the models whose tokenizers are judged, and the engine's own programs."""

import os
import pathlib
import subprocess
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "trainer"))

import pytest  # noqa: E402

from exemplar_trainer.environment import prepare_environment  # noqa: E402

prepare_environment()

NODE = ROOT / "node_modules/.bin/node"


@pytest.fixture(scope="session")
def emit():
    """Runs emit-NAME.ts with the arguments."""

    def run(name, *arguments):
        command = [str(NODE if NODE.exists() else "node"), f"tests/python/emit-{name}.ts", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture(scope="session")
def golden():
    return ROOT / "tests/golden"


@pytest.fixture(scope="session")
def smollm():
    """Folder of the base model that `npm start` brings along; `npm test` prepares it."""
    home = pathlib.Path(os.environ.get("EXEMPLAR_SUITE_HOME") or ROOT / ".exemplar/test")
    folder = home / "models/smollm2-135m-instruct"
    if not (folder / "exemplar.json").is_file():
        pytest.skip(f"{folder} is not there: `npm test -- trainer` prepares it")
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Folder of the tiny model."""
    import torch

    from exemplar_trainer.tiny_model import make_tiny_model

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("judged") / "tiny"
    make_tiny_model(folder)
    return folder
