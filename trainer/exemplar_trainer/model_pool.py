"""Models kept in memory: bases and, on each of them, adapters; the least recently used leave first."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .base_model import count_parameters, find_weight_files
from .errors import TrainerError
from .pooled_model import Base, Lent, ModelError, Occupied
from .preflight import available_memory
from .turns import GaveUp, Turns

ANSWERS_AT_ONCE = 2  # both sides of a comparison; each holds its own cache of keys and values
_OCCUPIED_SECONDS = 0.25


class ModelPool:
    """Lends models to ANSWERS_AT_ONCE answers; `seats` are these, `turn` belongs to the one that computes.

    `memory_bytes` bounds the weights in memory, adapters included; None means half of what is free at the start.
    """

    def __init__(self, memory_bytes: int | None = None) -> None:
        self._limit = memory_bytes
        self._bases: OrderedDict[str, Base] = OrderedDict()
        self.seats, self.turn = Turns(ANSWERS_AT_ONCE), Turns()
        self._named = 0
        self._device: str | None = None

    def describe(self) -> list[dict]:
        """`[{base, adapters, bytes}]` of what is loaded, the most recently used last."""
        return [{"base": path, "adapters": sorted(b.adapters), "bytes": b.total} for path, b in list(self._bases.items())]

    @contextmanager
    def lend(self, base_path: str, adapter_path: str | None, is_gone: Callable[[], bool] = lambda: False) -> Iterator[Lent]:
        """The model, kept in memory until it is given back; waits for the turn and for memory that answers hold.

        Raises ModelError when a folder is missing, is no model, does not fit together or does not fit into memory,
        and GaveUp when `is_gone` says that nobody waits any more.
        """
        lent = self._lend(base_path, adapter_path, is_gone)
        try:
            yield lent
        finally:
            with self.turn.taken():  # counted by one thread at a time
                lent.base.answering -= 1

    def _lend(self, base_path: str, adapter_path: str | None, is_gone: Callable[[], bool]) -> Lent:
        while True:
            try:
                with self.turn.taken(is_gone):
                    base = self._base(base_path)
                    # The first adapter wraps base.model anew.
                    name = None if adapter_path is None else self._adapter(base, base_path, adapter_path)
                    base.answering += 1
                    return Lent(base.tokenizer, base, name, self.turn)
            except Occupied:
                time.sleep(_OCCUPIED_SECONDS)
                if is_gone():
                    raise GaveUp from None

    def _base(self, path: str) -> Base:
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
            raise ModelError(
                "model-not-loaded", f"the model {folder.name} cannot be loaded: {error}", "prepare or train the model again",
                name=folder.name, detail=str(error)[:300],
            ) from error  # fmt: skip
        model.to(self.device).eval()
        held = self._bases[path] = Base(model, tokenizer, size, stamp)
        return held

    def _adapter(self, base: Base, base_path: str, path: str) -> str:
        folder = _folder(path, "adapter_config.json", "adapter")
        file = _folder(path, "adapter_model.safetensors", "adapter") / "adapter_model.safetensors"
        stamp, size = _stamp([file]), file.stat().st_size
        if path in base.adapters:
            name, loaded, _ = base.adapters[path]
            if loaded == stamp:
                return name
            if base.answering:
                raise Occupied  # perhaps with these very weights
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
                "adapter-differs",
                f"the adapter {folder.name} does not fit the base model: {str(error)[:300]}",
                "choose the base model it was trained on",
                name=folder.name,
                detail=str(error)[:300],
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
            if path != keep and not self._bases[path].answering:
                used -= self._bases[path].total
                self._drop(path)
        if used + size > self._limit:
            if any(base.answering for path, base in self._bases.items() if path != keep):
                raise Occupied
            needed, allowed = f"{size / 2**30:.1f}", f"{max(0, self._limit - used) / 2**30:.1f}"
            raise ModelError(
                "memory-short",
                f"not enough memory: the model needs {needed} GiB, {allowed} GiB are allowed",
                "choose a smaller model, or start the server with a larger --memory-bytes",
                needed=needed,
                allowed=allowed,
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
        text = f"{path} is not a folder of a {what}: {needed} is missing"
        raise ModelError("folder-incomplete", text, "check the path, or train the model again", file=needed)
    return folder


def _weights(folder: Path) -> list[Path]:
    try:
        return find_weight_files(folder)
    except TrainerError as error:
        detail = str(error).removeprefix("baseModel.path: ")
        raise ModelError("weights-unreadable", detail, "prepare or train the model again", detail=detail) from error


def _stamp(files: list[Path]) -> tuple:
    """Changes when the files are written anew."""
    return tuple((file.name, file.stat().st_size, file.stat().st_mtime_ns, file.stat().st_ino) for file in files)
