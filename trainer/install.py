"""`python3 install.py --venv DIR [--dev] [--check]`: make the trainer's Python environment, or see that it is there.

Needs only the standard library. Prints one JSON object a line, `{"stage", "progress", "message"}`, and ends with
`{"stage": "ready", "progress": 1}` (exit 0) or `{"stage": "failed", "code", "message", "cure", "facts"}` (exit 1). A file
in the environment, written last, holds a hash of the requirements and the Python version: when it fits, the command is
ready at once. An interrupted installation goes on where pip can, or starts anew where the environment is broken.
SIGTERM and SIGINT end pip and all it started before they end us.

Any Python 3 can start it: one older than 3.10 hands over to a newer one, or says which to install.

`EXEMPLAR_TORCH_INDEX`: address of a package index to take torch from, e.g. one with CPU-only builds. Without it torch
comes from pip's own configuration. A machine whose `nvidia-smi` answers always takes the default build.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from exemplar_trainer.child import run_child

HERE = Path(__file__).resolve().parent
MARKER = "exemplar-installed.json"
OLDEST = (3, 10)


# Measured: the environment with torch's CPU build takes 1.46 GB, pip unpacks beside it what it is about to move there, and
# the base model needs 0.5 GB while it is converted. torch's default build for x86-64 Linux brings CUDA libraries on top.
NEEDED_BYTES = int(2.5 * 2**30)
NEEDED_WITH_CUDA_BYTES = 8 * 2**30


class InstallError(Exception):
    """The installation cannot go on; `code` is for programs, `cure` what the reader can do, `facts` the figures and names."""

    def __init__(self, code: str, message: str, cure: str, **facts: str) -> None:
        super().__init__(message)
        self.code, self.cure, self.facts = code, cure, facts


def report(stage: str, progress: float, message: str = "") -> None:
    print(json.dumps({"stage": stage, "progress": progress, "message": message}), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="make the trainer's Python environment")
    parser.add_argument("--venv", type=Path, required=True, help="folder of the environment")
    parser.add_argument("--dev", action="store_true", help="with what the tests need")
    parser.add_argument("--check", action="store_true", help="only see whether there is a Python to make it from")
    options = parser.parse_args()
    venv = options.venv.resolve()
    requirements = HERE / ("requirements-dev.txt" if options.dev else "requirements.txt")
    try:
        if sys.version_info < OLDEST:
            _hand_over()
        if options.check:
            report("ready", 1, sys.executable)
            return 0
        venv.parent.mkdir(parents=True, exist_ok=True)
        with open(venv.parent / f".{venv.name}.lock", "w") as lock:
            _wait_for(lock)
            _install(venv, requirements)
    except InstallError as error:
        return _fail(error)
    except OSError as error:
        return _fail(InstallError("file-system", str(error), "check disk space and permissions, then try again", detail=str(error)))
    report("ready", 1, str(_python(venv)))
    return 0


def _fail(error: InstallError) -> int:
    line = {"stage": "failed", "code": error.code, "message": str(error), "cure": error.cure, "facts": error.facts}
    print(json.dumps(line), flush=True)
    return 1


def _hand_over() -> None:
    """Go on in a Python new enough, if the machine has one beside the one that started us."""
    for minor in (14, 13, 12, 11, 10):
        path = shutil.which(f"python3.{minor}")
        if path:
            os.execv(path, [path, *sys.argv])
    version = sys.version.split()[0]
    raise InstallError(
        "python-too-old",
        f"fine-tuning needs Python 3.10 or newer, this is {version}",
        "install one beside it (apt-get install python3.11 python3.11-venv) or name one in EXEMPLAR_PYTHON, then try again",
        version=version,
    )


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
    _check_disk(venv)
    index = os.environ.get("EXEMPLAR_TORCH_INDEX")
    extra = ["--index-url", index] if index and not has_nvidia() else []
    report("torch", 0.08, f"installing {torch}")
    _pip(venv, [*extra, torch])
    report("libraries", 0.55, "installing the training libraries")
    _pip(venv, ["-r", str(requirements)])
    report("check", 0.92, "importing everything once")
    check = "import torch, transformers, trl, peft, accelerate, datasets, gguf, safetensors, pyarrow"
    cure = f"remove the folder {venv} and try again"
    _run([str(_python(venv)), "-c", check], "libraries-broken", "the installed libraries do not work together", cure, folder=str(venv))
    temporary = venv / f"{MARKER}.tmp"
    temporary.write_text(json.dumps(wanted))
    os.replace(temporary, venv / MARKER)


def _check_disk(venv: Path) -> None:
    """Raises InstallError when not even the smallest installation fits; tells how much the largest takes."""
    free = shutil.disk_usage(venv).free
    if free >= (NEEDED_WITH_CUDA_BYTES if has_nvidia() else NEEDED_BYTES):
        return
    needed = f"{NEEDED_BYTES / 2**30:.1f}"
    with_cuda, left = f"{NEEDED_WITH_CUDA_BYTES / 2**30:.0f}", f"{free / 2**30:.1f}"
    raise InstallError(
        "disk-full",
        f"the environment needs {needed} GiB of disk, or {with_cuda} GiB with the libraries for NVIDIA GPUs; {left} GiB are free",
        "free some space, then try again",
        needed=needed, withCuda=with_cuda, free=left,
    )  # fmt: skip


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
            raise InstallError("folder-taken", f"{venv} is not an environment and not empty", "name another folder", folder=str(venv))
        shutil.rmtree(venv)
    # Debian has venv without ensurepip; the package which brings it is the same for both.
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    cure = f"apt-get install {package}"
    for module in ("venv", "ensurepip"):
        if subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode:
            raise InstallError("no-venv", f"this Python has no module {module}", cure, module=module, package=package)
    _run([sys.executable, "-m", "venv", str(venv)], "venv-failed", "the environment could not be made", cure, package=package)


def has_nvidia() -> bool:
    """Whether `nvidia-smi` is there and answers."""
    try:
        return subprocess.run(["nvidia-smi", "-L"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _pip(venv: Path, arguments: list[str]) -> None:
    command = [str(_python(venv)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    _run(command, "pip-failed", "pip could not install everything", "check the network and pip's configuration, then try again")


def _run(command: list[str], code: str, message: str, cure: str, **facts: str) -> None:
    done = run_child(command)
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if not line.startswith("WARNING")]
        said = " ".join(lines)[-600:]
        if "No space left on device" in said:
            raise InstallError("disk-ran-out", f"the disk ran full: {said}", "free some space, then try again", detail=said)
        raise InstallError(code, f"{message}: {said}", cure, detail=said, **facts)


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


if __name__ == "__main__":
    sys.exit(main())
