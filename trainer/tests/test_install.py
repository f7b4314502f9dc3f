"""install.py without the network: what it decides from the marker, and how it fails."""

import importlib.util
import json
import subprocess
import sys

import pytest

from .support import TRAINER

spec = importlib.util.spec_from_file_location("install", TRAINER / "install.py")
install = importlib.util.module_from_spec(spec)
spec.loader.exec_module(install)


def run(*arguments, **environment):
    import os

    command = [sys.executable, str(TRAINER / "install.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def installed(tmp_path):
    """An environment as a finished installation leaves it, as far as the marker goes."""
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    (venv / install.MARKER).write_text(json.dumps(install.fingerprint(TRAINER / "requirements.txt")))
    return venv


def test_ready_at_once_when_the_marker_fits(installed):
    code, lines = run("--venv", str(installed))
    assert code == 0 and [line["stage"] for line in lines] == ["ready"] and lines[0]["progress"] == 1


def test_development_tools_are_not_implied(installed):
    dev = install.fingerprint(TRAINER / "requirements-dev.txt")
    plain = install.fingerprint(TRAINER / "requirements.txt")
    assert plain not in install._enough(dev) and dev in install._enough(plain)


def test_pip_failing_is_told_with_a_cure(tmp_path):
    """A real environment is made, then pip is pointed at an empty folder: no package can be found."""
    (tmp_path / "empty").mkdir()
    code, lines = run("--venv", str(tmp_path / "venv"), PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "empty"), PIP_CONFIG_FILE="/dev/null")
    assert code == 1 and lines[-1]["stage"] == "failed"
    assert "torch" in lines[-1]["message"] and "network" in lines[-1]["cure"]
    assert not (tmp_path / "venv" / install.MARKER).exists()  # the next start tries again


def test_a_foreign_folder_is_not_deleted(tmp_path):
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "letter.txt").write_text("dear")
    code, lines = run("--venv", str(tmp_path / "venv"))
    assert code == 1 and "name another folder" in lines[-1]["cure"]
    assert (tmp_path / "venv" / "letter.txt").exists()


def test_missing_ensurepip_names_the_package(tmp_path, monkeypatch):
    real = subprocess.run

    def without_ensurepip(command, **more):
        if command[-1] == "import ensurepip":
            return subprocess.CompletedProcess(command, 1)
        return real(command, **more)

    monkeypatch.setattr(install.subprocess, "run", without_ensurepip)
    with pytest.raises(install.InstallError) as caught:
        install._make_venv(tmp_path / "venv")
    assert caught.value.cure == f"apt-get install python3.{sys.version_info.minor}-venv" and caught.value.code == "no-venv"


def test_an_old_python_hands_over_or_names_the_cure(monkeypatch):
    handed = []
    monkeypatch.setattr(install.os, "execv", lambda path, arguments: handed.append((path, arguments)))
    monkeypatch.setattr(install.shutil, "which", lambda name: "/opt/python3.12" if name == "python3.12" else None)
    monkeypatch.setattr(install.sys, "argv", ["install.py", "--venv", "x"])
    with pytest.raises(install.InstallError):  # execv does not return; this one does
        install._hand_over()
    assert handed == [("/opt/python3.12", ["/opt/python3.12", "install.py", "--venv", "x"])]
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    with pytest.raises(install.InstallError, match="needs Python 3.10 or newer") as caught:
        install._hand_over()
    assert caught.value.code == "python-too-old" and "EXEMPLAR_PYTHON" in caught.value.cure


@pytest.mark.parametrize(("free", "nvidia", "fits"), [(2, False, False), (3, False, True), (3, True, False), (9, True, True)])
def test_disk_is_checked_against_what_the_installation_takes(tmp_path, monkeypatch, free, nvidia, fits):
    usage = type("Usage", (), {"free": free * 2**30})
    monkeypatch.setattr(install.shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(install, "has_nvidia", lambda: nvidia)
    if fits:
        install._check_disk(tmp_path)
        return
    with pytest.raises(install.InstallError) as caught:
        install._check_disk(tmp_path)
    assert caught.value.facts == {"needed": "2.5", "withCuda": "8", "free": f"{free}.0"}
    assert "2.5 GiB" in str(caught.value) and f"{free}.0 GiB are free" in str(caught.value)
