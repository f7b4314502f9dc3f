"""Models kept in memory: bases and, on each of them, adapters; the least recently used leave first."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .base_model import count_parameters, find_weight_files
from .errors import TrainerError
from .preflight import available_memory


class ModelError(TrainerError):
    """A model cannot be served: the message says why, `cure` what to do about it."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.cure = cure


@dataclass
class _Base:
    model: object
    tokenizer: object
    bytes: int
    stamp: tuple
    adapters: dict[str, tuple[str, tuple, int]] = field(default_factory=dict)  # path -> name, stamp, bytes

    @property
    def total(self) -> int:
        return self.bytes + sum(entry[2] for entry in self.adapters.values())


class ModelPool:
    """Hands out one model at a time, since one process writes one answer at a time.

    `memory_bytes` bounds the weights in memory, adapters included; None means half of what is free at the start.
    """

    def __init__(self, memory_bytes: int | None = None) -> None:
        self._limit = memory_bytes
        self._bases: OrderedDict[str, _Base] = OrderedDict()
        self._lock = threading.Lock()
        self._named = 0
        self._device: str | None = None

    def describe(self) -> list[dict]:
        """`[{base, adapters, bytes}]` of what is loaded, the most recently used last."""
        return [{"base": path, "adapters": sorted(b.adapters), "bytes": b.total} for path, b in list(self._bases.items())]

    def acquire(self, timeout: float) -> bool:
        """Wait for the turn, at most `timeout` seconds; whoever got it calls `release`."""
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        self._lock.release()

    @contextmanager
    def use(self, base_path: str, adapter_path: str | None) -> Iterator[tuple[object, object]]:
        """The (model, tokenizer) with this adapter switched on, or none. Call it between acquire and release.

        Raises ModelError when a folder is missing, is no model, does not fit together or does not fit into memory.
        """
        base = self._base(base_path)
        if adapter_path is None:
            if not base.adapters:
                yield base.model, base.tokenizer
                return
            with base.model.disable_adapter():
                yield base.model, base.tokenizer
            return
        name = self._adapter(base, base_path, adapter_path)  # the first one wraps base.model anew
        base.model.set_adapter(name)
        yield base.model, base.tokenizer

    def _base(self, path: str) -> _Base:
        folder = _folder(path, "config.json", "base model")
        files = _weights(folder)
        stamp, size = _stamp(files), sum(file.stat().st_size for file in files)
        from .precision import has_fast_bfloat16  # imports torch

        # As in training: where bfloat16 is emulated, a long prompt would take minutes.
        emulated = not has_fast_bfloat16(self.device)
        size = max(size, 4 * sum(count_parameters(file) for file in files)) if emulated else size
        held = self._bases.get(path)
        if held and held.stamp == stamp:
            self._bases.move_to_end(path)
            return held
        if held:  # trained anew into the same folder
            self._drop(path)
        self._make_room(size)
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from .progress import quiet_libraries

        quiet_libraries()
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = AutoModelForCausalLM.from_pretrained(
                folder, dtype="float32" if emulated else "auto", use_safetensors=True, local_files_only=True
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"the model {folder.name} cannot be loaded: {error}", "prepare or train the model again") from error
        model.to(self.device).eval()
        held = self._bases[path] = _Base(model, tokenizer, size, stamp)
        return held

    def _adapter(self, base: _Base, base_path: str, path: str) -> str:
        folder = _folder(path, "adapter_config.json", "adapter")
        file = _folder(path, "adapter_model.safetensors", "adapter") / "adapter_model.safetensors"
        stamp, size = _stamp([file]), file.stat().st_size
        if path in base.adapters:
            name, loaded, _ = base.adapters[path]
            if loaded == stamp:
                return name
            base.model.delete_adapter(name)
            del base.adapters[path]
        self._make_room(size, keep=base_path)
        from peft import PeftModel

        self._named += 1
        name = f"adapter{self._named}"
        try:
            if isinstance(base.model, PeftModel):
                base.model.load_adapter(str(folder), adapter_name=name)
            else:
                base.model = PeftModel.from_pretrained(base.model, str(folder), adapter_name=name).eval()
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            self._drop(base_path)  # half an adapter may hang on it: load it afresh next time
            raise ModelError(
                f"the adapter {folder.name} does not fit the base model: {str(error)[:300]}", "choose the base model it was trained on"
            ) from error
        base.model.eval()
        base.adapters[path] = (name, stamp, size)
        return name

    def _make_room(self, size: int, keep: str | None = None) -> None:
        if self._limit is None:
            self._limit = available_memory(self.device) // 2
        used = sum(base.total for base in self._bases.values())
        for path in list(self._bases):
            if used + size <= self._limit:
                return
            if path != keep:
                used -= self._bases[path].total
                self._drop(path)
        if used + size > self._limit:
            raise ModelError(
                f"not enough memory: the model needs {size / 2**30:.1f} GiB, {max(0, self._limit - used) / 2**30:.1f} GiB are allowed",
                "choose a smaller model, or start the server with a larger --memory-bytes",
            )

    def _drop(self, path: str) -> None:
        import gc

        import torch

        self._bases.pop(path, None)
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    @property
    def device(self) -> str:
        if self._device is None:
            import torch

            self._device = "cuda" if torch.cuda.is_available() else "cpu"
        return self._device


def _folder(path: str, needed: str, what: str) -> Path:
    folder = Path(path)
    if not folder.is_absolute() or not (folder / needed).is_file():
        raise ModelError(f"{path} is not a folder of a {what}: {needed} is missing", "check the path, or train the model again")
    return folder


def _weights(folder: Path) -> list[Path]:
    try:
        return find_weight_files(folder)
    except TrainerError as error:
        raise ModelError(str(error).removeprefix("baseModel.path: "), "prepare or train the model again") from error


def _stamp(files: list[Path]) -> tuple:
    """Changes when the files are written anew."""
    return tuple((file.name, file.stat().st_size, file.stat().st_mtime_ns, file.stat().st_ino) for file in files)
