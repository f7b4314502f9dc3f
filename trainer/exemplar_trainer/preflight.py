"""Will it fit? Memory and disk, judged before hours are spent."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .base_model import BaseModel
from .config import RunConfig
from .errors import ConfigError

_GIB = 2**30
_RUNTIME_BYTES = 400 * 2**20  # the interpreter with torch and the libraries loaded


@dataclass(frozen=True)
class Needs:
    """Bytes. `certain_memory` is weights, gradients and optimiser; `likely_memory` adds activations."""

    certain_memory: int
    likely_memory: int
    disk: int


def estimate_needs(config: RunConfig, base: BaseModel, trainable: int, longest_tokens: int) -> Needs:
    """What a run needs. `trainable` is a count of parameters, `longest_tokens` the longest training row.

    Activations are a rule of thumb: about 34 values a token, layer and hidden unit without gradient checkpointing
    (the usual count for a decoder block), 2 with it plus one whole block which is being recomputed.
    """
    o = config.optimisation
    half = o.dtype == "bfloat16"
    # A full bf16 run keeps fp32 master weights and computes in bf16; a LoRA run keeps the frozen base in bf16.
    weight_bytes = base.parameters * (2 if half and config.method == "lora" else 4)
    adapter_bytes = trainable * 4 if config.method == "lora" else 0
    optimiser_bytes = trainable * 4 * 3  # gradient and Adam's two moments, all fp32
    tokens = o.batch_size * longest_tokens
    block = tokens * base.hidden_size * 34 * (2 if half else 4)
    activations = block + tokens * base.hidden_size * 2 * base.layers * 4 if o.gradient_checkpointing else block * base.layers
    certain = weight_bytes + adapter_bytes + optimiser_bytes
    checkpoint = trainable * 4 * 3
    output = adapter_bytes or base.parameters * (2 if half else 4)
    saves = config.checkpoints_kept + 1  # the new one is written before the oldest goes; a stop saves as well
    return Needs(certain, certain + activations, saves * checkpoint + output + 64 * 2**20)


def available_memory(device: str) -> int:
    """Free bytes on the device: GPU memory, else RAM within this control group's limit."""
    if device == "cuda":
        import torch

        return torch.cuda.mem_get_info()[0]
    import psutil

    free = psutil.virtual_memory().available
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            free = min(free, int(Path(limit).read_text()) - int(Path(used).read_text()))
        except (OSError, ValueError):  # not in such a group, or it says "max"
            continue
    return max(0, free)


def check_fits(needs: Needs, run_dir: Path, device: str, batch_size: int) -> str | None:
    """Raises ConfigError when memory or disk surely do not do; returns a warning when memory may not."""
    free_disk = shutil.disk_usage(run_dir).free
    if needs.disk > free_disk:
        raise ConfigError(
            f"not enough disk: checkpoints and output need about {needs.disk / _GIB:.1f} GiB, "
            f"{free_disk / _GIB:.1f} GiB are free; keep fewer checkpoints or free some space"
        )
    free = available_memory(device)
    extra = 0 if device == "cuda" else _RUNTIME_BYTES
    where = "GPU memory" if device == "cuda" else "memory"
    if needs.certain_memory + extra > free:
        raise ConfigError(
            f"not enough {where}: weights, gradients and optimiser need {(needs.certain_memory + extra) / _GIB:.1f} GiB, "
            f"{free / _GIB:.1f} GiB are free; use LoRA, bfloat16 or a smaller base model"
        )
    if needs.likely_memory + extra > free:
        cure = f"a batchSize below {batch_size}" if batch_size > 1 else "shorter rows"
        return (
            f"{where} may run out: about {(needs.likely_memory + extra) / _GIB:.1f} GiB expected, "
            f"{free / _GIB:.1f} GiB free; gradientCheckpointing or {cure} needs less"
        )
    return None


def pick_device() -> str:
    """`cuda` or `cpu`. One process trains on one device: with several GPUs visible, the first is used."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ConfigError("WORLD_SIZE is above 1: this trainer runs as one process on one device, start it without torchrun")
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    os.environ["CUDA_VISIBLE_DEVICES"] = "0" if visible is None else visible.split(",")[0]
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
