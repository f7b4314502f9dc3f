"""`python3 install.py --venv DIR [--dev]`: make the trainer's Python environment, or see that it is there.

Needs only the standard library. Prints one JSON object a line, `{"stage", "progress", "message"}`, and ends with
`{"stage": "ready", "progress": 1}` (exit 0) or `{"stage": "failed", "message", "cure"}` (exit 1). A file in
the environment, written last, holds a hash of the requirements and the Python version: when it fits, the command is
ready at once. An interrupted installation goes on where pip can, or starts anew where the environment is broken.

`EXEMPLAR_TORCH_INDEX`: address of a package index to take torch from, e.g. one with CPU-only builds. Without it torch
comes from pip's own configuration. A machine whose `nvidia-smi` answers always takes the default build.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARKER = "exemplar-installed.json"
OLDEST = (3, 11)  # the pinned numpy and pandas need it


class InstallError(Exception):
    """The installation cannot go on; `cure` is what the reader can do."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.cure = cure


def report(stage: str, progress: float, message: str = "") -> None:
    print(json.dumps({"stage": stage, "progress": progress, "message": message}), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="make the trainer's Python environment")
    parser.add_argument("--venv", type=Path, required=True, help="folder of the environment")
    parser.add_argument("--dev", action="store_true", help="with what the tests need")
    options = parser.parse_args()
    venv = options.venv.resolve()
    requirements = HERE / ("requirements-dev.txt" if options.dev else "requirements.txt")
    try:
        if sys.version_info < OLDEST:
            _hand_over()
        venv.parent.mkdir(parents=True, exist_ok=True)
        with open(venv.parent / f".{venv.name}.lock", "w") as lock:
            _wait_for(lock)
            _install(venv, requirements)
    except InstallError as error:
        print(json.dumps({"stage": "failed", "message": str(error), "cure": error.cure}), flush=True)
        return 1
    except OSError as error:
        print(json.dumps({"stage": "failed", "message": str(error), "cure": "check disk space and permissions, then try again"}), flush=True)
        return 1
    report("ready", 1, str(_python(venv)))
    return 0


def _hand_over() -> None:
    """Go on in a Python new enough, if the machine has one beside the one that started us."""
    for minor in (13, 12, 11):
        if path := shutil.which(f"python3.{minor}"):
            os.execv(path, [path, *sys.argv])
    raise InstallError(f"Python {sys.version.split()[0]} is too old", "install Python 3.11 or newer (apt-get install python3.11 python3.11-venv)")


def _wait_for(lock) -> None:
    """Two installations into one folder would break each other: the second waits, then finds everything done."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        report("waiting", 0, "another installation is under way")
        fcntl.flock(lock, fcntl.LOCK_EX)


def _install(venv: Path, requirements: Path) -> None:
    wanted = fingerprint(requirements)
    if _read_marker(venv) in _enough(wanted):
        return
    (venv / MARKER).unlink(missing_ok=True)
    report("environment", 0.02, "making the environment")
    _make_venv(venv)
    pins = [line.strip() for line in (HERE / "requirements.txt").read_text().splitlines()]
    torch = next(line for line in pins if line.startswith("torch=="))
    if shutil.disk_usage(venv).free < 4 * 2**30:
        raise InstallError("less than 4 GiB of disk are free", "free some space, then try again")
    index = os.environ.get("EXEMPLAR_TORCH_INDEX")
    extra = ["--index-url", index] if index and not has_nvidia() else []
    report("torch", 0.08, f"installing {torch}")
    _pip(venv, [*extra, torch])
    report("libraries", 0.55, "installing the training libraries")
    _pip(venv, ["-r", str(requirements)])
    report("check", 0.92, "importing everything once")
    check = "import torch, transformers, trl, peft, accelerate, datasets, gguf, safetensors, pyarrow"
    _run([str(_python(venv)), "-c", check], "the installed libraries do not work together", "remove the environment's folder and try again")
    temporary = venv / f"{MARKER}.tmp"
    temporary.write_text(json.dumps(wanted))
    os.replace(temporary, venv / MARKER)


def fingerprint(requirements: Path) -> dict:
    """What an installation is made from: `{requirements: hash, python: version, dev: bool}`."""
    base = (HERE / "requirements.txt").read_bytes()
    dev = requirements.name != "requirements.txt"
    extra = requirements.read_bytes() if dev else b""
    digest = hashlib.sha256(base + extra).hexdigest()
    return {"requirements": digest, "python": sys.version.split()[0], "dev": dev}


def _enough(wanted: dict) -> list[dict]:
    """Markers which satisfy `wanted`: itself and, for run time only, one with the test tools on top."""
    return [wanted] if wanted["dev"] else [wanted, fingerprint(HERE / "requirements-dev.txt")]


def _read_marker(venv: Path) -> dict | None:
    if not _python(venv).exists():
        return None
    try:
        return json.loads((venv / MARKER).read_text())
    except (OSError, ValueError):
        return None


def _make_venv(venv: Path) -> None:
    python = _python(venv)
    if python.exists() and subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True).returncode == 0:
        version = subprocess.run([str(python), "-c", "import sys; print(sys.version.split()[0])"], capture_output=True, text=True)
        if version.stdout.strip() == sys.version.split()[0]:
            return  # of an interrupted installation: pip completes it
    if venv.exists():
        if not (venv / "pyvenv.cfg").exists() and any(venv.iterdir()):
            raise InstallError(f"{venv} is not an environment and not empty", "name another folder")
        shutil.rmtree(venv)
    # Debian has venv without ensurepip; the package which brings it is the same for both.
    cure = "apt-get install python3-venv"
    for module in ("venv", "ensurepip"):
        if subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode:
            raise InstallError(f"this Python has no module {module}", cure)
    _run([sys.executable, "-m", "venv", str(venv)], "the environment could not be made", cure)


def has_nvidia() -> bool:
    """Whether `nvidia-smi` is there and answers."""
    try:
        return subprocess.run(["nvidia-smi", "-L"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _pip(venv: Path, arguments: list[str]) -> None:
    command = [str(_python(venv)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    _run(command, "pip could not install everything", "check the network and pip's configuration, then try again")


def _run(command: list[str], message: str, cure: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if not line.startswith("WARNING")]
        raise InstallError(f"{message}: {' '.join(lines)[-600:]}", cure)


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


if __name__ == "__main__":
    sys.exit(main())
