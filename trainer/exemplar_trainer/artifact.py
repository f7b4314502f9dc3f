"""What a finished run leaves behind: `output/` and `result.json`."""

import os
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

import torch

from .chat_template import read_chat_template
from .config import RunConfig
from .files import describe_files, sync_file

_TOKENIZER_FILES = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt", "tokenizer.model",
)  # fmt: skip
_LIBRARIES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "tokenizers", "safetensors")


def save_output(model, config: RunConfig, run_dir: Path) -> dict:
    """Write `output/` whole or not at all: adapter or full model, tokenizer and chat template.

    Returns `{"kind": "adapter" | "model", "path": "output", "files": [{path, bytes, sha256}]}`. The tokenizer files
    are the base model's, byte for byte, so that their hash still is the one the build was made with.
    """
    target, temporary = run_dir / "output", run_dir / "output.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    if config.method == "full":
        model.config.use_cache = True  # training switches it off, and a saved `false` makes every answer slow
        # What was asked for: on a device without bfloat16 config.optimisation says what it was computed in.
        if config.raw["optimisation"]["dtype"] == "bfloat16":
            model.to(torch.bfloat16)
            model.config.dtype = torch.bfloat16
    model.save_pretrained(temporary)
    (temporary / "README.md").unlink(missing_ok=True)  # the library's empty model card
    for name in _TOKENIZER_FILES:
        if (config.base_path / name).is_file():
            shutil.copyfile(config.base_path / name, temporary / name)
    template = read_chat_template(config.base_path)
    (temporary / "chat_template.jinja").write_bytes(template.encode("utf-8"))
    files = describe_files(temporary)
    for entry in files:
        (temporary / entry["path"]).chmod(0o644)  # safetensors writes 0600
        sync_file(temporary / entry["path"])
    if target.exists():  # from an attempt that died between here and result.json
        shutil.rmtree(target)
    os.replace(temporary, target)
    sync_file(run_dir)
    return {"kind": "adapter" if config.method == "lora" else "model", "path": "output", "files": files}


def library_versions() -> dict[str, str]:
    """Versions of Python and of every library that takes part in the result."""
    return {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}}


def describe_device(device: str) -> dict:
    """`{"type": "cpu" | "cuda", "name", "threads"? | "memory_bytes"?}`."""
    if device == "cuda":
        facts = torch.cuda.get_device_properties(0)
        return {"type": "cuda", "name": facts.name, "memory_bytes": facts.total_memory}
    return {"type": "cpu", "name": platform.processor() or platform.machine(), "threads": torch.get_num_threads()}
